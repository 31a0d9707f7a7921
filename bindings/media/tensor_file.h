/* Tensors in files: ln.save and ln.load_tensors, and what checkpoints need of them. */
#ifndef LUNET_BINDINGS_MEDIA_TENSOR_FILE_H
#define LUNET_BINDINGS_MEDIA_TENSOR_FILE_H

#include <lua.h>

#include "bindings/base/box.h"
#include "store/named_tensors.h"

/* What was read, while it goes over to Lua; and pushing it as a table of tensors by name. */
extern const LnbClass lnb_tensor_list_class;
void lnb_push_tensor_list(lua_State *L, const LnTensorList *list);

/* The table at 2, which keeps names and tensors, as a list in the order of its names. Pushes the memory of the list. */
LnNamedTensor *lnb_check_named_tensors(lua_State *L, int *count);

void lnb_open_tensor_file(lua_State *L);

#endif
