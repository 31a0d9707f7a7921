/* Losses made of Lua functions: core.custom_loss, which ln.loss.custom calls. The functions live as long as the item's
 * box: whoever keeps such an item in C keeps its box in Lua, or one made of it by arithmetic. */
#ifndef LUNET_BINDINGS_ITEMS_CUSTOM_LOSS_H
#define LUNET_BINDINGS_ITEMS_CUSTOM_LOSS_H

#include <lua.h>

void lnb_open_custom_loss(lua_State *L);

#endif
