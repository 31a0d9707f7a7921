/* Arithmetic with tensors: operators, elementwise methods and reductions. One C function serves a group; its first
 * upvalue says which operation it is. */
#include <math.h>

#include "base/interrupt.h"
#include "bindings/base/call.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

typedef struct Operation {
  const char *name;
  int code;
} Operation;

static void set_operations(lua_State *L, const Operation *list, lua_CFunction function) {
  for (; list->name != NULL; list++) {
    lua_pushinteger(L, list->code);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, list->name);
  }
}

static int operation_of(lua_State *L) {
  return (int)lua_tointeger(L, lua_upvalueindex(1));
}

/* Either side may be a number; shapes broadcast. */
static int binary(lua_State *L) {
  LnBinary op = (LnBinary)operation_of(L);
  LnTensor *a = lnb_to_tensor(L, 1), *b = lnb_to_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_binary(&made, op, a, b, &err));
  return 1;
}

static int unary(lua_State *L) {
  LnUnary op = (LnUnary)operation_of(L);
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

/* t:sum() is a number; t:sum(dim) a tensor without that dimension, t:sum(dim, true) one where its size is 1. */
static int reduce(lua_State *L) {
  LnReduce op = (LnReduce)operation_of(L);
  LnTensor *t = lnb_check_tensor(L, 1);
  bool position = op == LN_ARGMIN || op == LN_ARGMAX;
  if (lua_isnoneornil(L, 2)) {
    if (op != LN_SUM && ln_shape_count(t->shape) == 0) lnb_error(L, "%s: the tensor is empty", lnb_callee(L));
    double value = 0;
    LNB_CALL(L, (value = ln_tensor_reduce_all(op, t), ln_interrupt_check(&err)));
    if (position)
      lua_pushinteger(L, (lua_Integer)value + 1);
    else
      lua_pushnumber(L, value);
    return 1;
  }
  int dim = lnb_check_dim(L, 2, t->shape.n);
  bool keep = lua_toboolean(L, 3);
  LNB_MAKE_TENSOR(L, ln_tensor_reduce(&made, op, t, dim, keep, &err));
  if (!position) return 1;
  LnTensor *indices = lnb_check_tensor(L, -1);
  for (int64_t i = 0, n = ln_shape_count(indices->shape); i < n; i++) indices->data[i] += 1;
  return 1;
}

static int matmul(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1), *b = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_matmul(&made, a, b, &err));
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

void lnb_tensor_operators(lua_State *L) {
  static const Operation operators[] = {{"__add", LN_ADD}, {"__sub", LN_SUB}, {"__mul", LN_MUL},
                                        {"__div", LN_DIV}, {"__pow", LN_POW}, {NULL, 0}};
  static const Operation minus[] = {{"__unm", LN_NEG}, {NULL, 0}};
  set_operations(L, operators, binary);
  set_operations(L, minus, unary);
}

void lnb_tensor_math_methods(lua_State *L) {
  static const Operation binaries[] = {{"add", LN_ADD}, {"sub", LN_SUB}, {"mul", LN_MUL},     {"div", LN_DIV},
                                       {"pow", LN_POW}, {"lt", LN_LT},   {"minimum", LN_MIN}, {"maximum", LN_MAX},
                                       {"le", LN_LE},   {"gt", LN_GT},   {"ge", LN_GE},       {"eq", LN_EQ},
                                       {"ne", LN_NE},   {NULL, 0}};
  static const Operation unaries[] = {{"neg", LN_NEG},     {"abs", LN_ABS},     {"sqrt", LN_SQRT}, {"exp", LN_EXP},
                                      {"log", LN_LOG},     {"sin", LN_SIN},     {"cos", LN_COS},   {"tanh", LN_TANH},
                                      {"floor", LN_FLOOR}, {"round", LN_ROUND}, {"sign", LN_SIGN}, {NULL, 0}};
  static const Operation reductions[] = {{"sum", LN_SUM},       {"mean", LN_MEAN},     {"var", LN_VAR},
                                         {"std", LN_STD},       {"min", LN_RMIN},      {"max", LN_RMAX},
                                         {"argmin", LN_ARGMIN}, {"argmax", LN_ARGMAX}, {NULL, 0}};
  static const luaL_Reg others[] = {{"clamp", clamp}, {"matmul", matmul}, {"nonfinite", nonfinite}, {NULL, NULL}};
  set_operations(L, binaries, binary);
  set_operations(L, unaries, unary);
  set_operations(L, reductions, reduce);
  luaL_setfuncs(L, others, 0);
}
