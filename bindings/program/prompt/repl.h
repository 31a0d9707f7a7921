/* The prompt. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_REPL_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_REPL_H

#include <lua.h>

void program_repl(lua_State *L);

#endif
