/* Order and statistics of tensors in Lua: sorting, searching, running sums, quantiles, histograms. */
#include "tensor/order.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"
#include "bindings/tensor/dims.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"
#include "tensor/statistics.h"

/* The switch `name` and the dimension, of (dim, { name = true }) or { dim =, name = } from `arg` on. */
static bool read_dim_and_switch(lua_State *L, int *dim, int arg, int n, const char *name) {
  const char *const names[] = {"dim", name, NULL};
  bool together = lnb_is_options(L, arg);
  int options = together ? arg : arg + 1;
  lnb_check_count(L, options, "");
  lua_settop(L, arg + 1);
  lnb_option_names(L, options, lnb_callee(L), together ? names : names + 1);
  if (together) lua_getfield(L, arg, "dim");
  *dim = lnb_opt_dim(L, together ? lua_gettop(L) : arg, n);
  return lnb_option_boolean(L, options, name);
}

/* ---- In order ---- */

static int sort(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int dim;
  bool descending = read_dim_and_switch(L, &dim, 2, t->shape.n, "descending");
  LNB_MAKE_TENSORS(L, 2, ln_tensor_sort(&made[0], &made[1], t, dim, descending, &err));
  return 2;
}

static int argsort(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int dim;
  bool descending = read_dim_and_switch(L, &dim, 2, t->shape.n, "descending");
  LNB_MAKE_TENSOR(L, ln_tensor_sort(NULL, &made, t, dim, descending, &err));
  return 1;
}

static int topk(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  lua_Integer k = lnb_check_integer(L, 2);
  int dim;
  bool smallest = read_dim_and_switch(L, &dim, 3, t->shape.n, "smallest");
  LNB_MAKE_TENSORS(L, 2, ln_tensor_topk(&made[0], &made[1], t, k, dim, smallest, &err));
  return 2;
}

static int unique(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSORS(L, 3, ln_tensor_unique(&made[0], &made[1], &made[2], t, &err));
  return 3;
}

static int searchsorted(lua_State *L) {
  static const char *const names[] = {"right", NULL};
  LnTensor *t = lnb_check_tensor(L, 1);
  lnb_check_count(L, 3, "");
  lnb_option_names(L, 3, lnb_callee(L), names);
  bool number = lua_type(L, 2) == LUA_TNUMBER, right = lnb_option_boolean(L, 3, "right");
  LnTensor *values = lnb_to_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_searchsorted(&made, t, values, right, &err));
  LnTensor *made = lnb_check_tensor(L, -1);
  if (number && !ln_tensor_followed(made)) lua_pushinteger(L, (lua_Integer)*made->data);
  return 1;
}

/* ---- Running sums, and differences ---- */

/* Without a dimension: of all elements in order, as in NumPy. Code: whether products are meant. */
static int cumulate(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  bool product = lnb_function_code(L);
  int dim = 0;
  if (lua_isnoneornil(L, 2)) {
    LNB_MAKE_TENSOR(L, ln_tensor_reshape(&made, t, LN_SHAPE(-1), &err));
    t = lnb_check_tensor(L, -1);
  } else {
    dim = lnb_check_dim(L, 2, t->shape.n);
  }
  LNB_MAKE_TENSOR(L, (product ? ln_tensor_cumprod : ln_tensor_cumsum)(&made, t, dim, &err));
  return 1;
}

static int diff(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  lua_Integer times = lnb_opt_integer(L, 2, 1);
  int dim = lnb_opt_dim(L, 3, t->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_diff(&made, t, times, dim, &err));
  return 1;
}

/* ---- Statistics ---- */

static int push_quantile(lua_State *L, LnTensor *t, LnQuantiles how, LnbLines lines) {
  how.dims = lines.dims, how.keep = lines.keep, how.name = lnb_callee(L);
  LNB_MAKE_TENSOR(L, ln_tensor_quantile(&made, how, t, &err));
  return lines.named ? 1 : lnb_number_or_tensor(L);
}

static int median(lua_State *L) {
  static const double half = 0.5;
  LnTensor *t = lnb_check_tensor(L, 1);
  return push_quantile(L, t, (LnQuantiles){.q = &half, .n = 1}, lnb_check_lines(L, 2, t->shape.n));
}

/* The quantiles of the argument at 2: a number, a list or a tensor of one dimension. Pushes what holds them. */
static LnQuantiles check_quantiles(lua_State *L) {
  bool number = lua_type(L, 2) == LUA_TNUMBER, table = lua_istable(L, 2);
  if (table) lnb_thaw(L, 2);
  LnTensor *t = number || table ? NULL : lnb_check_tensor(L, 2);
  if (t != NULL && t->shape.n != 1)
    lnb_error(L, "quantile: several quantiles are a list or a tensor with one dimension, got %s", lnb_describe(L, 2));
  int64_t n = number ? 1 : t == NULL ? (int64_t)lua_rawlen(L, 2) : t->shape.d[0];
  if (n < 1 || n > 1 << 20)
    lnb_error(L, "quantile: from 1 to %d quantiles are possible, got %lld", 1 << 20, (long long)n);
  double *q = lnb_scratch(L, (size_t)n, sizeof *q);
  for (int64_t i = 0; i < n; i++) {
    if (t != NULL) {
      q[i] = (double)t->data[i * t->stride[0]];
      continue;
    }
    if (number) lua_pushvalue(L, 2);
    else lua_rawgeti(L, 2, i + 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
      lnb_error(L, "quantile: entry %lld must be a number, got %s", (long long)i + 1, lnb_describe(L, -1));
    q[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return (LnQuantiles){.q = q, .n = (int)n, .list = !number};
}

static int quantile(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnbLines lines = lnb_check_lines(L, 3, t->shape.n);
  return push_quantile(L, t, check_quantiles(L), lines);
}

/* { low, high } of the options at 2; without it a range that is none: see ln_tensor_histogram. */
static void read_range(lua_State *L, double range[2]) {
  range[0] = 1, range[1] = 0;
  if (!lua_istable(L, 2) || lua_getfield(L, 2, "range") == LUA_TNIL) return;
  if (!lua_istable(L, -1)) lnb_error(L, "histogram: 'range' must be { low, high }, got %s", lnb_describe(L, -1));
  lnb_thaw(L, lua_gettop(L));
  for (int i = 0; i < 2; i++) {
    lua_rawgeti(L, -1, i + 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
      lnb_error(L, "histogram: entry %d of 'range' must be a number, got %s", i + 1, lnb_describe(L, -1));
    range[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  if (lua_rawlen(L, -1) != 2) lnb_error(L, "histogram: 'range' must be { low, high }");
  if (!(range[0] <= range[1]))
    lnb_error(L, "histogram: the range ends at %g, below its beginning %g", range[1], range[0]);
}

static int histogram(lua_State *L) {
  static const char *const names[] = {"bins", "range", NULL};
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t bins;
  double range[2];
  lnb_check_count(L, 2, "");
  if (lua_type(L, 2) == LUA_TNUMBER) {
    bins = lnb_check_integer(L, 2);
  } else {
    lnb_option_names(L, 2, lnb_callee(L), names);
    bins = lnb_option_integer(L, 2, "bins", 10);
  }
  read_range(L, range);
  LNB_MAKE_TENSORS(L, 2, ln_tensor_histogram(&made[0], &made[1], t, bins, range[0], range[1], &err));
  return 2;
}

static int bincount(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  lua_Integer length = lnb_opt_integer(L, 2, 0);
  LNB_MAKE_TENSOR(L, ln_tensor_bincount(&made, t, length, &err));
  return 1;
}

#define SORTED " Equal elements stay in the order they had; NaN comes last, descending too."

const LnbFunction lnb_tensor_order_methods[] = {
    {.name = "sort", .call = sort,
     .usage = "t:sort(dim?: integer|{ dim?: integer, descending?: boolean }, options?: { descending?: boolean }) "
              "-> tensor, tensor",
     .doc = "values, positions = t:sort(dim): every line along a dimension, by default the last, in ascending order, "
            "and where along it each element was." SORTED,
     .example = "t:sort(2)",
     .numpy = "np.sort", .torch = "torch.sort, torch.msort"},
    {.name = "argsort", .call = argsort,
     .usage = "t:argsort(dim?: integer|{ dim?: integer, descending?: boolean }, options?: { descending?: boolean }) "
              "-> tensor",
     .doc = "The positions, from 1, that put every line along a dimension, by default the last, in ascending "
            "order." SORTED,
     .example = "t:argsort(2)",
     .numpy = "np.argsort", .torch = "torch.argsort"},
    {.name = "topk", .call = topk,
     .usage = "t:topk(k: integer, dim?: integer|{ dim?: integer, smallest?: boolean }, "
              "options?: { smallest?: boolean }) -> tensor, tensor",
     .doc = "values, positions = t:topk(k, dim): the k greatest elements of every line along a dimension, by default "
            "the last, the greatest first; or, with `smallest`, the k least. Of equal ones the first are taken, NaN "
            "last.",
     .example = "t:topk(1)",
     .numpy = "np.partition, np.argpartition", .torch = "torch.topk, torch.kthvalue"},
    {.name = "unique", .call = unique,
     .usage = "t:unique() -> tensor, tensor, tensor",
     .doc = "values, counts, inverse = t:unique(): all different elements in ascending order, how often each occurs, "
            "and for every element of t, in its shape, its position among them. NaN is one value.",
     .example = "ln.tensor{ 3, 1, 3 }:unique()",
     .numpy = "np.unique", .torch = "torch.unique"},
    {.name = "searchsorted", .call = searchsorted,
     .usage = "t:searchsorted(values: tensor|number, options?: { right?: boolean }) -> tensor|integer",
     .doc = "Where values would go in t, which has one dimension and ascends: the position, from 1, of the first "
            "element that is not below a value, #t + 1 if there is none; with `right`, of the first that is above it.",
     .example = "ln.tensor{ 1, 3, 5 }:searchsorted(4)",
     .numpy = "np.searchsorted, np.digitize", .torch = "torch.searchsorted, torch.bucketize"},
    {.name = "cumsum", .call = cumulate,
     .usage = "t:cumsum(dim?: integer) -> tensor",
     .doc = "The sum of every element and those before it along a dimension, worked out in double; without a "
            "dimension, of all elements in order, a tensor with one dimension.",
     .example = "t:cumsum(2)",
     .numpy = "np.cumsum", .torch = "torch.cumsum"},
    {.name = "cumprod", .call = cumulate, .code = true,
     .usage = "t:cumprod(dim?: integer) -> tensor",
     .doc = "The product of every element and those before it along a dimension, worked out in double; without a "
            "dimension, of all elements in order, a tensor with one dimension.",
     .numpy = "np.cumprod", .torch = "torch.cumprod"},
    {.name = "diff", .call = diff,
     .usage = "t:diff(times?: integer, dim?: integer) -> tensor",
     .doc = "The differences of neighbours along a dimension, by default the last: one less than there are elements. "
            "`times`, by default 1, takes differences of differences.",
     .example = "t:diff(1, 2)",
     .numpy = "np.diff", .torch = "torch.diff"},
    {.name = "median", .call = median,
     .usage = "t:median(dim?: integer|integer[]|{ dim?: integer|integer[], keep?: boolean }, keep?: boolean) "
              "-> number|tensor",
     .doc = "The median of all elements, the mean of the two in the middle where their number is even (PyTorch: the "
            "lower one). With a dimension, or a list of them, of every line along it. NaN if there is one.",
     .numpy = "np.median", .torch = "torch.median"},
    {.name = "quantile", .call = quantile,
     .usage = "t:quantile(q: number|number[]|tensor, dim?: integer|integer[]|{ dim?: integer|integer[], "
              "keep?: boolean }, keep?: boolean) -> number|tensor",
     .doc = "The quantile q, from 0 to 1, of all elements, between two of them by linear interpolation; of every line "
            "along a dimension, or a list of them, where they are given. Several quantiles make a tensor with one more "
            "dimension, in front. NaN if there is one among the elements.",
     .example = "clean:quantile{ 0.25, 0.5, 0.75 }",
     .numpy = "np.quantile, np.percentile", .torch = "torch.quantile"},
    {.name = "histogram", .call = histogram,
     .usage = "t:histogram(bins?: integer|{ bins?: integer, range?: number[] }) -> tensor, tensor",
     .doc = "counts, edges = t:histogram{ bins = 10, range = { low, high } }: how many elements are in each of `bins` "
            "equal parts of the range, and the bins + 1 edges of these. A bin has its lower edge, the last one both; "
            "elements outside and NaN count nowhere. The range is by default that of the elements.",
     .example = "clean:histogram(8)",
     .numpy = "np.histogram", .torch = "torch.histogram, torch.histc"},
    {.name = "bincount", .call = bincount,
     .usage = "t:bincount(length?: integer) -> tensor",
     .doc = "How often each of 1, 2, 3, ... occurs among the elements, which are whole numbers from 1 (NumPy: from 0). "
            "The counts go up to the greatest element, at least to `length`.",
     .example = "ln.tensor{ 1, 2, 2 }:bincount()",
     .numpy = "np.bincount", .torch = "torch.bincount"},
    {0}};
