/* Options that every layer has, whatever its type: name, and for some tied. */
#ifndef LUNET_BINDINGS_ITEMS_LAYER_OPTIONS_H
#define LUNET_BINDINGS_ITEMS_LAYER_OPTIONS_H

#include <stdbool.h>

#include <lua.h>

#include "base/type.h"

/* Rows as those of type.params, and whether types of that kind have them; ends in a NULL name. */
typedef struct LnbLayerOption {
  const char *name, *help, *accepts, *type;
} LnbLayerOption;
extern const LnbLayerOption lnb_layer_options[];
bool lnb_has_layer_option(const LnType *type, const char *name);
/* Set those in the table at an absolute stack index, once its other options are set. */
void lnb_set_layer_options(lua_State *L, LnItem *item, int table);
/* Into the table on top: the item's own name, and what it is tied to. */
void lnb_put_layer_options(lua_State *L, LnItem *item);

#endif
