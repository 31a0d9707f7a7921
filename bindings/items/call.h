/* What calling an item does, by its kind. */
#ifndef LUNET_BINDINGS_ITEMS_CALL_H
#define LUNET_BINDINGS_ITEMS_CALL_H

#include <lua.h>

#include "base/type.h"
#include "bindings/base/box.h"

/* How items of a kind are called. */
typedef struct LnbUse {
  const LnKind *kind;
  int (*call)(lua_State *L, LnItem *item); /* at index 1, the arguments follow */
  /* Types of the kind, called with objects of this class instead of values, make an item with the options that have
   * names and call it on them at once: nn.add(a, b). NULL: there is no such class. */
  const LnbClass *direct;
} LnbUse;

/* From now on items of that kind can be called. `use` lives as long as the program. */
void lnb_use(lua_State *L, const LnbUse *use);
const LnbUse *lnb_find_use(lua_State *L, const char *kind); /* NULL if such items are not called */

int lnb_item_call(lua_State *L);  /* __call of items */
void lnb_open_calls(lua_State *L); /* noise(x), metric(images, references), filter(x) */

#endif
