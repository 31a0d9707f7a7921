/* Options of all layers: see layer_options.h. */
#include "bindings/items/layer_options.h"

#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "nn/tie.h"

const LnbLayerOption lnb_layer_options[] = {
    {"name", "what the network calls it: net.enc1, \"enc1.weight\"; without it, conv2d_1, conv2d_2, ...",
     "1 to 31 letters, digits or _; no method of networks", "string"},
    {"tied", "the layer whose weight it has, as another view of it: a conv2d for conv_transpose2d, a dense for dense",
     "a layer", "lunet.item.nn"},
    {NULL, NULL, NULL, NULL}};

bool lnb_has_layer_option(const LnType *type, const char *name) {
  if (strcmp(type->kind, "nn") != 0 || ln_param_find(type->params, name) != NULL) return false;
  return strcmp(name, "name") == 0 || (strcmp(name, "tied") == 0 && ((const LnLayerType *)type)->ties_to != NULL);
}

/* net.enc1 is the layer, so no method or field of networks can be one's name. */
static void refuse_fields(lua_State *L, const char *maker, const char *name) {
  static const char *const lists[] = {"methods", "getters"};
  luaL_getmetatable(L, "lunet.network");
  for (int i = 0; i < 2; i++) {
    lua_getfield(L, -1, lists[i]);
    if (lua_getfield(L, -1, name) != LUA_TNIL)
      lnb_error(L, "%s: option 'name': '%s' is a %s of networks; take another name", maker, name,
                i == 0 ? "method" : "field");
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

static void set_name(lua_State *L, LnItem *item, int index) {
  const char *maker = ln_item_type(item)->name;
  if (lua_type(L, index) != LUA_TSTRING || lnb_has_nul(L, index))
    lnb_error(L, "%s: option 'name' must be a string, got %s", maker, lnb_describe(L, index));
  const char *name = lua_tostring(L, index);
  LNB_CALL(L, ln_item_check_name(maker, name, &err));
  refuse_fields(L, maker, name);
  ln_item_set_label(item, name);
}

static void set_tied(lua_State *L, LnItem *item, int index) {
  LnbBox *box = lnb_test(L, index, &lnb_item_class);
  if (box == NULL || box->object == NULL)
    lnb_error(L, "%s: option 'tied' must be a layer, got %s", ln_item_type(item)->name, lnb_describe(L, index));
  LNB_CALL(L, ln_layer_tie(item, box->object, &err));
}

void lnb_set_layer_options(lua_State *L, LnItem *item, int table) {
  const LnType *type = ln_item_type(item);
  if (lnb_has_layer_option(type, "name") && lua_getfield(L, table, "name") != LUA_TNIL) set_name(L, item, lua_gettop(L));
  if (lnb_has_layer_option(type, "tied") && lua_getfield(L, table, "tied") != LUA_TNIL) set_tied(L, item, lua_gettop(L));
}

void lnb_put_layer_options(lua_State *L, LnItem *item) {
  if (ln_item_label(item)[0] != '\0') {
    lua_pushstring(L, ln_item_label(item));
    lua_setfield(L, -2, "name");
  }
  if (ln_item_tied(item) != NULL) {
    lnb_push_item(L, ln_item_tied(item));
    lua_setfield(L, -2, "tied");
  }
}
