/* Layers made of Lua functions: core.custom, which ln.nn.custom calls (bindings/lunet/nn/custom.lua).
 *
 * The functions stand in a table, which C finds by its address in a table of weak values; what keeps it is every box that
 * leads to the layer: those of the item, of nodes and of networks. So a function may hold its own network, and both are
 * collected together. */
#ifndef LUNET_BINDINGS_MODEL_CUSTOM_H
#define LUNET_BINDINGS_MODEL_CUSTOM_H

#include <lua.h>

#include "model/network.h"
#include "nn/custom.h"

/* The table of a layer's functions, or nil for other items. */
void lnb_push_custom(lua_State *L, LnItem *item);
/* An item with what keeps its functions: what lnb_push_item pushes has none. */
void lnb_push_layer(lua_State *L, LnItem *layer);
/* Give the box of a network at the top of the stack the functions of its layers to keep. */
void lnb_keep_customs(lua_State *L, LnNetwork *net);

/* A source of layers for files: a Lua function(name, layer, tensors) -> layer at an absolute stack index; what it gives is
 * kept in the table at another one. */
typedef struct LnbCustomSource {
  int function, kept;
} LnbCustomSource;
LnStatus lnb_find_custom(LnItem **out, void *source, const LnCustomWanted *wanted, LnError *err);

void lnb_open_custom(lua_State *L);

#endif
