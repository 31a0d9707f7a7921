/* The prompt: reads a chunk, line by line until it is complete, runs it and prints its values. */
#include "bindings/program/prompt/repl.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "bindings/base/interrupt.h"
#include "bindings/program/prompt/keep.h"
#include "bindings/program/prompt/line.h"
#include "bindings/program/prompt/show.h"
#include "bindings/system/interrupt.h"
#include "lunet.h"

/* Whether the syntax error on top says that more lines are needed. */
static bool is_incomplete(lua_State *L) {
  size_t length;
  const char *message = lua_tolstring(L, -1, &length);
  return length >= 5 && strcmp(message + length - 5, "<eof>") == 0;
}

/* Loads the text on top as an expression, else as statements: pushes the function, or the message of an error. */
static int load_chunk(lua_State *L) {
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  const char *expression = lua_pushfstring(L, "return %s", text);
  int status = luaL_loadbufferx(L, expression, strlen(expression), "=stdin", "t");
  lua_remove(L, -2);
  if (status == LUA_OK || is_incomplete(L)) return status;
  lua_pop(L, 1);
  return program_load_keeping(L, text, length, "=stdin");
}

/* Replaces the chunk's text on top by the function it makes. Returns LUA_OK, an error (message on top), or, with
 * nothing on top, what ended the input. */
static int read_rest(LineReader *reader, LineResult *result) {
  lua_State *L = reader->L;
  for (;;) {
    int status = load_chunk(L);
    if (status == LUA_OK || !is_incomplete(L)) {
      lua_remove(L, -2);
      return status;
    }
    lua_pop(L, 1);
    reader->pending = lua_tostring(L, -1);
    *result = line_read(reader, ">> ");
    reader->pending = "";
    if (*result != LINE_READ) return lua_pop(L, 1), LUA_OK;
    line_remember(reader, lua_tostring(L, -1));
    lua_pushliteral(L, "\n");
    lua_insert(L, -2);
    lua_concat(L, 3);
  }
}

static void report(lua_State *L) {
  fflush(stdout);
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_pop(L, 1);
}

/* Prints the values above stack index `base`. */
static void print_values(lua_State *L, int base) {
  int n = lua_gettop(L) - base;
  if (n == 0) return;
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_pushcfunction(L, program_show);
  lua_insert(L, base + 1);
  if (lua_pcall(L, n, 0, 0) != LUA_OK) report(L);
}

/* Runs the function on top. */
static void run(lua_State *L) {
  int base = lua_gettop(L) - 1;
  if (program_call_keeping(L, 0) == LUA_OK)
    print_values(L, base);
  else
    report(L);
  lua_settop(L, base);
  fflush(stdout);
}

/* __tostring and __call. Upvalue 1: the text. */
static int say(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

/* Words that people type at a prompt become globals, unless a script has one of that name, that say what to type. */
static void add_words(lua_State *L) {
  static const char leave[] = "Ctrl-D leaves, or os.exit()";
  static const struct { const char *name, *text; } words[] = {
      {"help", "ln.help() shows what there is, ln.help(ln.nn.conv2d) or ln.help(\"conv2d\") one thing; Ctrl-D leaves"},
      {"quit", leave}, {"exit", leave}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    bool taken = lua_getglobal(L, words[i].name) != LUA_TNIL;
    lua_pop(L, 1);
    if (taken) continue;
    lua_newtable(L);
    lua_newtable(L);
    lua_pushstring(L, words[i].text);
    lua_pushcclosure(L, say, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__tostring");
    lua_setfield(L, -2, "__call");
    lua_setmetatable(L, -2);
    lua_setglobal(L, words[i].name);
  }
}

void program_repl(lua_State *L) {
  LineReader reader;
  LineResult result;
  printf("lunet %s: %s, %d thread%s. ln.help() helps, Ctrl-D leaves.\n", LN_VERSION, ln_kernels_name(ln_kernels()),
         ln_threads(), ln_threads() == 1 ? "" : "s");
  add_words(L);
  line_start(&reader, L);
  lnb_interrupt_take();
  lnb_interrupt_at_prompt();
  while ((result = line_read(&reader, "> ")) != LINE_END) {
    if (result == LINE_INTERRUPTED) continue;
    line_remember(&reader, lua_tostring(L, -1));
    int status = read_rest(&reader, &result);
    if (result == LINE_END) break;
    if (result == LINE_INTERRUPTED) continue;
    if (status == LUA_OK)
      run(L);
    else
      report(L);
  }
}
