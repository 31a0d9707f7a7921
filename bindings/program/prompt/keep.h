/* Chunks whose local variables become globals: loaded as by luaL_loadbufferx, and called with a handler that makes an
 * error a failure (bindings/lunet/prompt/failure.lua). The latter pushes all results, or the failure; both return a
 * status as Lua's own functions do. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_KEEP_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_KEEP_H

#include <stddef.h>

#include <lua.h>

void program_keep_start(lua_State *L); /* first: globals that there are now keep their meaning */
void program_push_first_globals(lua_State *L); /* as a table from names to true */
int program_load_keeping(lua_State *L, const char *text, size_t length, const char *name);
int program_call_keeping(lua_State *L, int n_arguments);
/* The same call of a function whose variables stay its own. */
int program_call_catching(lua_State *L, int n_arguments);
/* Replaces such a failure, on top, by its text. */
void program_make_text(lua_State *L);

#endif
