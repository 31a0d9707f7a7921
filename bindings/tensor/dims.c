/* Arguments of methods of tensors: see dims.h. */
#include "bindings/tensor/dims.h"

#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"

bool lnb_is_options(lua_State *L, int index) {
  if (!lua_istable(L, index)) return false;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TNUMBER) continue;
    lua_pop(L, 1);
    return true;
  }
  return lua_rawlen(L, index) == 0;
}

static int dim_at(lua_State *L, int index, int n) {
  if (!lua_isinteger(L, index))
    lnb_error(L, "%s: a dimension is an integer, got %s", lnb_callee(L), lnb_describe(L, index));
  return lnb_check_dim(L, index, n);
}

int lnb_check_dim_list(lua_State *L, int index, int n, int dims[LN_MAX_DIMS]) {
  if (!lua_istable(L, index)) return dims[0] = lnb_check_dim(L, index, n), 1;
  uint32_t seen = 0;
  int count = 0;
  lnb_thaw(L, index);
  for (int i = 1, given = (int)lua_rawlen(L, index); i <= given; i++) {
    lua_rawgeti(L, index, i);
    int dim = dim_at(L, lua_gettop(L), n);
    lua_pop(L, 1);
    if (seen >> dim & 1) lnb_error(L, "%s: dimension %d is named twice", lnb_callee(L), dim + 1);
    seen |= 1u << dim;
    dims[count++] = dim;
  }
  if (count == 0) lnb_error(L, "%s: the list of dimensions is empty", lnb_callee(L));
  return count;
}

uint32_t lnb_check_dims(lua_State *L, int index, int n) {
  int list[LN_MAX_DIMS];
  uint32_t dims = 0;
  for (int i = 0, count = lnb_check_dim_list(L, index, n, list); i < count; i++) dims |= 1u << list[i];
  return dims;
}

int lnb_opt_dim(lua_State *L, int index, int n) {
  if (!lua_isnoneornil(L, index)) return lnb_check_dim(L, index, n);
  if (n == 0) lnb_error(L, "%s: a single number has no dimensions", lnb_callee(L));
  return n - 1;
}

double lnb_opt_named_number(lua_State *L, int index, const char *name, double def) {
  if (lua_isnoneornil(L, index)) return def;
  if (lua_type(L, index) != LUA_TNUMBER)
    lnb_error(L, "%s: '%s' must be a number, got %s", lnb_callee(L), name, lnb_describe(L, index));
  return lua_tonumber(L, index);
}

bool lnb_opt_boolean(lua_State *L, int index, const char *name) {
  if (!lua_isnoneornil(L, index) && !lua_isboolean(L, index))
    lnb_error(L, "%s: '%s' must be true or false, got %s", lnb_callee(L), name, lnb_describe(L, index));
  return lua_toboolean(L, index);
}

bool lnb_option_boolean(lua_State *L, int index, const char *name) {
  if (lua_isnoneornil(L, index)) return false;
  lua_getfield(L, index, name);
  bool value = lnb_opt_boolean(L, lua_gettop(L), name);
  lua_pop(L, 1);
  return value;
}

LnbLines lnb_check_lines(lua_State *L, int arg, int n) {
  static const char *const names[] = {"dim", "keep", NULL};
  bool options = lnb_is_options(L, arg);
  lnb_check_count(L, options ? arg : arg + 1, "");
  lua_settop(L, arg + 1);
  if (options) {
    lnb_option_names(L, arg, lnb_callee(L), names);
    lua_getfield(L, arg, "dim"), lua_getfield(L, arg, "keep");
    arg += 2;
  }
  LnbLines lines = {UINT32_MAX, !lua_isnil(L, arg), lnb_opt_boolean(L, arg + 1, "keep")};
  if (lines.named) lines.dims = lnb_check_dims(L, arg, n);
  return lines;
}
