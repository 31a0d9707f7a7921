/* Losses in Lua: see loss.h. Of all items only losses have arithmetic; that of others is refused here. */
#include "bindings/items/loss.h"

#include <math.h>

#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/items/call.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "loss/evaluate.h"

/* What losses in the box on top need of Lua lives with the boxes at indices a and b: keeps them. */
static int keep_operands(lua_State *L, int a, int b) {
  lua_createtable(L, 2, 0);
  lua_pushvalue(L, a);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, b);
  lua_rawseti(L, -2, 2);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

/* a + b, a - b. The code is the operator's character. */
static int add(lua_State *L) {
  int operator = lnb_function_code(L);
  LnItem *a = lnb_check_item(L, 1, "loss", lua_pushfstring(L, "%c: the left side", operator));
  LnItem *b = lnb_check_item(L, 2, "loss", lua_pushfstring(L, "%c: the right side", operator));
  lua_settop(L, 2);
  if (operator == '-') {
    LNB_MAKE(L, lnb_item_class, LnItem, ln_loss_scale(&made, b, -1, &err));
    b = lnb_check_item(L, 3, "loss", "-");
  }
  LNB_MAKE(L, lnb_item_class, LnItem, ln_loss_add(&made, a, b, &err));
  return keep_operands(L, 1, 2);
}

/* factor times the loss at an index */
static int push_scaled(lua_State *L, int index, LnItem *loss, double factor) {
  LNB_MAKE(L, lnb_item_class, LnItem, ln_loss_scale(&made, loss, factor, &err));
  return keep_operands(L, index, index);
}

/* factor * a, a * factor */
static int mul(lua_State *L) {
  bool loss_first = lnb_test(L, 1, &lnb_item_class) != NULL || lnb_test_type(L, 1) != NULL;
  int loss_at = loss_first ? 1 : 2, factor_at = 3 - loss_at;
  LnItem *loss = lnb_check_item(L, loss_at, "loss", "*: what is multiplied");
  if (lua_type(L, factor_at) != LUA_TNUMBER)
    lnb_error(L, "*: a loss is multiplied by a number, got %s", lnb_describe(L, factor_at));
  double factor = lua_tonumber(L, factor_at);
  if (!isfinite(factor))
    lnb_error(L, "*: the factor of a loss must be a finite number, got %s", lnb_describe(L, factor_at));
  return push_scaled(L, loss_at, loss, factor);
}

/* a / divisor */
static int div(lua_State *L) {
  if (lua_type(L, 1) == LUA_TNUMBER) lnb_error(L, "/: a loss is divided by a number, but no number by a loss");
  LnItem *loss = lnb_check_item(L, 1, "loss", "/: what is divided");
  double divisor = lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : 0;
  if (!isfinite(divisor) || !isfinite(1 / divisor))
    lnb_error(L, "/: a loss is divided by a finite number other than 0, got %s", lnb_describe(L, 2));
  return push_scaled(L, 1, loss, 1 / divisor);
}

static int unm(lua_State *L) {
  return push_scaled(L, 1, lnb_check_item(L, 1, "loss", "-: what is negated"), -1);
}

void lnb_loss_operators(lua_State *L) {
  static const LnbFunction operators[] = {{.name = "__add", .call = add, .code = '+'},
                                          {.name = "__sub", .call = add, .code = '-'},
                                          {.name = "__mul", .call = mul},
                                          {.name = "__div", .call = div},
                                          {.name = "__unm", .call = unm},
                                          {0}};
  lnb_functions(L, "", operators);
}

/* loss(y, target): the mean over the batch, a number; a tensor where y derives from an argument of ln.grad. */
static int call_loss(lua_State *L, LnItem *item) {
  LnTensor *y = lnb_check_tensor(L, 2), *target = lnb_check_tensor(L, 3);
  lnb_check_count(L, 3, "; a loss is of what a network gives and of what it should give");
  if (ln_tensor_followed(y) || ln_tensor_followed(target)) {
    LNB_MAKE_TENSOR(L, ln_loss_tensor(&made, item, y, target, &err));
    return 1;
  }
  double value = 0;
  LNB_CALL(L, ln_loss_apply(item, &value, NULL, y, target, &err));
  lua_pushnumber(L, value);
  return 1;
}

void lnb_open_loss(lua_State *L) {
  static const LnbUse use = {.kind = &ln_loss_kind, .call = call_loss,
                             .usage = "loss(y: tensor, target: tensor) -> number|tensor"};
  lnb_use(L, &use);
}
