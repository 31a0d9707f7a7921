/* Classes of boxes: their metatables, methods and fields, and arguments of a class. */
#ifndef LUNET_BINDINGS_BASE_CLASS_H
#define LUNET_BINDINGS_BASE_CLASS_H

#include <lauxlib.h>
#include <lua.h>

#include "bindings/base/box.h"

/* Make a class's metatable and leave it on the stack: __gc, __close, __eq by identity, and an __index that looks into
 * `methods`, then calls one of `getters`, then raises with a suggestion. Its fields "methods" and "getters" hold both
 * tables. Each list may be NULL. */
void lnb_class_new(lua_State *L, const LnbClass *class, const luaL_Reg *meta, const luaL_Reg *methods,
                   const luaL_Reg *getters);
int lnb_class_index(lua_State *L); /* that __index, for a string at index 2 */
int lnb_box_free(lua_State *L);    /* t:free(); upvalue 1: the class */

/* The object of an argument; raises if it is of another class or was closed. */
void *lnb_check(lua_State *L, int arg, const LnbClass *class);

#endif
