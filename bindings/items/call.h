/* What calling an item does, by its kind. */
#ifndef LUNET_BINDINGS_ITEMS_CALL_H
#define LUNET_BINDINGS_ITEMS_CALL_H

#include <lua.h>

#include "base/type.h"
#include "bindings/base/box.h"
#include "tensor/tensor.h"

/* How items of a kind are called. */
typedef struct LnbUse {
  const LnKind *kind;
  int (*call)(lua_State *L, LnItem *item); /* at index 1, the arguments follow */
  const char *usage;                       /* "noise(x: tensor, n?: integer) -> tensor", as in LnbFunction */
  /* Types of the kind, called with objects of this class instead of values, make an item with the options that have
   * names and call it on them at once: nn.add(a, b). NULL: there is no such class. */
  const LnbClass *direct;
} LnbUse;

/* From now on items of that kind can be called. `use` lives as long as the program. */
void lnb_use(lua_State *L, const LnbUse *use);
const LnbUse *lnb_find_use(lua_State *L, const char *kind); /* NULL if such items are not called */

/* One line on stderr where the mean magnitude of images is above 4, as that of 8-bit values would be. what: whose they
 * are, "mse: the targets". */
void lnb_note_magnitude(lua_State *L, const char *what, const LnTensor *t);

int lnb_item_call(lua_State *L);  /* __call of items */
void lnb_open_calls(lua_State *L); /* noise(x), metric(images, references), filter(x) */

#endif
