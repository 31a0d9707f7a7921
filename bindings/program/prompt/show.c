/* How the prompt shows values: the text comes from bindings/lunet/values/value_text.lua, which is loaded when the first
 * value is shown, and goes to print. */
#include "bindings/program/prompt/show.h"

#include <lauxlib.h>

int program_show(lua_State *L) {
  int n = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_getglobal(L, "print");
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "_G");
  lua_getfield(L, -1, "require");
  lua_pushliteral(L, "lunet.value_text");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "all");
  lua_insert(L, 1);
  lua_settop(L, n + 2); /* all, the values, print */
  lua_insert(L, 1);
  lua_call(L, n, 1);
  lua_call(L, 1, 0);
  return 0;
}
