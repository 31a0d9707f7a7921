/* Chains of noises and of augmentations. */
#ifndef LUNET_BINDINGS_ITEMS_CHAIN_H
#define LUNET_BINDINGS_ITEMS_CHAIN_H

#include <lua.h>

/* noise_chain(list), augment_chain(list), for the Lua half. The module table is on top. */
void lnb_open_chain(lua_State *L);

#endif
