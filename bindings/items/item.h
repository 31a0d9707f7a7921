/* Items in Lua: made by calling a type with options, e.g. conv2d{ 64, kernel = 3 }. */
#ifndef LUNET_BINDINGS_ITEMS_ITEM_H
#define LUNET_BINDINGS_ITEMS_ITEM_H

#include <lua.h>

int lnb_item_construct(lua_State *L); /* __call of types */
void lnb_open_item(lua_State *L);

#endif
