/* What is drawn at random for the images of a batch: see batch.h. Images have their numbers in their set, from 1, so
 * that a batch gets what the whole set would. */
#include "bindings/media/batch.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "lunet.h"

/* The table of numbers at `arg`, one an image of a batch of n, from 0; pushes the memory that holds them. */
static const int64_t *check_numbers(lua_State *L, int arg, int64_t n) {
  int64_t count;
  const int64_t *numbers = lnb_check_integers(L, arg, &count, 1);
  if (count != n) lnb_error(L, "%s: %lld numbers for %lld images", lnb_callee(L), (long long)count, (long long)n);
  return numbers;
}

static int64_t batch_of(const LnTensor *t) {
  return t->shape.n == 0 ? 1 : t->shape.d[0];
}

/* corrupted(noise, x, draw, numbers) */
static int corrupted(lua_State *L) {
  LnItem *noise = lnb_check_item(L, 1, "noise", "corrupted: the noise");
  LnTensor *x = lnb_check_tensor(L, 2);
  const uint64_t draw = (uint64_t)lnb_check_integer(L, 3);
  const int64_t *numbers = check_numbers(L, 4, x->shape.n == 4 ? batch_of(x) : 1);
  LNB_MAKE_TENSOR(L, ln_noise_apply_to(&made, noise, x, draw, numbers, &err));
  return 1;
}

/* augmented(augment, x, y or nil, draw, numbers, still): x, y */
static int augmented(lua_State *L) {
  LnItem *augment = lnb_check_item(L, 1, "augment", "augmented: the augmentation");
  LnTensor *x = lnb_check_tensor(L, 2), *y = lua_isnil(L, 3) ? NULL : lnb_check_tensor(L, 3);
  LnAugmentDraw draw = {.stream = (uint64_t)lnb_check_integer(L, 4), .still = lua_toboolean(L, 6)};
  draw.numbers = check_numbers(L, 5, x->shape.n == 4 ? batch_of(x) : 1);
  if (y == NULL)
    LNB_MAKE_TENSOR(L, ln_augment_apply(&made, augment, x, draw, &err));
  else
    LNB_MAKE_TENSORS(L, 2, ln_augment_apply_pair(&made[0], &made[1], augment, x, y, draw, &err));
  return y == NULL ? 1 : 2;
}

enum { NORMAL, UNIFORM, INTEGER };

/* draw_normal(seed, draw, call, numbers, shape), draw_uniform and draw_integer(..., low, high). draw and call name the
 * generator: an epoch, and the how-manieth use in it. */
static int draw_numbers(lua_State *L) {
  const LnRng draw = {(uint64_t)lnb_check_integer(L, 1), (uint64_t)lnb_check_integer(L, 2)};
  const LnRng rng = ln_rng_derive(draw, (uint64_t)lnb_check_integer(L, 3));
  const LnShape shape = lnb_check_shape(L, 5, 0);
  const int64_t *numbers = check_numbers(L, 4, shape.n == 0 ? 1 : shape.d[0]);
  switch (lnb_function_code(L)) {
    case NORMAL: LNB_MAKE_TENSOR(L, ln_draw_normal(&made, shape, rng, numbers, &err)); break;
    case UNIFORM: {
      const double low = lnb_check_number(L, 6), high = lnb_check_number(L, 7);
      LNB_MAKE_TENSOR(L, ln_draw_uniform(&made, shape, low, high, rng, numbers, &err));
      break;
    }
    default: {
      const int64_t low = lnb_check_integer(L, 6), high = lnb_check_integer(L, 7);
      LNB_MAKE_TENSOR(L, ln_draw_integer(&made, shape, low, high, rng, numbers, &err));
    }
  }
  return 1;
}

/* draw_poisson(seed, draw, call, numbers, rates) */
static int draw_poisson(lua_State *L) {
  const LnRng draw = {(uint64_t)lnb_check_integer(L, 1), (uint64_t)lnb_check_integer(L, 2)};
  const LnRng rng = ln_rng_derive(draw, (uint64_t)lnb_check_integer(L, 3));
  LnTensor *rates = lnb_check_values(L, 5);
  const int64_t *numbers = check_numbers(L, 4, batch_of(rates));
  LNB_MAKE_TENSOR(L, ln_draw_poisson(&made, rates, rng, numbers, &err));
  return 1;
}

void lnb_open_batch(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "corrupted", .call = corrupted},
                                          {.name = "augmented", .call = augmented},
                                          {.name = "draw_normal", .call = draw_numbers, .code = NORMAL},
                                          {.name = "draw_uniform", .call = draw_numbers, .code = UNIFORM},
                                          {.name = "draw_integer", .call = draw_numbers, .code = INTEGER},
                                          {.name = "draw_poisson", .call = draw_poisson},
                                          {0}};
  lnb_functions(L, "", functions);
}
