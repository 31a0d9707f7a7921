/* Ctrl-C. */
#ifndef LUNET_BINDINGS_SYSTEM_INTERRUPT_H
#define LUNET_BINDINGS_SYSTEM_INTERRUPT_H

#include <stdbool.h>

#include <lua.h>

void lnb_interrupt_install(lua_State *L); /* from now on SIGINT raises "interrupted!" in L */
bool lnb_interrupt_take(void);            /* whether SIGINT came since the last call; it raises nothing any more */
void lnb_open_interrupt(lua_State *L);

#endif
