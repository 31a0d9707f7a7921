/* Numbers that a script declared: see expectations.h. */
#include "bindings/program/expectations.h"

#include <stdio.h>

#include <lauxlib.h>

/* Where ln.expect was never loaded there is nothing to tell. Returns whether all hold. */
static int finish(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, "lunet.expect") != LUA_TTABLE) return lua_pushboolean(L, 1), 1;
  lua_getfield(L, -1, "finish");
  lua_call(L, 0, 1);
  return 1;
}

bool program_expectations_hold(lua_State *L) {
  lua_pushcfunction(L, finish);
  int status = lua_pcall(L, 0, 1, 0);
  if (status != LUA_OK) fprintf(stderr, "lunet: %s\n", luaL_tolstring(L, -1, NULL));
  bool hold = status == LUA_OK && lua_toboolean(L, -1);
  lua_settop(L, -2);
  return hold;
}
