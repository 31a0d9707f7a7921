/* lunet.core: the C half of the module. */
#ifndef LUNET_BINDINGS_SYSTEM_CORE_H
#define LUNET_BINDINGS_SYSTEM_CORE_H

#include <lua.h>

__attribute__((visibility("default"))) int luaopen_lunet_core(lua_State *L);

#endif
