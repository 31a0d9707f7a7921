/* Loading sets in Lua and splitting them. */
#ifndef LUNET_BINDINGS_MEDIA_DATA_H
#define LUNET_BINDINGS_MEDIA_DATA_H

#include <lua.h>

void lnb_open_data(lua_State *L);

#endif
