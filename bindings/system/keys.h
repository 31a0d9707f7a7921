/* core.keys: keys as they are pressed. */
#ifndef LUNET_BINDINGS_SYSTEM_KEYS_H
#define LUNET_BINDINGS_SYSTEM_KEYS_H

#include <lua.h>

void lnb_open_keys(lua_State *L); /* the module table is on top */

#endif
