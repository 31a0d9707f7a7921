/* Losses in Lua: they add and scale, 0.8 * mae{} + 0.2 * mse{}, and are called on tensors. */
#ifndef LUNET_BINDINGS_ITEMS_LOSS_H
#define LUNET_BINDINGS_ITEMS_LOSS_H

#include <lua.h>

/* Arithmetic for the metatable on top: that of items, or that of types, which are told that they are none. */
void lnb_loss_operators(lua_State *L);
void lnb_open_loss(lua_State *L); /* loss(y, target) */

#endif
