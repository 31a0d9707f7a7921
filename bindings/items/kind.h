/* Kinds and types in Lua, made from the descriptors: core.nn.conv2d and so on. */
#ifndef LUNET_BINDINGS_ITEMS_KIND_H
#define LUNET_BINDINGS_ITEMS_KIND_H

#include <lua.h>

void lnb_open_kinds(lua_State *L);
/* core.kinds: { { name =, noun =, plural =, doc =, use =, call =, direct =, types = {...} }, ... }. `call` is what calling
 * an item means, nil where it means nothing; `direct` tells that types are called with the same. Once all uses are known. */
void lnb_open_kind_list(lua_State *L);

#endif
