/* Chunks whose own local variables stay, as globals, for the prompt that follows: `local x = 1` at the prompt, and what
 * a script made before `lunet -i` leaves one with it.
 *
 * Such a chunk ends in a call that looks at its caller's variables; if it fails, the message handler does. What the
 * chunk ends by itself with `return` has no such call, and leaves nothing. Names that were globals from the start
 * (table, print, ...) keep their meaning. */
#include "bindings/program/prompt/keep.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "bindings/base/interrupt.h"
#include "bindings/program/require.h"
#include "bindings/program/traceback.h"

#define LOOK "__lunet_keep" /* the name of that function */

static const char first_globals; /* registry key: a set of names */

/* Makes a variable, on top, a global. */
static void keep(lua_State *L, const char *name) {
  int value = lua_gettop(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &first_globals);
  bool taken = lua_getfield(L, -1, name) != LUA_TNIL;
  lua_pushglobaltable(L);
  lua_pushstring(L, name);
  lua_pushvalue(L, value);
  if (!taken) lua_rawset(L, -3);
  lua_settop(L, value - 1);
}

static void keep_locals(lua_State *L, const lua_Debug *frame) {
  const char *name;
  for (int i = 1; (name = lua_getlocal(L, frame, i)) != NULL; i++) {
    bool temporary = strcmp(name, "(temporary)") == 0;
    if (*name == '(') /* such are the loops' own, and what is in no variable */
      lua_pop(L, 1);
    else
      keep(L, name);
    if (temporary) break;
  }
}

static int look(lua_State *L) {
  lua_Debug frame;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  if (lua_getstack(L, 1, &frame)) keep_locals(L, &frame);
  return 0;
}

/* How many calls deep the stack is; found by halving, as it may be very deep. */
static int depth_of(lua_State *L) {
  lua_Debug frame;
  int there = 0, beyond = 1;
  while (lua_getstack(L, beyond, &frame)) there = beyond, beyond *= 2;
  while (beyond - there > 1) {
    int middle = there + (beyond - there) / 2;
    if (lua_getstack(L, middle, &frame))
      there = middle;
    else
      beyond = middle;
  }
  return there;
}

/* The message handler without a chunk: what lunet.failure makes of an error, or, where that fails, its text. */
static int catch(lua_State *L) {
  lua_settop(L, 1);
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, "lunet.failure") != LUA_TTABLE) return lua_settop(L, 1), program_traceback(L);
  lua_getfield(L, -1, "catch");
  lua_pushvalue(L, 1);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) return 1;
  lua_settop(L, 1);
  return program_traceback(L);
}

/* Upvalue 1: the chunk, one of the outermost calls. */
static int on_error(lua_State *L) {
  lua_Debug frame;
  const void *chunk = lua_topointer(L, lua_upvalueindex(1));
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  for (int level = depth_of(L); level > 0 && lua_getstack(L, level, &frame); level--) {
    lua_getinfo(L, "f", &frame);
    bool found = lua_topointer(L, -1) == chunk;
    lua_pop(L, 1);
    if (!found) continue;
    keep_locals(L, &frame);
    break;
  }
  return catch(L);
}

static void remember_globals(lua_State *L) {
  lua_newtable(L);
  int names = lua_gettop(L);
  lua_pushglobaltable(L);
  lua_pushnil(L);
  while (lua_next(L, names + 1)) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushboolean(L, true);
    lua_rawset(L, names);
  }
  lua_settop(L, names);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &first_globals);
}

void program_keep_start(lua_State *L) {
  lua_register(L, LOOK, look);
  remember_globals(L);
  program_require(L, "lunet.failure");
  lua_pop(L, 1);
}

void program_push_first_globals(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &first_globals);
}

int program_load_keeping(lua_State *L, const char *text, size_t length, const char *name) {
  int status = luaL_loadbufferx(L, text, length, name, "t");
  if (status != LUA_OK) return status;
  lua_pushlstring(L, text, length);
  lua_pushliteral(L, "\n" LOOK "()");
  lua_concat(L, 2);
  const char *longer = lua_tolstring(L, -1, &length);
  status = luaL_loadbufferx(L, longer, length, name, "t");
  lua_remove(L, -2);
  lua_remove(L, status == LUA_OK ? -2 : -1); /* where nothing may follow, it is called as it is */
  return LUA_OK;
}

/* Calls with the handler on top. */
static int call(lua_State *L, int n_arguments) {
  int function = lua_gettop(L) - 1 - n_arguments;
  lua_insert(L, function);
  int status = lua_pcall(L, n_arguments, LUA_MULTRET, function);
  lnb_interrupt_take();
  lua_remove(L, function);
  return status;
}

int program_call_keeping(lua_State *L, int n_arguments) {
  lua_pushvalue(L, -1 - n_arguments);
  lua_pushcclosure(L, on_error, 1);
  return call(L, n_arguments);
}

int program_call_catching(lua_State *L, int n_arguments) {
  lua_pushcfunction(L, catch);
  return call(L, n_arguments);
}

static int to_text(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

void program_make_text(lua_State *L) {
  lua_pushcfunction(L, to_text);
  lua_insert(L, -2);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK || lua_type(L, -1) == LUA_TSTRING) return;
  lua_pop(L, 1);
  lua_pushliteral(L, "an error whose __tostring fails");
}
