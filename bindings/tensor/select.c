/* Choosing elements in Lua: by indices, by masks, element by element. t[index] and t[mask] are in index.c. */
#include "bindings/tensor/select.h"

#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"
#include "tensor/scatter.h"
#include "tensor/take.h"
#include "tensor/where.h"

void lnb_to_index(lua_State *L, int index, LnIndex *out, const char *what) {
  *out = (LnIndex){0};
  if (!lua_istable(L, index)) {
    out->tensor = lnb_check_tensor(L, index);
    lua_pushvalue(L, index);
    return;
  }
  lnb_thaw(L, index);
  out->n = (int64_t)lua_rawlen(L, index);
  int64_t *list = lnb_scratch(L, (size_t)out->n, sizeof *list);
  for (int64_t i = 0; i < out->n; i++) {
    int is_integer;
    lua_rawgeti(L, index, i + 1);
    list[i] = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || lua_type(L, -1) != LUA_TNUMBER)
      lnb_error(L, "%s: entry %lld must be an integer, got %s", what, (long long)i + 1, lnb_describe(L, -1));
    lua_pop(L, 1);
  }
  out->list = list;
}

/* The tensor at an argument, which must be a mask. */
static LnTensor *check_mask(lua_State *L, int arg) {
  LnTensor *mask = lnb_check_tensor(L, arg);
  if (!mask->mask)
    lnb_error(L, "%s: the tensor %s is no mask; comparisons make them, as x:gt(0) or, of zeros and ones, x:ne(0)",
              lnb_callee(L), LN_SHAPE_TEXT(mask->shape));
  return mask;
}

/* The entries of dimension `dim` at the positions at argument 2. */
static int take_along(lua_State *L, int dim) {
  LnTensor *t = lnb_check_tensor(L, 1);
  const char *what = lnb_callee(L);
  LnIndex index;
  lnb_to_index(L, 2, &index, what);
  if (index.tensor != NULL && index.tensor->mask)
    lnb_error(L, "%s: argument 1 is a mask, expected positions; write t[mask], or t[{ {}, mask }]", what);
  index.dim = dim;
  LNB_MAKE_TENSOR(L, ln_tensor_take(&made, t, &index, 1, what, &err));
  return 1;
}

static int take(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (!lua_istable(L, 2) && !lua_isuserdata(L, 2)) lnb_arg_error(L, 2, "a list or tensor of positions");
  if (t->shape.n == 0) lnb_error(L, "take: a single number has no dimension to take from");
  return take_along(L, lua_isnoneornil(L, 3) ? 0 : lnb_check_dim(L, 3, t->shape.n));
}

/* gather{3, 1, 1} as take; gather(dim, index) element by element. */
static int gather(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (t->shape.n == 0) lnb_error(L, "gather: a single number has no dimension to gather from");
  if (lua_istable(L, 2)) return take_along(L, 0);
  if (lua_isuserdata(L, 2))
    lnb_arg_error(L, 2, "a list of positions, or a dimension and then the index; write t[index]");
  int dim = lnb_check_dim(L, 2, t->shape.n);
  LnTensor *index = lnb_to_tensor(L, 3);
  LNB_MAKE_TENSOR(L, ln_tensor_gather(&made, t, dim, index, &err));
  return 1;
}

static int scatter(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  bool add = lnb_function_code(L);
  if (t->shape.n == 0) lnb_error(L, "%s: a single number has no dimension to scatter to", lnb_callee(L));
  int dim = lnb_check_dim(L, 2, t->shape.n);
  LnTensor *index = lnb_to_tensor(L, 3), *src = lnb_to_tensor(L, 4);
  LNB_MAKE_TENSOR(L, ln_tensor_scatter(&made, t, dim, index, src, add, &err));
  return 1;
}

/* where(mask, a, b) */
static int where(lua_State *L) {
  lua_settop(L, 3);
  LnTensor *mask = check_mask(L, 1), *a = lnb_to_tensor(L, 2), *b = lnb_to_tensor(L, 3);
  LNB_MAKE_TENSOR(L, ln_tensor_where(&made, mask, a, b, &err));
  return 1;
}

/* t:where(mask, other) */
static int where_method(lua_State *L) {
  lua_settop(L, 3);
  LnTensor *t = lnb_check_tensor(L, 1), *mask = check_mask(L, 2), *other = lnb_to_tensor(L, 3);
  LNB_MAKE_TENSOR(L, ln_tensor_where(&made, mask, t, other, &err));
  return 1;
}

/* t:masked_fill(mask, value): the shape stays t's. */
static int masked_fill(lua_State *L) {
  lua_settop(L, 3);
  LnTensor *t = lnb_check_tensor(L, 1), *mask = check_mask(L, 2), *value = lnb_to_tensor(L, 3);
  LnShape shape;
  if (ln_shape_count(value->shape) != 1) lnb_arg_error(L, 3, "one number");
  if (ln_tensor_broadcast(&shape, mask->shape, t->shape, NULL) != LN_OK || !ln_shape_equal(shape, t->shape))
    lnb_error(L, "masked_fill: the mask has shape %s, which does not fit %s", LN_SHAPE_TEXT(mask->shape),
              LN_SHAPE_TEXT(t->shape));
  if (value->shape.n > t->shape.n) lnb_arg_error(L, 3, "one number");
  LNB_MAKE_TENSOR(L, ln_tensor_where(&made, mask, value, t, &err));
  return 1;
}

static int nonzero(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_nonzero(&made, t, &err));
  return 1;
}

const LnbFunction lnb_tensor_select_functions[] = {
    {.name = "where", .call = where,
     .usage = "ln.where(mask: tensor, a: tensor|number, b: tensor|number) -> tensor",
     .doc = "a where the mask is 1, else b. The three broadcast. Masks are what comparisons give: ln.where(x:gt(0), "
            "x, 0).",
     .example = "ln.where(t:gt(0), t, u)",
     .numpy = "np.where", .torch = "torch.where"},
    {0}};

const LnbFunction lnb_tensor_select_methods[] = {
    {.name = "take", .call = take,
     .usage = "t:take(indices: integer[]|tensor, dim?: integer) -> tensor",
     .doc = "These entries of a dimension, by default the first, as a copy: t:take({ 3, 1, 1 }, 2). Positions count "
            "from 1, or from the end where they are negative. The dimensions of an index tensor take the place of "
            "`dim`.",
     .example = "t:take({ 2, 1 }, 1)",
     .numpy = "np.take", .torch = "torch.index_select"},
    {.name = "gather", .call = gather,
     .usage = "t:gather(dim: integer|integer[], index?: tensor|table) -> tensor",
     .doc = "Along a dimension, element by element, the entry that the index names: for dim 2, y[i][j] = "
            "t[i][index[i][j]]. The index has as many dimensions as t, and none of its sizes but that along dim is "
            "larger than t's; positions count from 1, negative ones from the end.\nt:gather{ 3, 1, 1 }: these entries "
            "of the first dimension, as t:take{ 3, 1, 1 }.",
     .example = "local order = t:argsort(2)\n"
                "t:gather(2, order)",
     .numpy = "np.take_along_axis", .torch = "torch.gather"},
    {.name = "scatter", .call = scatter,
     .usage = "t:scatter(dim: integer, index: tensor|table, values: tensor|number) -> tensor",
     .doc = "A copy of t with values where the index says: for dim 2, y[i][index[i][j]] = values[i][j]. The values "
            "have at least the index's sizes, or are one number. Of several for one element the last stays.",
     .example = "ln.zeros(2, 2):scatter(2, { { 1 }, { 2 } }, 9)",
     .numpy = "np.put_along_axis", .torch = "torch.scatter"},
    {.name = "scatter_add", .call = scatter, .code = true,
     .usage = "t:scatter_add(dim: integer, index: tensor|table, values: tensor|number) -> tensor",
     .doc = "A copy of t with values added where the index says: for dim 2, y[i][index[i][j]] += values[i][j]. What "
            "the index may be is as for t:scatter.",
     .example = "ln.zeros(1, 3):scatter_add(2, { { 1, 3, 3 } }, 1)",
     .numpy = "np.add.at", .torch = "torch.scatter_add"},
    {.name = "where", .call = where_method,
     .usage = "t:where(mask: tensor, other: tensor|number) -> tensor",
     .doc = "t where the mask is 1, else `other`: x:where(x:gt(0), 0). The three broadcast.",
     .example = "t:where(t:gt(0), 0)",
     .numpy = "np.where", .torch = "Tensor.where"},
    {.name = "masked_fill", .call = masked_fill,
     .usage = "t:masked_fill(mask: tensor, value: number|tensor) -> tensor",
     .doc = "A copy of t with one number where the mask, which broadcasts to t's shape, is 1. In place: t[mask] = "
            "value.",
     .example = "t:masked_fill(t:lt(0), 0)",
     .numpy = "np.putmask", .torch = "Tensor.masked_fill"},
    {.name = "nonzero", .call = nonzero,
     .usage = "t:nonzero() -> tensor",
     .doc = "Where t is not 0: a row for each such element, in element order, with its position in every dimension, "
            "from 1. Dimensions of more than 2^24 entries are refused.",
     .numpy = "np.argwhere, np.nonzero", .torch = "torch.nonzero"},
    {0}};
