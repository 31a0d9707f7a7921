/* core.terminal: what the Lua half of the module needs of terminals. */
#ifndef LUNET_BINDINGS_SYSTEM_TERMINAL_H
#define LUNET_BINDINGS_SYSTEM_TERMINAL_H

#include <lua.h>

void lnb_open_terminal(lua_State *L); /* the module table is on top */

#endif
