/* The prompt. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_REPL_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_REPL_H

#include <stdbool.h>

#include <lua.h>

/* Reads and runs lines until the input ends; after_script: arg[0] was run before, and did not fail. Returns false where
 * standard input is no terminal and a line failed. */
bool program_repl(lua_State *L, bool start_up_file, bool after_script);

#endif
