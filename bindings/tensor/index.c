/* Elements and parts of tensors: t[2], t[{ {1, 3}, {}, 2 }], the same on the left of an assignment, and t.shape.
 *
 * In a list of positions, an integer drops its dimension, {} keeps all of it, {first, last} and {first, last, step}
 * keep a range with both ends, {i} keeps one. Negative positions count from the end. Parts are views: they share
 * memory. ipairs(t) visits the #t entries. */
#include <stdbool.h>
#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

static int64_t entry_of(lua_State *L, int table, int i, int64_t def) {
  int is_integer;
  int64_t value = def;
  if (lua_rawgeti(L, table, i) != LUA_TNIL) {
    value = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer) lnb_error(L, "tensor: a range {first, last} is made of integers, got %s", lnb_describe(L, -1));
  }
  lua_pop(L, 1);
  return value;
}

/* Replaces the tensor on top by its range along dim, which was the `position`-th dimension (1-based) of the tensor that
 * the user indexed. The range table is at stack index `range`. */
static void apply_range(lua_State *L, int range, int dim, int position) {
  LnTensor *t = lnb_check_tensor(L, -1);
  int64_t size = t->shape.d[dim], n = (int64_t)lua_rawlen(L, range), step = entry_of(L, range, 3, 1);
  if (n == 0) return;
  if (n > 3) lnb_error(L, "tensor: a range is {first, last, step}, got %lld entries", (long long)n);
  if (step == 0) lnb_error(L, "tensor: the step of a range must not be 0");
  int64_t first = lnb_check_position(L, entry_of(L, range, 1, 1), size, position);
  int64_t last = n == 1 ? first : lnb_check_position(L, entry_of(L, range, 2, 0), size, position);
  int64_t count = (last - first) / step + 1;
  if ((last - first) * (step > 0 ? 1 : -1) < 0) count = 0;
  LNB_MAKE_TENSOR(L, ln_tensor_slice(&made, t, dim, first, count, step, &err));
  lua_remove(L, -2);
}

/* Replaces the tensor on top by the one at an index of a dimension. */
static void apply_index(lua_State *L, int64_t index, int dim, int position) {
  LnTensor *t = lnb_check_tensor(L, -1);
  int64_t from_start = lnb_check_position(L, index, t->shape.d[dim], position);
  LNB_MAKE_TENSOR(L, ln_tensor_select(&made, t, dim, from_start, &err));
  lua_remove(L, -2);
}

/* Pushes the part of the tensor at stack index 1 that the key at index 2 names. */
static void push_part(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int is_integer;
  int64_t index = lua_tointegerx(L, 2, &is_integer);
  if (t->shape.n == 0) lnb_error(L, "tensor: a single number has no elements; use t:item()");
  lua_pushvalue(L, 1);
  if (is_integer && lua_type(L, 2) == LUA_TNUMBER) return apply_index(L, index, 0, 1);
  if (!lua_istable(L, 2)) lnb_error(L, "tensor: index it by integers or {positions}, got %s", lnb_describe(L, 2));
  int n = (int)lua_rawlen(L, 2), dim = 0;
  if (n > t->shape.n)
    lnb_error(L, "tensor: %d positions for the %d dimensions of %s", n, t->shape.n, LN_SHAPE_TEXT(t->shape));
  for (int i = 1; i <= n; i++) {
    lua_rawgeti(L, 2, i);
    int entry = lua_gettop(L);
    index = lua_tointegerx(L, entry, &is_integer);
    if (!is_integer && !lua_istable(L, entry))
      lnb_error(L, "tensor: position %d must be an integer or a range {first, last}, got %s", i,
                lnb_describe(L, entry));
    lua_pushvalue(L, entry - 1);
    if (is_integer)
      apply_index(L, index, dim, i);
    else
      apply_range(L, entry, dim++, i);
    lua_replace(L, entry - 1);
    lua_settop(L, entry - 1);
  }
}

/* The plain case t[i] of a vector that no tape follows, without a view in between; NULL if it is another case. */
static float *element(lua_State *L, LnTensor *t) {
  int is_integer;
  if (t->shape.n != 1 || lua_type(L, 2) != LUA_TNUMBER || ln_tensor_followed(t)) return NULL;
  int64_t index = lua_tointegerx(L, 2, &is_integer);
  if (!is_integer) return NULL;
  return t->data + lnb_check_position(L, index, t->shape.d[0], 1) * t->stride[0];
}

/* Whether ipairs asks for the entry after the last one. It asks from C; Lua code that does so is mistaken. */
static bool is_end_of_ipairs(lua_State *L, const LnTensor *t) {
  lua_Debug caller;
  if (t->shape.n == 0 || !lua_isinteger(L, 2) || lua_tointeger(L, 2) != t->shape.d[0] + 1) return false;
  return lua_getstack(L, 1, &caller) && lua_getinfo(L, "S", &caller) && strcmp(caller.what, "C") == 0;
}

/* The upvalues are those of lnb_class_index. */
int lnb_tensor_index(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) return lnb_class_index(L);
  LnTensor *t = lnb_check_tensor(L, 1);
  if (is_end_of_ipairs(L, t)) return lua_pushnil(L), 1;
  float *number = element(L, t);
  if (number != NULL) return lua_pushnumber(L, *number), 1;
  push_part(L);
  LnTensor *part = lnb_check_tensor(L, -1);
  if (part->shape.n == 0 && !ln_tensor_followed(part)) lua_pushnumber(L, *part->data);
  return 1;
}

int lnb_tensor_newindex(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (lua_type(L, 2) == LUA_TSTRING) lnb_error(L, "tensor: field '%s' cannot be set", lua_tostring(L, 2));
  LNB_CALL(L, ln_tensor_check_writable(t, "tensor", &err));
  float *number = element(L, t);
  if (number != NULL && lua_type(L, 3) == LUA_TNUMBER) return *number = (float)lua_tonumber(L, 3), 0;
  push_part(L);
  LnTensor *part = lnb_check_tensor(L, -1);
  if (lua_type(L, 3) == LUA_TNUMBER) {
    float value = (float)lua_tonumber(L, 3);
    LNB_CALL(L, ln_tensor_fill(part, value, &err));
    return 0;
  }
  LnTensor *value = lnb_to_tensor(L, 3);
  LNB_CALL(L, ln_tensor_copy(part, value, &err));
  return 0;
}
