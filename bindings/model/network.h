/* Networks in Lua. */
#ifndef LUNET_BINDINGS_MODEL_NETWORK_H
#define LUNET_BINDINGS_MODEL_NETWORK_H

#include <lua.h>

#include "bindings/base/box.h"
#include "tensor/tensor.h"

extern const LnbClass lnb_network_class;
void lnb_open_network(lua_State *L);

/* The argument as a batch of n tensors: a tensor, or a list of them. what: "input" or "target", for messages. */
void lnb_check_batch(lua_State *L, int arg, LnTensor **batch, int n, const char *what);

#endif
