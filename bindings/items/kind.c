/* Kinds and types in Lua, made from the descriptors: core.nn.conv2d and so on.
 *
 * A type is a userdata that holds a pointer to its descriptor; calling it makes an item (item.c). A kind is a table of
 * types that answers a misspelt name with an error. */
#include "bindings/items/kind.h"

#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/items/call.h"
#include "bindings/items/class.h"
#include "bindings/items/item.h"
#include "bindings/items/layer_options.h"
#include "bindings/items/loss.h"
#include "bindings/items/text.h"
#include "lunet.h"

static const LnType *check_type(lua_State *L) {
  const LnType *type = lnb_test_type(L, 1);
  if (type == NULL) lnb_arg_error(L, 1, "a type");
  return type;
}

/* Fields of types. */

static void set_string(lua_State *L, const char *field, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, field);
}

static void set_boolean(lua_State *L, const char *field, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, field);
}

/* What an option is in the stubs for editors; words come on top. */
static const char *const param_types[] = {
    [LN_PARAM_INT] = "integer",       [LN_PARAM_INT2] = "integer|integer[]", [LN_PARAM_SIDES] = "integer|integer[]",
    [LN_PARAM_FLOAT] = "number",      [LN_PARAM_FLOAT2] = "number|number[]", [LN_PARAM_BOOL] = "boolean",
    [LN_PARAM_SIZES] = "integer|integer[]",
    [LN_PARAM_CHOICE] = "",           [LN_PARAM_STRING] = "string",           [LN_PARAM_OBJECT] = "lunet.tensor",
};

static void push_layer_option(lua_State *L, const LnbLayerOption *option) {
  lua_newtable(L);
  set_string(L, "name", option->name);
  set_string(L, "help", option->help);
  set_string(L, "accepts", option->accepts);
  set_string(L, "type", option->type);
  set_boolean(L, "positional", false);
  set_boolean(L, "required", false);
  lua_newtable(L);
  lua_setfield(L, -2, "words");
}

/* { {name=, help=, accepts=, type=, positional=, required=, words={...}}, ... } */
static int type_params(lua_State *L) {
  const LnType *type = check_type(L);
  char text[512];
  int n = 0;
  lua_newtable(L);
  for (const LnParam *p = type->params; p != NULL && p->kind != LN_PARAM_END; p++) {
    lua_newtable(L);
    set_string(L, "name", p->name);
    set_string(L, "help", p->help);
    set_string(L, "accepts", ln_param_describe(p, text, sizeof text));
    set_string(L, "type", param_types[p->kind]);
    set_boolean(L, "positional", p->flags & LN_POSITIONAL);
    set_boolean(L, "required", p->flags & LN_REQUIRED);
    lua_newtable(L);
    for (int i = 0; p->choices != NULL && p->choices[i] != NULL; i++) {
      lua_pushstring(L, p->choices[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "words");
    lua_rawseti(L, -2, ++n);
  }
  for (const LnbLayerOption *o = lnb_layer_options; o->name != NULL; o++) {
    if (!lnb_has_layer_option(type, o->name)) continue;
    push_layer_option(L, o);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* The descriptor's examples as Lua code, e.g. "conv2d{ 3, kernel = 5 }". */
static int type_cases(lua_State *L) {
  const LnType *type = check_type(L);
  int n = 0;
  lua_newtable(L);
  for (const LnCase *c = type->cases; c != NULL && c->options != NULL; c++) {
    LNB_MAKE(L, lnb_item_class, LnItem, ln_item_from_json(&made, type, c->options, &err));
    lnb_push_item_text(L, lnb_check(L, -1, &lnb_item_class));
    lua_rawseti(L, -3, ++n);
    lua_pop(L, 1);
  }
  return 1;
}

/* Its own, or its kind's with "ln.nn.conv2d{ 5 }" in the place of %s. */
static int type_example(lua_State *L) {
  const LnType *type = check_type(L);
  const LnKind *kind = ln_kind_find(type->kind);
  if (type->example != NULL) return lua_pushstring(L, type->example), 1;
  if (type->cases == NULL || type->cases->options == NULL) return lua_pushnil(L), 1; /* a sum of losses */
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_from_json(&made, type, type->cases->options, &err));
  lua_pushfstring(L, "ln.%s.", type->kind);
  lnb_push_item_text(L, lnb_check(L, -2, &lnb_item_class));
  lua_concat(L, 2);
  luaL_gsub(L, kind->example, "%s", lua_tostring(L, -1));
  return 1;
}

static int type_name(lua_State *L) {
  return lua_pushstring(L, check_type(L)->name), 1;
}

static int type_kind(lua_State *L) {
  return lua_pushstring(L, check_type(L)->kind), 1;
}

static int type_doc(lua_State *L) {
  return lua_pushstring(L, check_type(L)->doc), 1;
}

static const LnbFunction type_getters[] = {
    {.name = "name", .call = type_name, .usage = "type.name -> string", .doc = "What it is: \"conv2d\"."},
    {.name = "kind", .call = type_kind, .usage = "type.kind -> string",
     .doc = "What its items are good for: \"nn\" for layers, \"loss\", \"optim\" ..."},
    {.name = "doc", .call = type_doc, .usage = "type.doc -> string", .doc = "What it does, as ln.help prints it."},
    {.name = "params", .call = type_params, .usage = "type.params -> table[]",
     .doc = "Its options: { name, help, accepts, type, positional, required, words }.",
     .example = "#type.params, type.params[1]"},
    {.name = "cases", .call = type_cases, .usage = "type.cases -> string[]",
     .doc = "Small configurations as Lua code: \"conv2d{ 3, kernel = 5 }\".",
     .example = "type.cases[1]"},
    {.name = "example", .call = type_example, .usage = "type.example -> string|nil",
     .doc = "An example of its use as Lua code; ln.example runs it."},
    {0}};

/* Upvalue 1: the getters. */
static int type_index(lua_State *L) {
  const LnType *type = check_type(L);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    return 1;
  }
  lnb_error(L, "%s.%s: a type has name, kind, doc, params, cases and example, no field %s", type->kind, type->name,
            lnb_describe(L, 2));
}

/* "nn.conv2d: two-dimensional convolution" */
static int type_tostring(lua_State *L) {
  const LnType *type = check_type(L);
  lua_pushfstring(L, "%s.%s: ", type->kind, type->name);
  lua_pushlstring(L, type->doc, strcspn(type->doc, "\n"));
  lua_concat(L, 2);
  return 1;
}

/* Kinds. */

static const char *type_name_at(const void *kind, int i) {
  const LnType *type = ((const LnKind *)kind)->types[i];
  return type == NULL ? NULL : type->name;
}

/* Upvalue 1: the kind. */
static int kind_missing(lua_State *L) {
  const LnKind *kind = lua_touserdata(L, lua_upvalueindex(1));
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  const char *name = lua_tostring(L, 2), *nearest = ln_nearest_name(name, type_name_at, kind);
  if (nearest != NULL) lnb_error(L, "%s: no %s '%s'; did you mean '%s'?", kind->name, kind->noun, name, nearest);
  luaL_Buffer list;
  luaL_buffinit(L, &list);
  for (int i = 0; kind->types[i] != NULL; i++) {
    if (i > 0) luaL_addstring(&list, ", ");
    luaL_addstring(&list, kind->types[i]->name);
  }
  luaL_pushresult(&list);
  lnb_error(L, "%s: no %s '%s'; there are %s", kind->name, kind->noun, name, lua_tostring(L, -1));
}

/* Pushes the table of a kind. */
static void push_kind(lua_State *L, const LnKind *kind) {
  lua_newtable(L);
  for (int i = 0; kind->types[i] != NULL; i++) {
    lnb_push_type(L, kind->types[i]);
    lua_setfield(L, -2, kind->types[i]->name);
  }
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, (void *)(uintptr_t)kind);
  lua_pushcclosure(L, kind_missing, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}

void lnb_open_kinds(lua_State *L) {
  static const luaL_Reg meta[] = {{"__call", lnb_item_construct}, {"__tostring", type_tostring}, {NULL, NULL}};
  luaL_newmetatable(L, lnb_type_class.name);
  lnb_box_set_class(L, &lnb_type_class);
  luaL_setfuncs(L, meta, 0);
  lua_newtable(L);
  lnb_functions(L, "type.", type_getters);
  lua_pushcclosure(L, type_index, 1);
  lua_setfield(L, -2, "__index");
  lnb_loss_operators(L);
  lua_pop(L, 1);
  for (int k = 0; ln_kinds[k] != NULL; k++) {
    push_kind(L, ln_kinds[k]);
    lua_setfield(L, -2, ln_kinds[k]->name);
  }
}

/* In the order of the lists. */
void lnb_open_kind_list(lua_State *L) {
  lua_newtable(L);
  for (int k = 0; ln_kinds[k] != NULL; k++) {
    const LnKind *kind = ln_kinds[k];
    const LnbUse *use = lnb_find_use(L, kind->name);
    lua_newtable(L);
    set_string(L, "name", kind->name);
    set_string(L, "noun", kind->noun);
    set_string(L, "plural", kind->plural);
    set_string(L, "doc", kind->doc);
    set_string(L, "use", kind->use);
    set_string(L, "call", use == NULL ? NULL : use->usage);
    set_boolean(L, "direct", use != NULL && use->direct != NULL);
    lua_newtable(L);
    for (int i = 0; kind->types[i] != NULL; i++) {
      lnb_push_type(L, kind->types[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "types");
    lua_rawseti(L, -2, k + 1);
  }
  lua_setfield(L, -2, "kinds");
}
