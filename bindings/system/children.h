/* Other processes, for the Lua half of the module: starting, waiting, ending; and telling one from another. */
#ifndef LUNET_BINDINGS_SYSTEM_CHILDREN_H
#define LUNET_BINDINGS_SYSTEM_CHILDREN_H

#include <lua.h>

/* Adds its functions to the table on top. A process that was started as a worker (LUNET_PARENT is its parent) ends from
 * now on when its parent does. */
void lnb_open_children(lua_State *L);

#endif
