/* Nodes in Lua: symbolic values while a network is described, and the functions that make networks of them. */
#ifndef LUNET_BINDINGS_MODEL_NODE_H
#define LUNET_BINDINGS_MODEL_NODE_H

#include <stdbool.h>

#include <lua.h>

#include "model/network.h"

void lnb_open_node(lua_State *L); /* into core.nn */

/* What calling a network on the nodes at stack indices 2, ... does: pushes its outputs and gives their number. */
bool lnb_is_node(lua_State *L, int index);
int lnb_call_network(lua_State *L, LnNetwork *net);

#endif
