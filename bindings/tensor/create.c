/* Further constructors in Lua: like another tensor, at random, grids. The first ones are in tensor.c. */
#include "tensor/create.h"

#include "base/rng.h"
#include "bindings/base/call.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

/* eye(n), eye(rows, columns, offset) */
static int eye(lua_State *L) {
  int64_t rows = lnb_check_integer(L, 1), columns = lnb_opt_integer(L, 2, rows), offset = lnb_opt_integer(L, 3, 0);
  LNB_MAKE_TENSOR(L, ln_tensor_eye(&made, rows, columns, offset, &err));
  return 1;
}

static int push_filled_like(lua_State *L, float value) {
  LnTensor *t = lnb_tensor_new(L, lnb_check_tensor(L, 1)->shape);
  LNB_CALL(L, ln_tensor_fill(t, value, &err));
  return 1;
}

static int zeros_like(lua_State *L) {
  lnb_tensor_new(L, lnb_check_tensor(L, 1)->shape);
  return 1;
}

static int ones_like(lua_State *L) {
  return push_filled_like(L, 1);
}

static int full_like(lua_State *L) {
  return push_filled_like(L, (float)lnb_check_number(L, 2));
}

static int random_like(lua_State *L) {
  bool normal = lnb_function_code(L);
  LnRng rng = {.seed = (uint64_t)lnb_opt_integer(L, 2, 0)};
  LnTensor *t = lnb_tensor_new(L, lnb_check_tensor(L, 1)->shape);
  (normal ? ln_rng_fill_normal : ln_rng_fill_uniform)(t->data, ln_shape_count(t->shape), rng, 0);
  return 1;
}

static int randperm(lua_State *L) {
  int64_t n = lnb_check_integer(L, 1);
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 2, 0);
  LNB_MAKE_TENSOR(L, ln_tensor_randperm(&made, n, seed, &err));
  return 1;
}

/* randint(low, high, shape, seed) */
static int randint(lua_State *L) {
  int64_t low = lnb_check_integer(L, 1), high = lnb_check_integer(L, 2);
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 4, 0);
  if (!lua_istable(L, 3)) lnb_arg_error(L, 3, "a shape such as {1, 64, 64}");
  LnShape shape = lnb_check_shape(L, 3, 0);
  LNB_MAKE_TENSOR(L, ln_tensor_randint(&made, shape, low, high, seed, &err));
  return 1;
}

const LnbFunction lnb_tensor_create_functions[] = {
    {.name = "eye", .call = eye,
     .usage = "ln.eye(rows: integer, columns?: integer, offset?: integer) -> tensor",
     .doc = "A matrix of zeros, square if there is one size, with ones on the diagonal; a positive offset means one "
            "to the right of the main one.",
     .example = "ln.eye(3)",
     .numpy = "np.eye, np.identity", .torch = "torch.eye"},
    {.name = "zeros_like", .call = zeros_like,
     .usage = "ln.zeros_like(t: tensor) -> tensor",
     .doc = "Zeros in the shape of t.",
     .example = "ln.zeros_like(t)",
     .numpy = "np.zeros_like", .torch = "torch.zeros_like"},
    {.name = "ones_like", .call = ones_like,
     .usage = "ln.ones_like(t: tensor) -> tensor",
     .doc = "Ones in the shape of t.",
     .example = "ln.ones_like(t)",
     .numpy = "np.ones_like", .torch = "torch.ones_like"},
    {.name = "full_like", .call = full_like,
     .usage = "ln.full_like(t: tensor, value: number) -> tensor",
     .doc = "One value everywhere in the shape of t.",
     .example = "ln.full_like(t, 7)",
     .numpy = "np.full_like", .torch = "torch.full_like"},
    {.name = "rand_like", .call = random_like,
     .usage = "ln.rand_like(t: tensor, seed?: integer) -> tensor",
     .doc = "Random numbers in [0, 1) in the shape of t: what ln.rand(t.shape, seed) gives.",
     .example = "ln.rand_like(t, 1)",
     .torch = "torch.rand_like"},
    {.name = "randn_like", .call = random_like, .code = true,
     .usage = "ln.randn_like(t: tensor, seed?: integer) -> tensor",
     .doc = "Random numbers from N(0, 1) in the shape of t: what ln.randn(t.shape, seed) gives.",
     .example = "ln.randn_like(t, 1)",
     .torch = "torch.randn_like"},
    {.name = "randperm", .call = randperm,
     .usage = "ln.randperm(n: integer, seed?: integer) -> tensor",
     .doc = "The positions 1 .. n in random order, for t[ln.randperm(#t, seed)]. The same seed, by default 0, gives "
            "the same order. n is at most 2^24.",
     .example = "ln.randperm(5, 1)",
     .numpy = "np.random.permutation", .torch = "torch.randperm"},
    {.name = "randint", .call = randint,
     .usage = "ln.randint(low: integer, high: integer, shape: integer[], seed?: integer) -> tensor",
     .doc = "Whole numbers from low to high, both included (NumPy and PyTorch leave high out), each as likely as the "
            "others. The same seed, by default 0, gives the same numbers. Both are between -2^24 and 2^24.",
     .example = "ln.randint(1, 6, { 10 }, 1)",
     .numpy = "np.random.randint", .torch = "torch.randint"},
    {0}};
