/* Files as records of runs need them: for the Lua half of the module. */
#ifndef LUNET_BINDINGS_SYSTEM_FILES_H
#define LUNET_BINDINGS_SYSTEM_FILES_H

#include <lua.h>

void lnb_open_files(lua_State *L); /* the module table is on top */

#endif
