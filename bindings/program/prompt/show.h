/* How the prompt shows values. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_SHOW_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_SHOW_H

#include <lua.h>

int program_show(lua_State *L); /* a Lua function of the values */

#endif
