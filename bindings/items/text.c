/* Items as Lua code and their options as a table: see text.h. */
#include "bindings/items/text.h"

#include <math.h>
#include <string.h>

#include "base/chain.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/frozen.h"
#include "bindings/items/class.h"
#include "bindings/items/layer_options.h"
#include "bindings/tensor/tensor.h"
#include "loss/sum.h"

static bool same_value(LnValue a, LnValue b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case LN_NIL: return true;
    case LN_BOOLEAN: return a.boolean == b.boolean;
    case LN_INTEGER: return a.integer == b.integer;
    case LN_NUMBER: return a.number == b.number;
    case LN_TEXT: return strcmp(a.text, b.text) == 0;
    case LN_LIST: return a.count == b.count && memcmp(a.list, b.list, (size_t)a.count * sizeof *a.list) == 0;
    case LN_OBJECT: return a.object == b.object;
  }
  return false;
}

static void add_number(luaL_Buffer *buffer, double number) {
  char text[LN_NUMBER_TEXT];
  ln_number_text(text, number);
  luaL_addstring(buffer, isinf(number) ? number > 0 ? "math.huge" : "-math.huge" : text);
}

static void add_value(luaL_Buffer *buffer, LnValue value) {
  char text[256];
  switch (value.kind) {
    case LN_NIL: luaL_addstring(buffer, "nil"); break;
    case LN_BOOLEAN: luaL_addstring(buffer, value.boolean ? "true" : "false"); break;
    case LN_INTEGER: add_number(buffer, (double)value.integer); break;
    case LN_NUMBER: add_number(buffer, value.number); break;
    case LN_LIST:
      for (int i = 0; i < value.count; i++) {
        luaL_addstring(buffer, i == 0 ? "{" : ", ");
        add_number(buffer, value.list[i]);
      }
      luaL_addstring(buffer, "}");
      break;
    case LN_OBJECT: luaL_addstring(buffer, ln_value_text(&value, text, sizeof text)); break;
    case LN_TEXT:
      luaL_addchar(buffer, '"');
      for (const char *c = value.text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\' || *c == '\n') luaL_addchar(buffer, '\\');
        luaL_addchar(buffer, *c);
      }
      luaL_addchar(buffer, '"');
  }
}

/* Adds the option if it was given and is not at its default, or is the one that needs no name; what follows from others
 * is left out. Gives how many were added so far. */
static int add_option(luaL_Buffer *buffer, LnItem *item, LnItem *defaults, const LnParam *p, int count) {
  LnValue value = ln_param_get(ln_item_options(item), p);
  bool main_option = p->flags & LN_POSITIONAL;
  bool usual = !ln_item_given(item, p->name) || same_value(value, ln_param_get(ln_item_options(defaults), p));
  if (value.kind == LN_NIL || (!main_option && usual)) return count;
  luaL_addstring(buffer, count > 0 ? ", " : " ");
  if (!main_option) {
    luaL_addstring(buffer, p->name);
    luaL_addstring(buffer, " = ");
  }
  add_value(buffer, value);
  return count + 1;
}

static void push_text_of_type(lua_State *L, LnItem *item) {
  const LnType *type = ln_item_type(item);
  int top = lua_gettop(L), count = 0;
  LNB_MAKE(L, lnb_item_class, LnItem, ln_item_new(&made, type, &err));
  LnItem *defaults = lnb_check(L, -1, &lnb_item_class);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addstring(&buffer, type->name);
  luaL_addchar(&buffer, '{');
  const LnParam *positional = ln_param_positional(type->params);
  if (positional != NULL) count = add_option(&buffer, item, defaults, positional, count);
  for (const LnParam *p = type->params; p != NULL && p->kind != LN_PARAM_END; p++)
    if (p != positional) count = add_option(&buffer, item, defaults, p, count);
  if (ln_item_label(item)[0] != '\0') {
    luaL_addstring(&buffer, count++ > 0 ? ", name = " : " name = ");
    add_value(&buffer, (LnValue){.kind = LN_TEXT, .text = ln_item_label(item)});
  }
  if (ln_item_tied(item) != NULL) {
    luaL_addstring(&buffer, count++ > 0 ? ", tied = " : " tied = ");
    lnb_push_item_text(L, ln_item_tied(item));
    luaL_addvalue(&buffer);
  }
  luaL_addstring(&buffer, count > 0 ? " }" : "}");
  luaL_pushresult(&buffer);
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}

/* "0.8 * mae{} - edge" */
static void push_sum_text(lua_State *L, LnItem *sum) {
  int top = lua_gettop(L), n = ln_loss_terms(sum);
  lua_pushliteral(L, "");
  for (int i = 0; i < n; i++) {
    LnLossTerm term = ln_loss_term(sum, i);
    char number[LN_NUMBER_TEXT];
    double size = fabs(term.factor);
    lua_pushstring(L, signbit(term.factor) ? i == 0 ? "-" : " - " : i == 0 ? "" : " + ");
    lua_pushfstring(L, size == 1 && n > 1 ? "" : "%s * ", ln_number_text(number, size));
    lnb_push_item_text(L, term.loss);
    lua_concat(L, lua_gettop(L) - top);
  }
}

/* "chain{ gaussian{ 0.1 }, masking{ 0.2 } }" */
static void push_chain_text(lua_State *L, LnItem *chain) {
  int top = lua_gettop(L), n = ln_chain_count(chain);
  lua_pushliteral(L, "chain{ ");
  for (int i = 0; i < n; i++) {
    lnb_push_item_text(L, ln_chain_link(chain, i));
    lua_pushstring(L, i < n - 1 ? ", " : " }");
    lua_concat(L, lua_gettop(L) - top);
  }
}

void lnb_push_item_text(lua_State *L, LnItem *item) {
  if (ln_item_type(item) == &ln_loss_sum.type)
    push_sum_text(L, item);
  else if (ln_is_chain(item))
    push_chain_text(L, item);
  else if (ln_item_type(item)->name_of != NULL)
    lua_pushstring(L, ln_item_name(item));
  else
    push_text_of_type(L, item);
}

/* A copy: the item's own is not to change. */
static void push_tensor(lua_State *L, const LnTensor *tensor) {
  LNB_MAKE_TENSOR(L, ln_tensor_clone(&made, tensor, &err));
}

static void push_value(lua_State *L, LnValue value) {
  switch (value.kind) {
    case LN_NIL: lua_pushnil(L); break;
    case LN_BOOLEAN: lua_pushboolean(L, value.boolean); break;
    case LN_INTEGER: lua_pushinteger(L, value.integer); break;
    case LN_NUMBER: lua_pushnumber(L, value.number); break;
    case LN_TEXT: lua_pushstring(L, value.text); break;
    case LN_OBJECT: push_tensor(L, value.object); break;
    case LN_LIST:
      lua_createtable(L, value.count, 0);
      for (int i = 0; i < value.count && i < 4; i++) {
        lua_pushnumber(L, value.list[i]);
        lua_rawseti(L, -2, i + 1);
      }
  }
}

void lnb_push_options(lua_State *L, LnItem *item) {
  lua_newtable(L);
  for (const LnParam *p = ln_item_type(item)->params; p != NULL && p->kind != LN_PARAM_END; p++) {
    push_value(L, ln_param_get(ln_item_options(item), p));
    lua_setfield(L, -2, p->name);
  }
  lnb_put_layer_options(L, item);
  lua_pushfstring(L, "%s: the options of an item do not change; item:with{ KEY = ... } gives another item",
                  ln_item_type(item)->name);
  lua_insert(L, -2);
  lnb_freeze(L, lua_tostring(L, -2));
  lua_remove(L, -2);
}
