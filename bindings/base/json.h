/* JSON text as Lua values. */
#ifndef LUNET_BINDINGS_BASE_JSON_H
#define LUNET_BINDINGS_BASE_JSON_H

#include <lua.h>

void lnb_open_json(lua_State *L);

#endif
