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

static int clamp(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  double low = lnb_opt_number(L, 2, -HUGE_VAL), high = lnb_opt_number(L, 3, HUGE_VAL);
  if (!(low <= high)) lnb_error(L, "clamp: the lower bound %g is above the upper bound %g", low, high);
  LNB_MAKE_TENSOR(L, ln_tensor_clamp(&made, a, low, high, &err));
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
      {.name = "__unm", .call = unary, .code = LN_NEG},
      {0}};
  lnb_functions(L, "", operators);
  set_comparison(L, "__lt", "gt", "lt");
  set_comparison(L, "__le", "ge", "le");
}

/* What rows of one kind have in common. */
#define BINARY(NAME, CODE, DOC) \
  {.name = NAME, .call = binary, .code = CODE, .usage = "t:" NAME "(x: tensor|number) -> tensor", \
   .doc = DOC ", element by element. Shapes broadcast as in NumPy."}
#define UNARY(NAME, CODE, DOC) \
  {.name = NAME, .call = unary, .code = CODE, .usage = "t:" NAME "() -> tensor", .doc = DOC "."}
void lnb_tensor_math_methods(lua_State *L) {
  static const LnbFunction methods[] = {
      BINARY("add", LN_ADD, "t + x"),
      BINARY("sub", LN_SUB, "t - x"),
      BINARY("mul", LN_MUL, "t * x"),
      BINARY("div", LN_DIV, "t / x"),
      BINARY("pow", LN_POW, "t ^ x"),
      BINARY("minimum", LN_MIN, "The lesser of two elements each"),
      BINARY("maximum", LN_MAX, "The greater of two elements each"),
      BINARY("lt", LN_LT, "1 where t < x, else 0"),
      BINARY("le", LN_LE, "1 where t <= x, else 0"),
      BINARY("gt", LN_GT, "1 where t > x, else 0 (the operators < and > are errors)"),
      BINARY("ge", LN_GE, "1 where t >= x, else 0"),
      BINARY("eq", LN_EQ, "1 where both are equal, else 0 (t == x is false in Lua, whatever t holds)"),
      BINARY("ne", LN_NE, "1 where they differ, else 0"),
      UNARY("neg", LN_NEG, "The negative of every element"),
      UNARY("abs", LN_ABS, "The absolute value of every element"),
      UNARY("sqrt", LN_SQRT, "The square root of every element"),
      UNARY("exp", LN_EXP, "e to the power of every element"),
      UNARY("log", LN_LOG, "The natural logarithm of every element"),
      UNARY("sin", LN_SIN, "The sine of every element, in radians"),
      UNARY("cos", LN_COS, "The cosine of every element, in radians"),
      UNARY("tanh", LN_TANH, "The hyperbolic tangent of every element"),
      UNARY("floor", LN_FLOOR, "Every element rounded down"),
      UNARY("round", LN_ROUND, "Every element rounded to the nearest integer, halves to the even one"),
      UNARY("sign", LN_SIGN, "The sign of every element: -1, 0 or 1"),
      {.name = "clamp", .call = clamp,
       .usage = "t:clamp(low?: number, high?: number) -> tensor",
       .doc = "Elements below `low` become low, those above `high` high; nil for either leaves that side open."},
      {.name = "nonfinite", .call = nonfinite,
       .usage = "t:nonfinite() -> integer|nil, integer[]",
       .doc = "The position of the first NaN or infinity, in element order, and its indices; nil if all elements are "
              "finite."},
      {0}};
  lnb_functions(L, "t:", methods);
}
