/* Indices in Lua: tensors and lists of positions. */
#ifndef LUNET_BINDINGS_TENSOR_SELECT_H
#define LUNET_BINDINGS_TENSOR_SELECT_H

#include <lua.h>

#include "tensor/places.h"

/* Reads the list of integers, or the tensor of positions or mask, at a stack index; pushes one value, which keeps what
 * *out points to. what: the operation, for messages. */
void lnb_to_index(lua_State *L, int index, LnIndex *out, const char *what);

#endif
