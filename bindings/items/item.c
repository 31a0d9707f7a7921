/* Items in Lua: a type called with options, e.g. conv2d{ 64, kernel = 3 }. Items do not change; item:with{...} copies
 * one with other options. What calling an item does is in call.c. */
#include "bindings/items/item.h"

#include <math.h>
#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"
#include "bindings/items/call.h"
#include "bindings/items/class.h"
#include "bindings/items/layer_options.h"
#include "bindings/items/loss.h"
#include "bindings/items/text.h"
#include "bindings/tensor/tensor.h"
#include "metric/metric.h"

/* Options in. */

static LnValue list_value(lua_State *L, int index) {
  LnValue value = {.kind = LN_LIST, .count = (int)lua_rawlen(L, index)};
  for (int i = 0; i < value.count && i < 4; i++) {
    int is_number;
    lua_rawgeti(L, index, i + 1);
    value.list[i] = lua_tonumberx(L, -1, &is_number);
    if (!is_number) value.list[i] = NAN; /* no option takes it, so it is refused with its own message */
    lua_pop(L, 1);
  }
  return value;
}

static LnValue tensor_value(lua_State *L, int index) {
  return (LnValue){.kind = LN_OBJECT, .object = lnb_check_tensor(L, index), .of = &ln_tensor_object};
}

/* Sets one option from the value at an absolute stack index. */
static void set_option(lua_State *L, LnItem *item, const char *name, int index) {
  const LnType *type = ln_item_type(item);
  lnb_thaw(L, index);
  LnValue value = lnb_test(L, index, &lnb_tensor_class) != NULL ? tensor_value(L, index)
                  : lua_istable(L, index)                       ? list_value(L, index)
                                                                : lnb_scalar(L, index);
  const LnParam *param = value.kind == LN_NIL ? ln_param_find(type->params, name) : NULL;
  char accepts[512];
  if (value.kind == LN_TEXT && lnb_has_nul(L, index))
    lnb_error(L, "%s: option '%s': there is a NUL byte after '%s'", type->name, name, value.text);
  if (param != NULL)
    lnb_error(L, "%s: option '%s' must be %s; got %s", type->name, name,
              ln_param_describe(param, accepts, sizeof accepts), lnb_describe(L, index));
  LNB_CALL(L, ln_item_set(item, name, value, &err));
}

/* The value without a name at an absolute stack index; `position` counts such values. */
static void set_positional(lua_State *L, LnItem *item, int position, int index) {
  const LnType *type = ln_item_type(item);
  const LnParam *param = ln_param_positional(type->params);
  if (lnb_test(L, index, &lnb_tensor_class) != NULL)
    lnb_error(L, "%s: its options come first, then %s; write %s{}(...)", type->name, lnb_describe(L, index),
              type->name);
  if (param == NULL) lnb_error(L, "%s: takes no value without a name, got %s", type->name, lnb_describe(L, index));
  if (position > 1)
    lnb_error(L, "%s: takes one value without a name (%s), got %s as value %d; give it as name = value", type->name,
              param->name, lnb_describe(L, index), position);
  set_option(L, item, param->name, index);
}

/* The named options of the table at an absolute stack index; its entries 1 .. skip are no options. `taken` is the
 * option that was given without its name, or NULL. */
static void set_named(lua_State *L, LnItem *item, int table, lua_Integer skip, const char *taken) {
  const char *owner = ln_item_type(item)->name;
  int top = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, table)) {
    int value = lua_gettop(L);
    bool entry = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= skip;
    if (!entry && lua_type(L, -2) != LUA_TSTRING)
      lnb_error(L, "%s: options have names, got the key %s", owner, lnb_describe(L, -2));
    const char *name = entry ? NULL : lua_tostring(L, -2);
    if (name != NULL && lnb_has_nul(L, -2)) lnb_error(L, "%s: no option '%s' with a NUL byte", owner, name);
    if (name != NULL && taken != NULL && strcmp(name, taken) == 0)
      lnb_error(L, "%s: option '%s' is given twice, with and without its name", owner, name);
    if (name != NULL && !lnb_has_layer_option(ln_item_type(item), name)) set_option(L, item, name, value);
    lua_settop(L, value - 1);
  }
  lnb_set_layer_options(L, item, table);
  lua_settop(L, top);
}

/* Several values without a name are one option where it is a list of sizes. */
static void set_sizes(lua_State *L, LnItem *item, const LnParam *param, int first, int last) {
  lua_createtable(L, last - first + 1, 0);
  for (int i = first; i <= last; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i - first + 1);
  }
  set_option(L, item, param->name, lua_gettop(L));
  lua_pop(L, 1);
}

/* The values without a name at stack indices first .. last. Gives the name of the option they set, or NULL. */
static const char *set_positionals(lua_State *L, LnItem *item, int first, int last) {
  const LnParam *param = ln_param_positional(ln_item_type(item)->params);
  bool sizes = first < last && param != NULL && param->kind == LN_PARAM_SIZES;
  if (sizes) set_sizes(L, item, param, first, last);
  for (int i = first; !sizes && i <= last; i++) set_positional(L, item, i - first + 1, i);
  return first <= last && param != NULL ? param->name : NULL;
}

/* Pushes entries 1 .. n of the table at an absolute stack index. */
static int push_entries(lua_State *L, int table) {
  int n = (int)lua_rawlen(L, table);
  luaL_checkstack(L, n + LUA_MINSTACK, "too many values");
  for (int i = 1; i <= n; i++) lua_rawgeti(L, table, i);
  return n;
}

/* Sorts what a type was called with: T{ a, b, name = v }, T(a, { name = v }), T(a, b), T(). Afterwards the values
 * without a name are at stack indices *first .. *last and the table of options at *table (0: none). */
static void sort_arguments(lua_State *L, int *first, int *last, int *table) {
  int top = lua_gettop(L);
  bool has_table = top >= 2 && lua_istable(L, top);
  lnb_thaw(L, top);
  *table = has_table ? top : 0;
  *first = top == 2 && has_table ? top + 1 : 2;
  *last = has_table ? top - 1 : top;
  if (top == 2 && has_table) *last = top + push_entries(L, top);
}

/* Whether the value at an index is of the class that types of the kind are called with directly. */
static bool is_direct(lua_State *L, const LnbUse *use, int index) {
  return use != NULL && use->direct != NULL && lnb_test(L, index, use->direct) != NULL;
}

/* Type called with options: pushes the item, or, for a layer whose values are nodes, the node it makes of them. */
int lnb_item_construct(lua_State *L) {
  const LnType *type = lnb_test_type(L, 1);
  int first, last, table;
  if (type == NULL) lnb_arg_error(L, 1, "a type");
  sort_arguments(L, &first, &last, &table);
  const LnbUse *use = lnb_find_use(L, type->kind);
  bool direct = first <= last && is_direct(L, use, first);
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_new(&made, type, &err));
  LnItem *item = lnb_check(L, -1, &lnb_item_class);
  const char *taken = direct ? NULL : set_positionals(L, item, first, last);
  if (table != 0) set_named(L, item, table, first > table ? last - first + 1 : 0, taken);
  LNB_CALL(L, ln_item_check(item, &err));
  if (!direct) return 1;
  luaL_checkstack(L, last - first + 1, "too many values");
  for (int i = first; i <= last; i++) lua_pushvalue(L, i);
  lua_call(L, last - first + 1, 1); /* the item's __call */
  return 1;
}

/* item:with{ h = 0.2 }: a copy with other options. */
static int item_with(lua_State *L) {
  LnItem *old = lnb_check(L, 1, &lnb_item_class);
  lnb_check_table(L, 2);
  lua_settop(L, 2);
  lnb_thaw(L, 2);
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_copy(&made, old, &err));
  LnItem *item = lnb_check(L, 3, &lnb_item_class);
  int n = push_entries(L, 2);
  const char *taken = set_positionals(L, item, 4, 3 + n);
  set_named(L, item, 2, n, taken);
  LNB_CALL(L, ln_item_check(item, &err));
  lua_settop(L, 3);
  return 1;
}

/* metric:map(images, references) */
static int item_map(lua_State *L) {
  LnItem *item = lnb_check(L, 1, &lnb_item_class);
  const LnType *type = ln_item_type(item);
  if (strcmp(type->kind, ln_metric_kind.name) != 0)
    lnb_error(L, "%s: only metrics have maps; this is a %s", type->name, lnb_kind_noun(type->kind));
  LnTensor *images = lnb_check_images(L, 2), *references = lnb_check_images(L, 3);
  LNB_MAKE_TENSOR(L, ln_metric_map(&made, item, images, references, &err));
  return 1;
}

static int item_tostring(lua_State *L) {
  lnb_push_item_text(L, lnb_check(L, 1, &lnb_item_class));
  return 1;
}

static int item_name(lua_State *L) {
  return lua_pushstring(L, ln_item_name(lnb_check(L, 1, &lnb_item_class))), 1;
}

static int item_kind(lua_State *L) {
  return lua_pushstring(L, ln_item_type(lnb_check(L, 1, &lnb_item_class))->kind), 1;
}

static int item_type(lua_State *L) {
  return lnb_push_type(L, ln_item_type(lnb_check(L, 1, &lnb_item_class))), 1;
}

static int item_options(lua_State *L) {
  return lnb_push_options(L, lnb_check(L, 1, &lnb_item_class)), 1;
}

/* The upvalues are those of lnb_class_index. */
static int item_index(lua_State *L) {
  const LnType *type = ln_item_type(lnb_check(L, 1, &lnb_item_class));
  const char *field = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
  if (field == NULL) lnb_error(L, "%s: an item has fields with names, no %s", type->name, lnb_describe(L, 2));
  bool known = lua_getfield(L, lua_upvalueindex(1), field) != LUA_TNIL ||
               lua_getfield(L, lua_upvalueindex(2), field) != LUA_TNIL;
  if (!known && ln_param_find(type->params, field) != NULL)
    lnb_error(L, "%s: its options are in a table; write item.options.%s", type->name, field);
  if (!known)
    lnb_error(L, "%s: an item has name, kind, type, options, with and map, no field %s", type->name, lnb_describe(L, 2));
  return lnb_class_index(L);
}

void lnb_open_item(lua_State *L) {
  static const luaL_Reg meta[] = {{"__tostring", item_tostring}, {"__call", lnb_item_call}, {NULL, NULL}};
  static const LnbFunction methods[] = {
      {.name = "with", .call = item_with, .usage = "item:with(options: table) -> item",
       .doc = "A copy with other options: nlmeans:with{ h = 0.2 }. What was given stays, but for what is given now.",
       .example = "item:with{ seed = 7 }"},
      {.name = "map", .call = item_map, .usage = "item:map(images: tensor|set, references: tensor|set) -> tensor",
       .doc = "Of the metric ssim: its value at every pixel, in the images' shape, to be looked at. Images are mirrored at "
              "their edges, as scikit-image's full = True has it; the metric itself is the mean without the outer window "
              "/ 2 pixels (5 by default), where windows cross the edge. Other items have none.",
       .example = "ssim:map(noisy, clean)"},
      {0}};
  static const LnbFunction getters[] = {
      {.name = "name", .call = item_name, .usage = "item.name -> string", .doc = "What it is: \"conv2d\"."},
      {.name = "kind", .call = item_kind, .usage = "item.kind -> string",
       .doc = "What it is good for: \"nn\" for layers, \"loss\", \"optim\", \"noise\", \"metric\", \"filter\", "
              "\"data\"."},
      {.name = "type", .call = item_type, .usage = "item.type -> type", .doc = "What it was made from: ln.nn.conv2d."},
      {.name = "options", .call = item_options, .usage = "item.options -> table",
       .doc = "A copy of its options, also of those that were not given. Options do not change: see item:with."},
      {0}};
  lnb_class_new(L, &lnb_item_class, meta, methods, getters);
  lnb_class_set_index(L, &lnb_item_class, item_index);
  lnb_loss_operators(L);
  lua_pop(L, 1);
}
