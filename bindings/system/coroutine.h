/* Coroutines that Ctrl-C reaches. */
#ifndef LUNET_BINDINGS_SYSTEM_COROUTINE_H
#define LUNET_BINDINGS_SYSTEM_COROUTINE_H

#include <lua.h>

/* For the program: from now on Ctrl-C is raised in the coroutine that runs. */
void lnb_coroutines_follow(lua_State *L);

#endif
