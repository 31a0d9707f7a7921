/* a + b, a - b, a * b, a / 2, -a of nodes. */
#ifndef LUNET_BINDINGS_MODEL_NODE_OPERATORS_H
#define LUNET_BINDINGS_MODEL_NODE_OPERATORS_H

#include <lua.h>

void lnb_open_node_operators(lua_State *L); /* into the metatable of nodes */

#endif
