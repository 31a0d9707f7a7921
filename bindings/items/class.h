/* Types and items as Lua holds them: a type is a userdata that points to its descriptor, an item a box. */
#ifndef LUNET_BINDINGS_ITEMS_CLASS_H
#define LUNET_BINDINGS_ITEMS_CLASS_H

#include <lua.h>

#include "base/type.h"
#include "bindings/base/box.h"

extern const LnbClass lnb_type_class, lnb_item_class;

const LnType *lnb_test_type(lua_State *L, int index); /* NULL if it is something else */
void lnb_push_type(lua_State *L, const LnType *type);
const char *lnb_kind_noun(const char *kind); /* "layer", "optimizer" */

/* An item of that kind; `what` names the argument in messages. A type instead of an item gives a hint. */
LnItem *lnb_check_item(lua_State *L, int index, const char *kind, const char *what);
void lnb_push_item(lua_State *L, LnItem *item); /* with a reference of its own */

#endif
