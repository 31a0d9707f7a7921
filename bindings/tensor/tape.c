/* Tapes in Lua, for ln.grad and its kin (bindings/lunet/base/grad.lua), and t:detach(). */
#include "tensor/tape.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

static void release_tape(void *tape) {
  ln_tape_free(tape);
}

static const LnbClass tape_class = {.name = "lunet.tape", .noun = "tape", .release = release_tape};

/* tape(recording): without recording it only follows what derives from what is watched. */
static int new_tape(lua_State *L) {
  bool recording = lua_isnoneornil(L, 1) || lua_toboolean(L, 1);
  LNB_MAKE(L, tape_class, LnTape, ln_tape_new(&made, &err));
  if (!recording) ln_tape_only_follow(lnb_check(L, -1, &tape_class));
  return 1;
}

/* tape:watch(t): a view of t that the tape follows. */
static int watch(lua_State *L) {
  LnTape *tape = lnb_check(L, 1, &tape_class);
  LnTensor *t = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tape_watch(&made, tape, t, &err));
  return 1;
}

static int follows(lua_State *L) {
  LnTape *tape = lnb_check(L, 1, &tape_class);
  lua_pushboolean(L, ln_tape_follows(tape, lnb_check_tensor(L, 2)));
  return 1;
}

/* tape:backward(y, dy): dy may be nil where y is one number. */
static int backward(lua_State *L) {
  LnTape *tape = lnb_check(L, 1, &tape_class);
  LnTensor *y = lnb_check_tensor(L, 2), *dy = lua_isnoneornil(L, 3) ? NULL : lnb_check_tensor(L, 3);
  LNB_CALL(L, ln_tape_backward(tape, y, dy, &err));
  return 0;
}

/* tape:gradient(watched) */
static int gradient(lua_State *L) {
  LnTape *tape = lnb_check(L, 1, &tape_class);
  LnTensor *watched = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tape_gradient(&made, tape, watched, &err));
  return 1;
}

static int detach(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_detach(&made, t, &err));
  return 1;
}

const LnbFunction lnb_tensor_tape_methods[] = {
    {.name = "detach", .call = detach,
     .usage = "t:detach() -> tensor",
     .doc = "A view that ln.grad, custom losses and custom layers take as constant: no gradient goes through it.",
     .torch = "Tensor.detach"},
    {0}};

void lnb_open_tape(lua_State *L) {
  static const LnbFunction methods[] = {{.name = "watch", .call = watch},
                                        {.name = "follows", .call = follows},
                                        {.name = "backward", .call = backward},
                                        {.name = "gradient", .call = gradient},
                                        {0}};
  static const LnbFunction functions[] = {{.name = "tape", .call = new_tape}, {0}};
  lnb_functions(L, "", functions);
  lnb_class_new(L, &tape_class, NULL, methods, NULL);
  lua_pop(L, 1);
}
