/* Elements and parts of tensors: t[2], t[{ {1, 3}, {}, 2 }], t[mask], t[index], and the same on the left of an
 * assignment.
 *
 * In a list of positions, an integer drops its dimension, {} keeps all of it, {first, last} and {first, last, step}
 * keep a range with both ends, {i} keeps one. Negative positions count from the end. Such parts are views: they share
 * memory. A mask stands for as many dimensions as it has, a tensor of positions or a list { {3, 1, 1} } (or a plain one
 * of more than three) for one; what they take is a copy. ipairs(t) visits the #t entries. */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/select.h"
#include "bindings/tensor/tensor.h"
#include "tensor/take.h"

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

/* What a key means: a view, at stack index VIEW, and the indices to take from it. */
enum { VIEW = 4 };
typedef struct Part {
  LnTensor *view;
  int n; /* indices; 0: the view is all */
  LnIndex index[LN_MAX_DIMS];
} Part;

/* Narrows the view to a range along dim, which was the `position`-th dimension (1-based) of the tensor that the user
 * indexed. The range table is at stack index `range`. */
static void apply_range(lua_State *L, int range, int dim, int position) {
  LnTensor *t = lnb_check_tensor(L, VIEW);
  int64_t size = t->shape.d[dim], n = (int64_t)lua_rawlen(L, range), step = entry_of(L, range, 3, 1);
  if (n == 0) return;
  if (step == 0) lnb_error(L, "tensor: the step of a range must not be 0");
  int64_t first = lnb_check_position(L, entry_of(L, range, 1, 1), size, position);
  int64_t last = n == 1 ? first : lnb_check_position(L, entry_of(L, range, 2, 0), size, position);
  int64_t count = (last - first) / step + 1;
  if ((last - first) * (step > 0 ? 1 : -1) < 0) count = 0;
  LNB_MAKE_TENSOR(L, ln_tensor_slice(&made, t, dim, first, count, step, &err));
  lua_replace(L, VIEW);
}

/* Narrows the view to an index of a dimension, which goes. */
static void apply_integer(lua_State *L, int64_t index, int dim, int position) {
  LnTensor *t = lnb_check_tensor(L, VIEW);
  int64_t from_start = lnb_check_position(L, index, t->shape.d[dim], position);
  LNB_MAKE_TENSOR(L, ln_tensor_select(&made, t, dim, from_start, &err));
  lua_replace(L, VIEW);
}

/* Adds the mask, index tensor or list at a stack index to the part; what keeps it alive stays on the stack. */
static void add_index(lua_State *L, Part *part, int at, int dim, int position) {
  LnIndex *index = &part->index[part->n++];
  luaL_checkstack(L, 8, "indices");
  lnb_to_index(L, at, index, "tensor");
  index->dim = dim, index->named = position;
}

static bool is_integer_at(lua_State *L, int at) {
  int is_integer = 0;
  if (lua_type(L, at) == LUA_TNUMBER) lua_tointegerx(L, at, &is_integer);
  return is_integer;
}

/* Whether the table at a stack index is a list of entries, not a range: it has more than three, or is wrapped once
 * more, { {3, 1} }: then the list comes on the stack in its place. */
static bool is_list(lua_State *L, int at) {
  int64_t n = (int64_t)lua_rawlen(L, at);
  if (n > 3) return true;
  if (n == 1 && lua_rawgeti(L, at, 1) == LUA_TTABLE) return lua_replace(L, at), true;
  lua_settop(L, at);
  return false;
}

/* How many dimensions the value at a stack index stands for in a list of positions. */
static int dims_of_position(lua_State *L, int at) {
  LnbBox *box = lnb_test(L, at, &lnb_tensor_class);
  const LnTensor *t = box != NULL ? box->object : NULL;
  return t != NULL && t->mask ? t->shape.n : 1;
}

/* Raises: a list of n positions stands for more dimensions than there are. */
static void too_many_positions(lua_State *L, const LnTensor *t, int n) {
  bool integers = true;
  for (int i = 1; i <= n && i <= LN_MAX_DIMS; i++) {
    lua_rawgeti(L, 2, i);
    integers = integers && is_integer_at(L, -1);
    lua_pop(L, 1);
  }
  lnb_error(L, "tensor: %d positions for the %d dimensions of %s%s", n, t->shape.n, LN_SHAPE_TEXT(t->shape),
            integers ? "; a list of entries of the first one is written t[{ { {3, 1, 2} } }]" : "");
}

/* A list of positions, one after the other. */
static void read_positions(lua_State *L, Part *part, const LnTensor *t, int n) {
  if (n > t->shape.n) too_many_positions(L, t, n);
  for (int i = 1, dim = 0, position = 1; i <= n; i++) {
    lua_rawgeti(L, 2, i);
    int entry = lua_gettop(L), dims = dims_of_position(L, entry);
    if (position - 1 + dims + n - i > t->shape.n) too_many_positions(L, t, n - 1 + dims);
    if (is_integer_at(L, entry)) {
      apply_integer(L, lua_tointeger(L, entry), dim, position);
      lua_settop(L, entry - 1);
    } else if (lnb_test(L, entry, &lnb_tensor_class) != NULL || (lua_istable(L, entry) && is_list(L, entry))) {
      add_index(L, part, entry, dim, position);
      dim += dims;
    } else if (lua_istable(L, entry)) {
      apply_range(L, entry, dim++, position);
      lua_settop(L, entry - 1);
    } else {
      lnb_error(L, "tensor: position %d must be an integer or a range {first, last}, a mask or an index, got %s", i,
                lnb_describe(L, entry));
    }
    position += dims;
  }
}

/* Reads the key at index 2 of the tensor at index 1. */
static void read_part(lua_State *L, Part *part) {
  LnTensor *t = lnb_check_tensor(L, 1);
  part->n = 0;
  if (t->shape.n == 0) lnb_error(L, "tensor: a single number has no elements; use t:item()");
  lua_settop(L, 3);
  lua_pushvalue(L, 1);
  if (is_integer_at(L, 2)) {
    apply_integer(L, lua_tointeger(L, 2), 0, 1);
  } else if (lnb_test(L, 2, &lnb_tensor_class) != NULL) {
    add_index(L, part, 2, 0, 1);
  } else if (lua_istable(L, 2)) {
    int64_t n = (int64_t)lua_rawlen(L, 2);
    bool number = n > 1 && lua_rawgeti(L, 2, 1) == LUA_TNUMBER;
    lua_settop(L, VIEW);
    if (t->shape.n == 1 && number) { /* v[{3, 1, 2}]: more positions than dimensions */
      add_index(L, part, 2, 0, 1);
    } else {
      read_positions(L, part, t, n < INT_MAX ? (int)n : INT_MAX);
    }
  } else {
    lnb_error(L, "tensor: index it by integers or {positions}, masks or index tensors, got %s", lnb_describe(L, 2));
  }
  part->view = lnb_check_tensor(L, VIEW);
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
  Part part;
  read_part(L, &part);
  if (part.n > 0)
    LNB_MAKE_TENSOR(L, ln_tensor_take(&made, part.view, part.index, part.n, "tensor", &err));
  else
    lua_settop(L, VIEW);
  LnTensor *y = lnb_check_tensor(L, -1);
  if (y->shape.n == 0 && !ln_tensor_followed(y)) lua_pushnumber(L, *y->data);
  return 1;
}

int lnb_tensor_newindex(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (lua_type(L, 2) == LUA_TSTRING) lnb_error(L, "tensor: field '%s' cannot be set", lua_tostring(L, 2));
  LNB_CALL(L, ln_tensor_check_writable(t, "tensor", &err));
  float *number = element(L, t);
  if (number != NULL && lua_type(L, 3) == LUA_TNUMBER) return *number = (float)lua_tonumber(L, 3), 0;
  Part part;
  read_part(L, &part);
  if (part.n == 0 && lua_type(L, 3) == LUA_TNUMBER) {
    float value = (float)lua_tonumber(L, 3);
    LNB_CALL(L, ln_tensor_fill(part.view, value, &err));
    return 0;
  }
  LnTensor *value = lnb_to_tensor(L, 3);
  if (part.n == 0)
    LNB_CALL(L, ln_tensor_copy(part.view, value, &err));
  else
    LNB_CALL(L, ln_tensor_put(part.view, part.index, part.n, value, "tensor", &err));
  return 0;
}
