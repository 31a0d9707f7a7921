/* Items as Lua code, conv2d{ 64, kernel = 3, activation = "relu" }, and their options as a table. */
#ifndef LUNET_BINDINGS_ITEMS_TEXT_H
#define LUNET_BINDINGS_ITEMS_TEXT_H

#include <lua.h>

#include "base/type.h"

void lnb_push_item_text(lua_State *L, LnItem *item);
void lnb_push_options(lua_State *L, LnItem *item); /* { filters = 64, ... } */

#endif
