/* Ctrl-C in Lua: see bindings/base/interrupt.h. */
#ifndef LUNET_BINDINGS_SYSTEM_INTERRUPT_H
#define LUNET_BINDINGS_SYSTEM_INTERRUPT_H

#include <stdbool.h>

#include <lua.h>

void lnb_interrupt_at_prompt(void); /* what runs from now on was typed */
void lnb_open_interrupt_functions(lua_State *L);

#endif
