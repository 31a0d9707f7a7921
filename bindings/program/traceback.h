/* Errors as users see them: the message, then where it was called from, without the module's own frames. */
#ifndef LUNET_BINDINGS_PROGRAM_TRACEBACK_H
#define LUNET_BINDINGS_PROGRAM_TRACEBACK_H

#include <lua.h>

/* A message handler for lua_pcall. */
int program_traceback(lua_State *L);

#endif
