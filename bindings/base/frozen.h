/* Tables that can be read and not written: copies of what the runtime knows, in which an assignment would be lost. */
#ifndef LUNET_BINDINGS_BASE_FROZEN_H
#define LUNET_BINDINGS_BASE_FROZEN_H

#include <lua.h>

/* Replaces the table on top by one that reads like it, with pairs, ipairs and # too, and raises the message where a
 * field is set; "KEY" in it becomes the field's name. The tables in it likewise. */
void lnb_freeze(lua_State *L, const char *message);
/* Where the value at a stack index is such a table: replaces it by the table that it reads like. */
void lnb_thaw(lua_State *L, int index);

#endif
