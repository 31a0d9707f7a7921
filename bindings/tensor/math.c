/* Arithmetic with tensors: operators and elementwise methods. One C function serves a group; its first
 * upvalue says which operation it is. */
#include <math.h>

#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

/* Either side may be a number; shapes broadcast. */
static int binary(lua_State *L) {
  LnBinary op = (LnBinary)lnb_function_code(L);
  LnTensor *a = lnb_to_tensor(L, 1), *b = lnb_to_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_binary(&made, op, a, b, &err));
  return 1;
}

static int unary(lua_State *L) {
  LnUnary op = (LnUnary)lnb_function_code(L);
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_unary(&made, op, a, &err));
  return 1;
}

/* Bounds are numbers, tensors, or nil. */
static int clamp(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  lua_settop(L, 3);
  bool numbers = true;
  for (int arg = 2; arg <= 3; arg++) numbers &= lua_isnil(L, arg) || lua_type(L, arg) == LUA_TNUMBER;
  if (numbers) {
    double low = lnb_opt_number(L, 2, -HUGE_VAL), high = lnb_opt_number(L, 3, HUGE_VAL);
    if (!(low <= high)) lnb_error(L, "clamp: the lower bound %g is above the upper bound %g", low, high);
    LNB_MAKE_TENSOR(L, ln_tensor_clamp(&made, a, low, high, &err));
    return 1;
  }
  for (int arg = 2; arg <= 3; arg++) {
    if (!lua_isnil(L, arg)) continue;
    lua_pushnumber(L, arg == 2 ? -HUGE_VAL : HUGE_VAL);
    lua_replace(L, arg);
  }
  LnTensor *low = lnb_to_tensor(L, 2), *high = lnb_to_tensor(L, 3);
  LNB_MAKE_TENSOR(L, ln_tensor_clamp_to(&made, a, low, high, &err));
  return 1;
}

static int lerp(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1), *b = lnb_to_tensor(L, 2), *weight = lnb_to_tensor(L, 3);
  LNB_MAKE_TENSOR(L, ln_tensor_lerp(&made, a, b, weight, &err));
  return 1;
}

/* The position, in element order and as indices, of the first NaN or infinity; nil if there is none. */
static int nonfinite(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t position = ln_tensor_find_nonfinite(t);
  if (position < 0) return lua_pushnil(L), 1;
  LnShape indices = {.n = t->shape.n};
  int64_t rest = position;
  for (int i = t->shape.n - 1; i >= 0; i--) {
    indices.d[i] = rest % t->shape.d[i] + 1;
    rest /= t->shape.d[i];
  }
  lua_pushinteger(L, position + 1);
  lnb_push_shape(L, indices);
  return 2;
}

/* Lua has one answer for a comparison, tensors one an element. x > 0.5 comes as 0.5 < x. Upvalues: what to write for
 * numbers on the left, and for others. */
static int compare(lua_State *L) {
  bool swapped = !lua_isuserdata(L, 1);
  const char *other = lnb_describe(L, swapped ? 1 : 2);
  lnb_error(L, "tensor: an operator gives one answer, not one an element; write x:%s(%s) (also lt, le, gt, ge, eq, ne)",
            lua_tostring(L, lua_upvalueindex(swapped ? 1 : 2)),
            lua_isuserdata(L, 1) && lua_isuserdata(L, 2) ? "y" : other);
}

static void set_comparison(lua_State *L, const char *name, const char *swapped, const char *plain) {
  lua_pushstring(L, swapped);
  lua_pushstring(L, plain);
  lua_pushcclosure(L, compare, 2);
  lua_setfield(L, -2, name);
}

void lnb_tensor_operators(lua_State *L) {
  static const LnbFunction operators[] = {
      {.name = "__add", .call = binary, .code = LN_ADD},
      {.name = "__sub", .call = binary, .code = LN_SUB},
      {.name = "__mul", .call = binary, .code = LN_MUL},
      {.name = "__div", .call = binary, .code = LN_DIV},
      {.name = "__pow", .call = binary, .code = LN_POW},
      {.name = "__mod", .call = binary, .code = LN_MOD},
      {.name = "__idiv", .call = binary, .code = LN_FLOORDIV},
      {.name = "__unm", .call = unary, .code = LN_NEG},
      {0}};
  lnb_functions(L, "", operators);
  set_comparison(L, "__lt", "gt", "lt");
  set_comparison(L, "__le", "ge", "le");
}

/* What rows of one kind have in common. */
#define BINARY(NAME, CODE, NUMPY, TORCH, DOC) \
  {.name = NAME, .call = binary, .code = CODE, .usage = "t:" NAME "(x: tensor|number) -> tensor", .numpy = NUMPY, \
   .torch = TORCH, .doc = DOC ", element by element. Shapes broadcast as in NumPy.", .example = "t:" NAME "(u)"}
#define QUESTION(NAME, CODE, NUMPY, TORCH, DOC) BINARY(NAME, CODE, NUMPY, TORCH, DOC "; a mask")
#define UNARY(NAME, CODE, NUMPY, TORCH, DOC) \
  {.name = NAME, .call = unary, .code = CODE, .usage = "t:" NAME "() -> tensor", .numpy = NUMPY, .torch = TORCH, \
   .doc = DOC ".", .example = "t:" NAME "()"}
#define UNARY_ABOVE_0(NAME, CODE, NUMPY, TORCH, DOC) \
  {.name = NAME, .call = unary, .code = CODE, .usage = "t:" NAME "() -> tensor", .numpy = NUMPY, .torch = TORCH, \
   .doc = DOC ".", .example = "t:abs():" NAME "()"}

static const LnbFunction two_tensors[] = {
    BINARY("add", LN_ADD, "np.add", "torch.add", "t + x"),
    BINARY("sub", LN_SUB, "np.subtract", "torch.sub, torch.subtract", "t - x"),
    BINARY("mul", LN_MUL, "np.multiply", "torch.mul, torch.multiply", "t * x"),
    BINARY("div", LN_DIV, "np.divide, np.true_divide", "torch.div, torch.true_divide", "t / x"),
    BINARY("pow", LN_POW, "np.power, np.float_power", "torch.pow", "t ^ x"),
    BINARY("mod", LN_MOD, "np.mod, np.remainder", "torch.remainder",
           "t % x: what is left of t after whole x, with the sign of x, as in NumPy, PyTorch and Lua"),
    BINARY("fmod", LN_FMOD, "np.fmod", "torch.fmod", "What is left of t after whole x, with the sign of t, as in C"),
    BINARY("floordiv", LN_FLOORDIV, "np.floor_divide", "torch.floor_divide", "t // x: the quotient rounded down"),
    BINARY("minimum", LN_MIN, "np.minimum", "torch.minimum",
           "The lesser of two elements each, NaN if one is (gradient: half to each where they are equal)"),
    BINARY("maximum", LN_MAX, "np.maximum", "torch.maximum",
           "The greater of two elements each, NaN if one is (gradient: half to each where they are equal)"),
    BINARY("atan2", LN_ATAN2, "np.arctan2", "torch.atan2, torch.arctan2",
           "The angle, from -pi to pi, of the point whose height is t and whose other coordinate is x"),
    BINARY("hypot", LN_HYPOT, "np.hypot", "torch.hypot", "The square root of t^2 + x^2"),
    QUESTION("lt", LN_LT, "np.less", "torch.lt, torch.less", "1 where t < x, else 0"),
    QUESTION("le", LN_LE, "np.less_equal", "torch.le, torch.less_equal", "1 where t <= x, else 0"),
    QUESTION("gt", LN_GT, "np.greater", "torch.gt, torch.greater",
             "1 where t > x, else 0 (the operators < and > are errors)"),
    QUESTION("ge", LN_GE, "np.greater_equal", "torch.ge, torch.greater_equal", "1 where t >= x, else 0"),
    QUESTION("eq", LN_EQ, "np.equal", "torch.eq",
             "1 where both are equal, else 0 (t == x is false in Lua, whatever t holds)"),
    QUESTION("ne", LN_NE, "np.not_equal", "torch.ne, torch.not_equal", "1 where they differ, else 0"),
    QUESTION("land", LN_LAND, "np.logical_and", "torch.logical_and",
             "1 where neither is 0, else 0 (`and` takes one of the two tensors in Lua, whatever they hold)"),
    QUESTION("lor", LN_LOR, "np.logical_or", "torch.logical_or", "1 where one or both are not 0, else 0"),
    QUESTION("lxor", LN_LXOR, "np.logical_xor", "torch.logical_xor", "1 where one of the two is not 0, else 0"),
    {0}};

static const LnbFunction one_tensor[] = {
    UNARY("neg", LN_NEG, "np.negative", "torch.neg, torch.negative", "The negative of every element"),
    UNARY("abs", LN_ABS, "np.abs, np.absolute, np.fabs", "torch.abs, torch.absolute",
          "The absolute value of every element (gradient at 0: 0)"),
    UNARY("square", LN_SQUARE, "np.square", "torch.square", "The square of every element"),
    UNARY_ABOVE_0("sqrt", LN_SQRT, "np.sqrt", "torch.sqrt", "The square root of every element"),
    UNARY_ABOVE_0("rsqrt", LN_RSQRT, NULL, "torch.rsqrt", "1 divided by the square root of every element"),
    UNARY("reciprocal", LN_RECIPROCAL, "np.reciprocal", "torch.reciprocal", "1 divided by every element"),
    UNARY("exp", LN_EXP, "np.exp", "torch.exp", "e to the power of every element"),
    UNARY("exp2", LN_EXP2, "np.exp2", "torch.exp2", "2 to the power of every element"),
    UNARY("expm1", LN_EXPM1, "np.expm1", "torch.expm1",
          "e to the power of every element, less 1, with all digits also near 0"),
    UNARY_ABOVE_0("log", LN_LOG, "np.log", "torch.log", "The natural logarithm of every element"),
    UNARY_ABOVE_0("log2", LN_LOG2, "np.log2", "torch.log2", "The logarithm to base 2 of every element"),
    UNARY_ABOVE_0("log10", LN_LOG10, "np.log10", "torch.log10", "The logarithm to base 10 of every element"),
    UNARY("log1p", LN_LOG1P, "np.log1p", "torch.log1p",
          "The natural logarithm of 1 + every element, with all digits also near 0"),
    UNARY("sin", LN_SIN, "np.sin", "torch.sin", "The sine of every element, in radians"),
    UNARY("cos", LN_COS, "np.cos", "torch.cos", "The cosine of every element, in radians"),
    UNARY("tan", LN_TAN, "np.tan", "torch.tan", "The tangent of every element, in radians"),
    UNARY("asin", LN_ASIN, "np.arcsin", "torch.asin, torch.arcsin", "The arc sine of every element, -pi/2 to pi/2"),
    UNARY("acos", LN_ACOS, "np.arccos", "torch.acos, torch.arccos", "The arc cosine of every element, 0 to pi"),
    UNARY("atan", LN_ATAN, "np.arctan", "torch.atan, torch.arctan", "The arc tangent of every element, -pi/2 to pi/2"),
    UNARY("sinh", LN_SINH, "np.sinh", "torch.sinh", "The hyperbolic sine of every element"),
    UNARY("cosh", LN_COSH, "np.cosh", "torch.cosh", "The hyperbolic cosine of every element"),
    UNARY("tanh", LN_TANH, "np.tanh", "torch.tanh", "The hyperbolic tangent of every element"),
    UNARY("sigmoid", LN_SIGMOID, NULL, "torch.sigmoid", "1 / (1 + exp(-x)) of every element x"),
    UNARY("relu", LN_RELU, NULL, "torch.relu", "The greater of every element and 0 (gradient at 0: 0)"),
    UNARY("erf", LN_ERF, NULL, "torch.erf, torch.special.erf",
          "The error function of every element: 2 / sqrt(pi) times the integral of exp(-s^2) from 0 to it"),
    UNARY("floor", LN_FLOOR, "np.floor", "torch.floor", "Every element rounded down"),
    UNARY("ceil", LN_CEIL, "np.ceil", "torch.ceil", "Every element rounded up"),
    UNARY("trunc", LN_TRUNC, "np.trunc, np.fix", "torch.trunc, torch.fix", "Every element rounded towards 0"),
    UNARY("round", LN_ROUND, "np.round, np.rint, np.around", "torch.round",
          "Every element rounded to the nearest integer, halves to the even one"),
    UNARY("sign", LN_SIGN, "np.sign", "torch.sign", "The sign of every element: -1, 0 or 1"),
    UNARY("isnan", LN_ISNAN, "np.isnan", "torch.isnan", "1 where an element is NaN, else 0; a mask"),
    UNARY("isinf", LN_ISINF, "np.isinf", "torch.isinf", "1 where an element is infinite, else 0; a mask"),
    UNARY("isfinite", LN_ISFINITE, "np.isfinite", "torch.isfinite",
          "1 where an element is neither infinite nor NaN, else 0; a mask"),
    UNARY("lnot", LN_LNOT, "np.logical_not", "torch.logical_not",
          "1 where an element is 0, else 0; a mask (`not t` is false in Lua, whatever t holds)"),
    {0}};

void lnb_tensor_math_methods(lua_State *L) {
  static const LnbFunction others[] = {
      {.name = "clamp", .call = clamp, .numpy = "np.clip", .torch = "torch.clamp, torch.clip",
       .usage = "t:clamp(low?: tensor|number, high?: tensor|number) -> tensor",
       .doc = "Elements below `low` become low, those above `high` high; nil for either leaves that side open. Bounds "
              "that are tensors broadcast; high wins where it is below low. The gradient is shared with an equal bound "
              "that is a tensor, and 0 at a number, as in PyTorch.",
       .example = "t:clamp(0, 0.5)"},
      {.name = "lerp", .call = lerp, .torch = "torch.lerp",
       .usage = "t:lerp(x: tensor|number, weight: tensor|number) -> tensor",
       .doc = "t + weight * (x - t), element by element. Shapes broadcast as in NumPy.",
       .example = "t:lerp(u, 0.5)"},
      {.name = "nonfinite", .call = nonfinite,
       .usage = "t:nonfinite() -> integer|nil, integer[]",
       .doc = "The position of the first NaN or infinity, in element order, and its indices; nil if all elements are "
              "finite."},
      {0}};
  lnb_functions(L, "t:", two_tensors);
  lnb_functions(L, "t:", one_tensor);
  lnb_functions(L, "t:", others);
}
