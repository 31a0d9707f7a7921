/* Losses made of Lua functions: see custom_loss.h.
 *
 * forward(y, t) is called on the thread that asked for a step or a value, in protected mode. A tape follows y, so that
 * sums and means stay tensors; the gradient comes from the tape, or from backward(y, t) where that is given. What they
 * raise becomes a failure of the runtime, which leaves the trainer and the network as they were. */
#include "bindings/items/custom_loss.h"

#include <lauxlib.h>

#include "bindings/base/call.h"
#include "bindings/base/callback.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "loss/custom.h"
#include "tensor/tape.h"

/* Key in the registry: from items, as light userdata, to tables { forward =, backward = }; values are weak, boxes keep
 * them. */
static const char functions_key;

typedef struct Call {
  LnItem *loss;
  LnTensor *y, *target;
  LnTape *tape;
  LnTensor *watched; /* y, as the tape follows it */
  bool wants_grad;
  double value;
  LnTensor *grad;
  LnStatus status;
  LnError *err;
} Call;

static const char *name_of(const Call *c) {
  return ln_item_name(c->loss);
}

/* "argument 1 ('y'), what the network gives": pushes it. Index 4: forward. */
static const char *first_argument(lua_State *L) {
  lua_pushvalue(L, 4);
  const char *name = lua_getlocal(L, NULL, 1);
  const char *quoted = name == NULL ? "" : lua_pushfstring(L, " ('%s')", name);
  return lua_pushfstring(L, "argument 1%s, what the network gives", quoted);
}

/* Whether the value at the top of the stack can be trained with; `by_hand`: backward is given, and it need not derive
 * from y. */
static LnStatus check_value(lua_State *L, const Call *c, bool by_hand) {
  LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
  LnTensor *result = box == NULL ? NULL : box->object;
  const char *came = lnb_describe(L, -1);
  bool number = lua_type(L, -2) == LUA_TNUMBER;
  if (result == NULL && by_hand)
    return ln_fail(c->err, LN_EARG, "the loss %s must give one number, got %s", name_of(c), came);
  if (result == NULL)
    return ln_fail(c->err, LN_EARG, "the loss %s must give a tensor with one number that depends on %s; it gave %s%s",
                   name_of(c), first_argument(L), came,
                   number ? "; item() and totable() leave what gradients can be worked out for" : "");
  if (ln_shape_count(result->shape) != 1)
    return ln_fail(c->err, LN_ESHAPE, "the loss %s must give one number, as mean() does, got %s", name_of(c), came);
  if (by_hand || ln_tape_follows(c->tape, result)) return LN_OK;
  return ln_fail(c->err, LN_EARG, "the result of the loss %s does not depend on %s", name_of(c), first_argument(L));
}

/* The result of forward, at the top of the stack. */
static LnStatus take_value(lua_State *L, Call *c, bool by_hand) {
  if (by_hand && lua_type(L, -1) == LUA_TNUMBER) return c->value = lua_tonumber(L, -1), LN_OK;
  int top = lua_gettop(L);
  LnStatus status = check_value(L, c, by_hand);
  lua_settop(L, top);
  if (status != LN_OK) return status;
  const LnTensor *result = ((LnbBox *)lua_touserdata(L, -1))->object;
  c->value = result->data[0];
  return LN_OK;
}

/* The result of backward, at the top of the stack. */
static LnStatus take_grad(lua_State *L, Call *c) {
  LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
  LnTensor *dy = box == NULL ? NULL : box->object;
  if (dy == NULL || !ln_shape_equal(dy->shape, c->y->shape))
    return ln_fail(c->err, LN_ESHAPE, "the loss %s: backward must give the gradient of y, a tensor of shape %s, got %s",
                   name_of(c), LN_SHAPE_TEXT(c->y->shape), lnb_describe(L, -1));
  return ln_tensor_as_contiguous(&c->grad, dy, c->err);
}

/* In protected mode: forward and, where the gradient is wanted, backward. Index 1: the call. */
static int run(lua_State *L) {
  Call *c = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
  lua_rawgetp(L, -1, c->loss);
  if (!lua_istable(L, 3)) return luaL_error(L, "its functions are gone");
  lua_getfield(L, 3, "forward");
  bool by_hand = lua_getfield(L, 3, "backward") != LUA_TNIL;
  lua_pushvalue(L, 4);
  lnb_push_tensor(L, c->watched);
  lnb_push_tensor(L, c->target);
  lua_call(L, 2, 1);
  c->status = take_value(L, c, by_hand);
  if (c->status != LN_OK || !c->wants_grad) return 0;
  if (!by_hand) {
    c->status = ln_tape_backward(c->tape, ((LnbBox *)lua_touserdata(L, -1))->object, NULL, c->err);
    if (c->status == LN_OK) c->status = ln_tape_gradient(&c->grad, c->tape, c->watched, c->err);
    return 0;
  }
  lua_pushvalue(L, 5);
  lnb_push_tensor(L, c->y);
  lnb_push_tensor(L, c->target);
  lua_call(L, 2, 1);
  c->status = take_grad(L, c);
  return 0;
}

static LnStatus run_protected(Call *c) {
  LnStatus status = lnb_call_back(run, 0, c, c->err);
  if (status == LN_OK) return c->status;
  return status == LN_EINTERRUPTED ? status : ln_error_prefix(c->err, status, "the loss %s: ", name_of(c));
}

/* Views of their own for Lua: what it keeps stays as it is. */
static LnStatus evaluate(Call *c, LnTensor *y, LnTensor *target) {
  LN_TRY(ln_tape_new(&c->tape, c->err));
  if (!c->wants_grad) ln_tape_only_follow(c->tape);
  LN_TRY(ln_tape_watch(&c->watched, c->tape, y, c->err));
  LN_TRY(ln_tensor_detach(&c->target, target, c->err));
  LN_TRY(ln_tensor_detach(&c->y, y, c->err));
  return run_protected(c);
}

static LnStatus call_functions(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                               LnError *err) {
  Call c = {.loss = loss, .wants_grad = grad != NULL, .err = err};
  LnStatus status = evaluate(&c, y, target);
  ln_tensor_unref(c.y), ln_tensor_unref(c.target), ln_tensor_unref(c.watched);
  ln_tape_free(c.tape);
  if (status != LN_OK) return ln_tensor_unref(c.grad), status;
  *value = c.value;
  if (grad != NULL) *grad = c.grad;
  return LN_OK;
}

/* custom_loss(name, forward, backward or nil) */
static int custom_loss(lua_State *L) {
  const char *name = lnb_check_string(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 3);
  LNB_MAKE(L, lnb_item_class, LnItem, ln_custom_loss_new(&made, name, call_functions, &err));
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, 2);
  lua_setfield(L, -2, "forward");
  lua_pushvalue(L, 3);
  lua_setfield(L, -2, "backward");
  lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
  lua_pushvalue(L, -2);
  lua_rawsetp(L, -2, lnb_check(L, 4, &lnb_item_class));
  lua_pop(L, 1);
  lua_setiuservalue(L, 4, 1);
  return 1;
}

void lnb_open_custom_loss(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "custom_loss", .call = custom_loss}, {0}};
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
  lnb_functions(L, "", functions);
}
