/* Questions of the line editor that the Lua half of the prompt answers. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_ASK_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_ASK_H

#include <stdbool.h>

#include <lua.h>

/* Calls the function that a module of the Lua half is, with the n values on top, which go, and pushes its results.
 * Where it fails, or Ctrl-C has come and is to be taken first: false, and nothing is pushed. */
bool prompt_ask(lua_State *L, const char *module, int n, int results);

#endif
