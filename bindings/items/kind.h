/* Kinds and types in Lua, made from the descriptors: core.nn.conv2d and so on. */
#ifndef LUNET_BINDINGS_ITEMS_KIND_H
#define LUNET_BINDINGS_ITEMS_KIND_H

#include <lua.h>

void lnb_open_kinds(lua_State *L);

#endif
