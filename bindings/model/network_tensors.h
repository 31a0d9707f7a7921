/* Methods of networks about their tensors. */
#ifndef LUNET_BINDINGS_MODEL_NETWORK_TENSORS_H
#define LUNET_BINDINGS_MODEL_NETWORK_TENSORS_H

#include <lua.h>

void lnb_open_network_tensors(lua_State *L); /* after lnb_open_network */

#endif
