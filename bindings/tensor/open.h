/* The class of tensors and its constructors, for the module table on top of the stack. */
#ifndef LUNET_BINDINGS_TENSOR_OPEN_H
#define LUNET_BINDINGS_TENSOR_OPEN_H

#include <lua.h>

void lnb_open_tensor(lua_State *L);

#endif
