/* Chunks whose local variables become globals: loaded as by luaL_loadbufferx, and called with program_traceback as
 * handler. The latter pushes all results, or the message; both return a status as Lua's own functions do. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_KEEP_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_KEEP_H

#include <stddef.h>

#include <lua.h>

int program_load_keeping(lua_State *L, const char *text, size_t length, const char *name);
int program_call_keeping(lua_State *L, int n_arguments);

#endif
