/* Nodes in Lua: symbolic values while a network is described, and the functions that make networks of them. */
#ifndef LUNET_BINDINGS_MODEL_NODE_H
#define LUNET_BINDINGS_MODEL_NODE_H

#include <stdbool.h>

#include <lua.h>

#include "bindings/base/box.h"
#include "model/network.h"

extern const LnbClass lnb_node_class;
/* Applies the layer to the nodes at stack indices first .. first + n - 1 and pushes the new node. */
void lnb_apply_layer(lua_State *L, LnItem *layer, int first, int n);

void lnb_open_node(lua_State *L); /* into core.nn */

/* What calling a network on the nodes at stack indices 2, ... does: pushes its outputs and gives their number. */
bool lnb_is_node(lua_State *L, int index);
int lnb_call_network(lua_State *L, LnNetwork *net);

#endif
