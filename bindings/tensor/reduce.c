/* Reductions in Lua: t:sum(), t:sum(2), t:sum({ 1, 3 }, true), t:var{ dim = 1, unbiased = true }. */
#include "tensor/reduce.h"

#include "bindings/base/call.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/dims.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

/* What the arguments from `arg` on ask for: (dim, keep, options), or the options alone. named: whether dimensions
 * are. */
static LnReduction read_arguments(lua_State *L, LnReduce op, int arg, const LnTensor *t, bool *named) {
  static const char *const plain[] = {"dim", "keep", NULL}, *const variance[] = {"dim", "keep", "unbiased", NULL},
                    *const norm[] = {"order", "dim", "keep", NULL};
  const char *const *names = op == LN_VAR || op == LN_STD ? variance : op == LN_NORM ? norm : plain;
  LnReduction how = {.op = op, .dims = LN_ALL_DIMS, .order = 2};
  int dim = arg, keep = arg + 1, options = names == variance ? arg + 2 : 0; /* 0: none */
  if (lnb_is_options(L, 2)) options = 2;
  lnb_check_count(L, options > 0 ? options : keep, "");
  lua_settop(L, arg + 3);
  if (options > 0) lnb_option_names(L, options, lnb_callee(L), options == 2 ? names : variance + 2);
  if (options == 2) {
    lua_settop(L, 2);
    lua_getfield(L, 2, "dim"), lua_getfield(L, 2, "keep"), lua_getfield(L, 2, "order");
    dim = 3, keep = 4;
    how.order = lnb_opt_named_number(L, 5, "order", 2);
  } else if (op == LN_NORM) {
    how.order = lnb_opt_named_number(L, 2, "order", 2);
  }
  *named = !lua_isnil(L, dim);
  if (*named) how.dims = lnb_check_dims(L, dim, t->shape.n);
  how.keep = lnb_opt_boolean(L, keep, "keep");
  how.unbiased = names == variance && lnb_option_boolean(L, options, "unbiased");
  return how;
}

/* Of all elements: a number, or what is a boolean or an integer by its nature. */
static int push_number(lua_State *L, LnReduction how, const LnTensor *t) {
  double value = 0;
  LNB_CALL(L, ln_tensor_reduce_to(&value, how, t, &err));
  if (how.op == LN_ANY || how.op == LN_ALL)
    lua_pushboolean(L, value != 0);
  else if (how.op == LN_ARGMIN || how.op == LN_ARGMAX || how.op == LN_COUNT)
    lua_pushinteger(L, (lua_Integer)value);
  else
    lua_pushnumber(L, value);
  return 1;
}

static int reduce(lua_State *L) {
  LnReduce op = (LnReduce)lnb_function_code(L);
  LnTensor *t = lnb_check_tensor(L, 1);
  bool named;
  LnReduction how = read_arguments(L, op, op == LN_NORM ? 3 : 2, t, &named);
  if ((op == LN_ARGMIN || op == LN_ARGMAX) && named && (how.dims & (how.dims - 1)) != 0)
    lnb_error(L, "%s: takes one dimension, or none for all elements; got several", lnb_callee(L));
  if (!named && (op == LN_MEAN || op == LN_VAR || op == LN_STD) && ln_shape_count(t->shape) == 0)
    lnb_error(L, "%s: the tensor is empty", lnb_callee(L));
  if (!named && !how.keep && !ln_tensor_followed(t)) return push_number(L, how, t);
  LNB_MAKE_TENSOR(L, ln_tensor_reduce_over(&made, how, t, &err));
  return 1;
}

#define LINES                                                                                                \
  " With a dimension, or a list of them, of every line along it: a tensor without that dimension, or, with " \
  "`keep`, one in which its size is 1."
#define REDUCTION(NAME, CODE, RESULT, DOC, NUMPY, TORCH)                                                       \
  {.name = NAME, .call = reduce, .code = CODE,                                                                 \
   .usage = "t:" NAME "(dim?: integer|integer[]|{ dim?: integer|integer[], keep?: boolean }, keep?: boolean) " \
            "-> " RESULT "|tensor",                                                                            \
   .doc = DOC LINES, .numpy = NUMPY, .torch = TORCH}
#define SPREAD(NAME, CODE, DOC)                                                                           \
  {                                                                                                       \
    .name = NAME, .call = reduce, .code = CODE,                                                           \
    .usage = "t:" NAME                                                                                    \
             "(dim?: integer|integer[]|{ dim?: integer|integer[], keep?: boolean, unbiased?: boolean }, " \
             "keep?: boolean, options?: { unbiased?: boolean }) -> number|tensor",                        \
    .doc = DOC " With the option `unbiased` by n - 1, as PyTorch does by default: t:" NAME                \
               "{ dim = 1, unbiased = true }." LINES,                                                     \
    .numpy = "np." NAME, .torch = "torch." NAME                                                           \
  }
#define POSITION(NAME, CODE, DOC)                                                                                    \
  {.name = NAME, .call = reduce, .code = CODE,                                                                       \
   .usage = "t:" NAME "(dim?: integer|{ dim?: integer, keep?: boolean }, keep?: boolean) -> integer|tensor",          \
   .doc = DOC " With a dimension, the position along it in every line. NaN counts as such an element.",              \
   .numpy = "np." NAME, .torch = "torch." NAME}

const LnbFunction lnb_tensor_reduce_methods[] = {
    REDUCTION("sum", LN_SUM, "number", "The sum of all elements, worked out in double.", "np.sum", "torch.sum"),
    REDUCTION("mean", LN_MEAN, "number", "The mean of all elements.", "np.mean, np.average", "torch.mean"),
    SPREAD("var", LN_VAR, "The variance of all elements: squares of what is apart from the mean, divided by n."),
    SPREAD("std", LN_STD, "The standard deviation of all elements: the root of the variance, divided by n."),
    REDUCTION("min", LN_RMIN, "number", "The least element; NaN if there is one. Equal ones share its gradient.",
              "np.min, np.amin", "torch.amin, torch.min"),
    REDUCTION("max", LN_RMAX, "number", "The greatest element; NaN if there is one. Equal ones share its gradient.",
              "np.max, np.amax", "torch.amax, torch.max"),
    REDUCTION("prod", LN_PROD, "number", "The product of all elements; 1 if there are none.", "np.prod", "torch.prod"),
    REDUCTION("any", LN_ANY, "boolean", "Whether any element is not 0.", "np.any", "torch.any"),
    REDUCTION("all", LN_ALL, "boolean", "Whether no element is 0.", "np.all", "torch.all"),
    REDUCTION("count_nonzero", LN_COUNT, "integer", "How many elements are not 0.", "np.count_nonzero",
              "torch.count_nonzero"),
    POSITION("argmin", LN_ARGMIN, "The position, from 1, of the first least of all elements."),
    POSITION("argmax", LN_ARGMAX, "The position, from 1, of the first greatest of all elements."),
    {.name = "norm", .call = reduce, .code = LN_NORM,
     .usage = "t:norm(order?: number|{ order?: number, dim?: integer|integer[], keep?: boolean }, "
              "dim?: integer|integer[], keep?: boolean) -> number|tensor",
     .doc = "The norm of all elements: the sum of |x|^order to the power of 1 / order. The order is 2 (Euclidean) by "
            "default, any number above 0, math.huge for the greatest |x|." LINES,
     .numpy = "np.linalg.norm", .torch = "torch.norm, torch.linalg.vector_norm"},
    {0}};
