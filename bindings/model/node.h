/* Nodes in Lua: symbolic values while a network is described, and the functions that make networks of them. */
#ifndef LUNET_BINDINGS_MODEL_NODE_H
#define LUNET_BINDINGS_MODEL_NODE_H

#include <lua.h>

void lnb_open_node(lua_State *L); /* into core.nn */

#endif
