/* The machine in Lua: core.file, time, memory, threads and instruction sets. */
#ifndef LUNET_BINDINGS_SYSTEM_SYSTEM_H
#define LUNET_BINDINGS_SYSTEM_SYSTEM_H

#include <lua.h>

void lnb_open_system(lua_State *L);

#endif
