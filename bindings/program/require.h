/* Lua's require as it was when the program started, whatever a script makes of that global. */
#ifndef LUNET_BINDINGS_PROGRAM_REQUIRE_H
#define LUNET_BINDINGS_PROGRAM_REQUIRE_H

#include <lua.h>

void program_remember_require(lua_State *L); /* before any script */
void program_require(lua_State *L, const char *module); /* pushes it */

#endif
