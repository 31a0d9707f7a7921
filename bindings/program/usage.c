/* What the program says about itself: see usage.h. */
#include "bindings/program/usage.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "bindings/program/paths.h"

/* A line of help: what is written, and what it means. */
typedef struct Row {
  const char *left, *text;
} Row;

static const Row forms[] = {
    {"lunet", "start the prompt"},
    {"lunet script.lua [args]", "run a script; - reads it from standard input"},
    {"lunet command [args]", "run a command: a script in scripts/commands"},
    {"lunet -e code [args]", "run code; `ln` is the module"},
    {"lunet -i [script.lua]", "run, then start the prompt, also from a pipe"},
    {NULL, NULL},
};

static const ProgramOption options[] = {
    {.name = "-e", .value = "code", .flag = PROGRAM_CODE, .text = "run this code; may be given several times"},
    {.name = "-i", .flag = PROGRAM_INTERACTIVE, .text = "start the prompt after script or code, even if they failed"},
    {.name = "--no-init", .flag = PROGRAM_NO_INIT, .text = "start the prompt without ~/.config/lunet/init.lua"},
    {.name = "--help", .other = "-h", .flag = PROGRAM_HELP, .text = "print this, and the commands there are"},
    {.name = "--version", .other = "-v", .flag = PROGRAM_VERSION,
     .text = "print versions, instruction set and number of threads"},
    {.name = "--", .flag = PROGRAM_END, .text = "end the options: a script follows, whatever its name"},
    {.name = NULL},
};

static const Row environment[] = {
    {"LUNET_THREADS=n", "threads (else OMP_NUM_THREADS, else the processors)"},
    {"LUNET_ISA=name", "instruction set: baseline, avx2, avx512"},
    {"LUNET_SCRIPTS=dir", "the folder scripts; commands are in dir/commands"},
    {"LUNET_PICTURES=name", "images as kitty, iterm2, sixel, symbols or none"},
    {"NO_COLOR=1", "no colours in the terminal"},
    {"LUNET_TRACEBACK=1", "commands that fail say where"},
    {"LUNET_LUA_DIR=dir", "take the Lua half of the module from there, to work on it"},
    {"XDG_CONFIG_HOME=dir", "the start-up file is in dir/lunet (else in ~/.config/lunet)"},
    {"XDG_STATE_HOME=dir", "the prompt's history is there (else ~/.local/state)"},
    {NULL, NULL},
};

const ProgramOption *program_find_option(const char *name) {
  for (const ProgramOption *o = options; o->name != NULL; o++)
    if (strcmp(o->name, name) == 0 || (o->other != NULL && strcmp(o->other, name) == 0)) return o;
  return NULL;
}

/* Pushes "-e code", "--help, -h". */
static const char *push_option(lua_State *L, const ProgramOption *o) {
  return lua_pushfstring(L, "%s%s%s%s%s", o->name, o->other != NULL ? ", " : "", o->other != NULL ? o->other : "",
                         o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
}

static void print_rows(const char *title, const Row *rows, int width) {
  for (const Row *row = rows; row->left != NULL; row++)
    printf("%s%-*s %s\n", row == rows ? title : "       ", width, row->left, row->text);
}

void program_show_help(lua_State *L) {
  print_rows("usage: ", forms, 25);
  printf("\noptions:\n");
  for (const ProgramOption *o = options; o->name != NULL; o++, lua_pop(L, 1))
    printf("  %-19s %s\n", push_option(L, o), o->text);
  printf("\nenvironment:\n");
  for (const Row *row = environment; row->left != NULL; row++) printf("  %-19s %s\n", row->left, row->text);
  program_push_commands(L);
  lua_Integer n = luaL_len(L, -1);
  fputs(n > 0 ? "\ncommands (lunet command --help says more):\n" : "\n(no commands here)\n", stdout);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, i);
    lua_getfield(L, -1, "name");
    lua_getfield(L, -2, "doc");
    printf("  %-19s %s\n", lua_tostring(L, -2), lua_tostring(L, -1));
    lua_pop(L, 3);
  }
}

/* Appends { left, text } to the list on top; both are popped from above it. */
static void append_pair(lua_State *L) {
  lua_createtable(L, 2, 0);
  lua_insert(L, -3);
  lua_rawseti(L, -3, 2);
  lua_rawseti(L, -2, 1);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void set_rows(lua_State *L, const char *field, const Row *rows) {
  lua_newtable(L);
  for (const Row *row = rows; row->left != NULL; row++) {
    lua_pushstring(L, row->left);
    lua_pushstring(L, row->text);
    append_pair(L);
  }
  lua_setfield(L, -2, field);
}

int program_open_usage(lua_State *L) {
  lua_newtable(L);
  set_rows(L, "forms", forms);
  set_rows(L, "environment", environment);
  lua_newtable(L);
  for (const ProgramOption *o = options; o->name != NULL; o++) {
    push_option(L, o);
    lua_pushstring(L, o->text);
    append_pair(L);
  }
  lua_setfield(L, -2, "options");
  program_push_commands(L);
  lua_setfield(L, -2, "commands");
  return 1;
}
