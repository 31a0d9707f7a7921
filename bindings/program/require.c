/* See require.h. */
#include "bindings/program/require.h"

static const char require; /* registry key */

void program_remember_require(lua_State *L) {
  lua_getglobal(L, "require");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &require);
}

void program_require(lua_State *L, const char *module) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &require);
  lua_pushstring(L, module);
  lua_call(L, 1, 1);
}
