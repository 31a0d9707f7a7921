/* The module `lunet`, as require finds it. All that lunet.so exports: luaopen_lunet and luaopen_lunet_core (core.h). */
#ifndef LUNET_BINDINGS_SYSTEM_MODULE_H
#define LUNET_BINDINGS_SYSTEM_MODULE_H

#include <lua.h>

__attribute__((visibility("default"))) int luaopen_lunet(lua_State *L);
void lnb_module_install(lua_State *L); /* lets require find "lunet", "lunet.core", "lunet.fit" ... */

#endif
