/* Networks in Lua. */
#ifndef LUNET_BINDINGS_MODEL_NETWORK_H
#define LUNET_BINDINGS_MODEL_NETWORK_H

#include <lua.h>

#include "bindings/base/box.h"

extern const LnbClass lnb_network_class;
void lnb_open_network(lua_State *L);

#endif
