/* Tensors in files: ln.save and ln.load_tensors. */
#ifndef LUNET_BINDINGS_MEDIA_TENSOR_FILE_H
#define LUNET_BINDINGS_MEDIA_TENSOR_FILE_H

#include <lua.h>

void lnb_open_tensor_file(lua_State *L);

#endif
