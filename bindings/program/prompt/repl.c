/* The prompt: reads lines and gives them to its Lua half (bindings/lunet/prompt/), which runs them by the functions
 * that it gets from here, the console. Whatever fails in there is reported, and the next line is read. */
#include "bindings/program/prompt/repl.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "bindings/base/interrupt.h"
#include "bindings/program/prompt/keep.h"
#include "bindings/program/prompt/line.h"
#include "bindings/program/require.h"
#include "bindings/system/interrupt.h"
#include "lunet.h"

enum { MOST_VAIN = 3 }; /* steps that fail, one after the other, before they have read a line: there is no memory */

typedef struct Prompt {
  LineReader reader;
  bool ended;    /* the input is at its end */
  bool was_read; /* a line, in this step */
} Prompt;

static Prompt *prompt_of(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

/* more(text): the line that follows an unfinished chunk; nil and "end" or "interrupted" where there is none. */
static int console_more(lua_State *L) {
  Prompt *prompt = prompt_of(L);
  prompt->reader.pending = luaL_checkstring(L, 1);
  LineResult result = line_read(&prompt->reader, ">> ");
  prompt->reader.pending = "";
  if (result == LINE_READ) return 1;
  if (result == LINE_END) prompt->ended = true;
  lua_pushnil(L);
  lua_pushstring(L, result == LINE_INTERRUPTED ? "interrupted" : "end");
  return 2;
}

/* remember(text): a whole chunk, for the history. */
static int console_remember(lua_State *L) {
  line_remember(&prompt_of(L)->reader, luaL_checkstring(L, 1));
  return 0;
}

/* editing_mode([set]): "emacs" or "vi", after setting it; nil where there is no such choice. */
static int console_editing_mode(lua_State *L) {
  lua_pushstring(L, line_editing_mode(&prompt_of(L)->reader, luaL_optstring(L, 1, NULL)));
  return 1;
}

/* load_keeping(text, name): a chunk whose variables become globals, or nil and a message. */
static int console_load_keeping(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length), *name = luaL_checkstring(L, 2);
  if (program_load_keeping(L, text, length, name) == LUA_OK) return 1;
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
}

static int call(lua_State *L, bool keeping) {
  luaL_checkany(L, 1);
  int n = lua_gettop(L) - 1;
  bool ok = (keeping ? program_call_keeping(L, n) : program_call_catching(L, n)) == LUA_OK;
  lua_pushboolean(L, ok);
  lua_insert(L, 1);
  return lua_gettop(L);
}

/* call(f, ...): true and its values, or false and the failure (failure.lua; text where memory ran out). */
static int console_call(lua_State *L) {
  return call(L, false);
}

/* call_keeping(chunk, ...): likewise, where the chunk failed its variables become globals. */
static int console_call_keeping(lua_State *L) {
  return call(L, true);
}

/* Pushes the table. */
static void push_console(lua_State *L, Prompt *prompt) {
  static const luaL_Reg functions[] = {
      {"more", console_more}, {"remember", console_remember}, {"editing_mode", console_editing_mode},
      {"call", console_call}, {"call_keeping", console_call_keeping}, {"load_keeping", console_load_keeping},
      {NULL, NULL}};
  luaL_newlibtable(L, functions);
  lua_pushlightuserdata(L, prompt);
  luaL_setfuncs(L, functions, 1);
  lua_pushboolean(L, isatty(STDIN_FILENO));
  lua_setfield(L, -2, "terminal");
  program_push_first_globals(L);
  lua_setfield(L, -2, "first_globals");
}

/* One line, or one chunk. Argument 1: the Lua half's take(line); 2: the prompt. */
static int step(lua_State *L) {
  Prompt *prompt = lua_touserdata(L, 2);
  lua_settop(L, 1);
  LineResult result = line_read(&prompt->reader, "> ");
  prompt->was_read = true;
  if (result == LINE_END) prompt->ended = true;
  if (result == LINE_READ) lua_call(L, 1, 0);
  return 0;
}

/* What ended a step: the prompt's own failure, or Ctrl-C in the middle of it; or an error of a hook that the user has
 * set, which goes. */
static void report(lua_State *L) {
  lua_sethook(L, NULL, 0, 0);
  fflush(stdout);
  program_make_text(L);
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_pop(L, 1);
}

/* Arguments: the prompt, whether the start-up file is wanted, whether arg[0] was run. Returns take and failed of
 * prompt.lua. */
static int start(lua_State *L) {
  program_require(L, "lunet.prompt");
  push_console(L, lua_touserdata(L, 1));
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 3);
  lua_call(L, 3, 2);
  return 2;
}

bool program_repl(lua_State *L, bool start_up_file, bool after_script) {
  Prompt prompt = {.ended = false};
  if (isatty(STDIN_FILENO))
    printf("lunet %s: %s, %d thread%s. ?name helps, %% lists commands, Ctrl-D leaves.\n", LN_VERSION,
           ln_kernels_name(ln_kernels()), ln_threads(), ln_threads() == 1 ? "" : "s");
  line_start(&prompt.reader, L);
  lua_pushcfunction(L, start);
  lua_pushlightuserdata(L, &prompt);
  lua_pushboolean(L, start_up_file);
  lua_pushboolean(L, after_script);
  lua_call(L, 3, 2);
  int take = lua_gettop(L) - 1;
  lnb_interrupt_take();
  lnb_interrupt_at_prompt();
  for (int vain = 0; !prompt.ended && vain < MOST_VAIN; fflush(stdout)) {
    prompt.was_read = false;
    lua_pushcfunction(L, step);
    lua_pushvalue(L, take);
    lua_pushlightuserdata(L, &prompt);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) report(L);
    lnb_interrupt_take();
    vain = prompt.was_read ? 0 : vain + 1;
  }
  lua_call(L, 0, 1); /* failed() */
  bool failed = lua_toboolean(L, -1) && !isatty(STDIN_FILENO);
  lua_settop(L, take - 1);
  return !failed;
}
