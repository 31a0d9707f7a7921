/* Kinds and types in Lua, made from the descriptors: core.nn.conv2d and so on.
 *
 * A type is a userdata that holds a pointer to its descriptor; calling it makes an item (item.c). A kind is a table of
 * types that answers a misspelt name with an error. */
#include <string.h>

#include "bindings.h"

const char *const lnb_type_class = "lunet.type";

const LnType *lnb_test_type(lua_State *L, int index) {
  const LnType **box = luaL_testudata(L, index, lnb_type_class);
  return box == NULL ? NULL : *box;
}

/* One userdata per type, kept in the registry by the descriptor's address. */
void lnb_push_type(lua_State *L, const LnType *type) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, type) != LUA_TNIL) return;
  lua_pop(L, 1);
  const LnType **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = type;
  luaL_setmetatable(L, lnb_type_class);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, type);
}

const char *lnb_kind_noun(const char *kind) {
  static const char *const nouns[][2] = {{"nn", "layer"}, {"optim", "optimizer"}, {"data", "data source"}};
  for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
    if (strcmp(nouns[i][0], kind) == 0) return nouns[i][1];
  return kind; /* "loss", "noise", "metric", "filter" */
}

void lnb_push_value(lua_State *L, LnValue value) {
  switch (value.kind) {
    case LN_NIL: lua_pushnil(L); break;
    case LN_BOOLEAN: lua_pushboolean(L, value.boolean); break;
    case LN_INTEGER: lua_pushinteger(L, value.integer); break;
    case LN_NUMBER: lua_pushnumber(L, value.number); break;
    case LN_TEXT: lua_pushstring(L, value.text); break;
    case LN_LIST:
      lua_createtable(L, value.count, 0);
      for (int i = 0; i < value.count && i < 4; i++) {
        lua_pushnumber(L, value.list[i]);
        lua_rawseti(L, -2, i + 1);
      }
  }
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

/* { {name=, help=, accepts=, positional=, required=, words={...}}, ... } */
static void push_params(lua_State *L, const LnType *type) {
  char text[512];
  int n = 0;
  lua_newtable(L);
  for (const LnParam *p = type->params; p != NULL && p->kind != LN_PARAM_END; p++) {
    lua_newtable(L);
    set_string(L, "name", p->name);
    set_string(L, "help", p->help);
    set_string(L, "accepts", ln_param_describe(p, text, sizeof text));
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
}

/* The descriptor's examples as Lua code, e.g. "conv2d{ 3, kernel = 5 }". */
static void push_cases(lua_State *L, const LnType *type) {
  int n = 0;
  lua_newtable(L);
  for (const LnCase *c = type->cases; c != NULL && c->options != NULL; c++) {
    LNB_MAKE(L, lnb_item_class, LnItem, ln_item_from_json(&made, type, c->options, &err));
    lnb_push_item_text(L, lnb_check(L, -1, &lnb_item_class));
    lua_rawseti(L, -3, ++n);
    lua_pop(L, 1);
  }
}

static int type_index(lua_State *L) {
  const LnType *type = lnb_test_type(L, 1);
  const char *field = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (type == NULL) lnb_arg_error(L, 1, "a type");
  if (strcmp(field, "name") == 0) return lua_pushstring(L, type->name), 1;
  if (strcmp(field, "kind") == 0) return lua_pushstring(L, type->kind), 1;
  if (strcmp(field, "doc") == 0) return lua_pushstring(L, type->doc), 1;
  if (strcmp(field, "params") == 0) return push_params(L, type), 1;
  if (strcmp(field, "cases") == 0) return push_cases(L, type), 1;
  lnb_error(L, "%s.%s: a type has name, kind, doc, params and cases, no field %s", type->kind, type->name,
            lnb_describe(L, 2));
}

/* "nn.conv2d: two-dimensional convolution" */
static int type_tostring(lua_State *L) {
  const LnType *type = lnb_test_type(L, 1);
  if (type == NULL) lnb_arg_error(L, 1, "a type");
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
  const char *noun = lnb_kind_noun(kind->name);
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  const char *name = lua_tostring(L, 2), *nearest = ln_nearest_name(name, type_name_at, kind);
  if (nearest != NULL) lnb_error(L, "%s: no %s '%s'; did you mean '%s'?", kind->name, noun, name, nearest);
  luaL_Buffer list;
  luaL_buffinit(L, &list);
  for (int i = 0; kind->types[i] != NULL; i++) {
    if (i > 0) luaL_addstring(&list, ", ");
    luaL_addstring(&list, kind->types[i]->name);
  }
  luaL_pushresult(&list);
  lnb_error(L, "%s: no %s '%s'; there are %s", kind->name, noun, name, lua_tostring(L, -1));
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

/* core.kinds: { {name=, doc=, types={...}}, ... }, in the order of the lists. */
static void push_kind_list(lua_State *L) {
  lua_newtable(L);
  for (int k = 0; ln_kinds[k] != NULL; k++) {
    lua_newtable(L);
    set_string(L, "name", ln_kinds[k]->name);
    set_string(L, "doc", ln_kinds[k]->doc);
    lua_newtable(L);
    for (int i = 0; ln_kinds[k]->types[i] != NULL; i++) {
      lnb_push_type(L, ln_kinds[k]->types[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "types");
    lua_rawseti(L, -2, k + 1);
  }
}

void lnb_open_registry(lua_State *L) {
  static const luaL_Reg meta[] = {
      {"__call", lnb_item_construct}, {"__index", type_index}, {"__tostring", type_tostring}, {NULL, NULL}};
  luaL_newmetatable(L, lnb_type_class);
  luaL_setfuncs(L, meta, 0);
  lua_pop(L, 1);
  for (int k = 0; ln_kinds[k] != NULL; k++) {
    push_kind(L, ln_kinds[k]);
    lua_setfield(L, -2, ln_kinds[k]->name);
  }
  push_kind_list(L);
  lua_setfield(L, -2, "kinds");
}
