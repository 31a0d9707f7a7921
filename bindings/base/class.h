/* Classes of boxes: their metatables, methods and fields, and arguments of a class. */
#ifndef LUNET_BINDINGS_BASE_CLASS_H
#define LUNET_BINDINGS_BASE_CLASS_H

#include <lauxlib.h>
#include <lua.h>

#include "bindings/base/box.h"
#include "bindings/base/function.h"

/* Make a class's metatable and leave it on the stack: __gc, __close, __eq by identity, and an __index that looks into
 * `methods`, then calls one of `getters`, then raises with a suggestion. Its fields "methods" and "getters" hold both
 * tables. Each list may be NULL. Pages of help are called by the class's variable: "t:narrow", "t.shape". */
void lnb_class_new(lua_State *L, const LnbClass *class, const luaL_Reg *meta, const LnbFunction *methods,
                   const LnbFunction *getters);
/* For the metatable on top: a __newindex that calls one of `setters` with the object and the value, and raises for other
 * fields. What is set has a getter, whose page tells of both; setters have none. */
void lnb_class_setters(lua_State *L, const LnbClass *class, const LnbFunction *setters);
int lnb_class_index(lua_State *L); /* that __index, for a string at index 2 */
/* Another __index for the metatable on top: a function that passes what it does not answer on to lnb_class_index. */
void lnb_class_set_index(lua_State *L, const LnbClass *class, lua_CFunction index);
int lnb_box_free(lua_State *L);    /* t:free(); upvalue 1: the class */

/* hint_names_by(f), for the Lua half: f(name) tells what to write for names from elsewhere. The module table is on top. */
void lnb_open_class(lua_State *L);

/* The object of an argument; raises if it is of another class or was closed. */
void *lnb_check(lua_State *L, int arg, const LnbClass *class);

#endif
