/* What calling an item does: see call.h. A noise or filter on images gives images, a metric on two sets of images gives
 * a number; what a layer does is told by the room of networks. */
#include "bindings/items/call.h"

#include <string.h>

#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "lunet.h"

/* The uses are in the registry by the addresses of their kinds. */
void lnb_use(lua_State *L, const LnbUse *use) {
  lua_pushlightuserdata(L, (void *)(uintptr_t)use);
  lua_rawsetp(L, LUA_REGISTRYINDEX, use->kind);
}

const LnbUse *lnb_find_use(lua_State *L, const char *kind) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, ln_kind_find(kind));
  const LnbUse *use = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return use;
}

int lnb_item_call(lua_State *L) {
  LnItem *item = lnb_check(L, 1, &lnb_item_class);
  const LnType *type = ln_item_type(item);
  const LnbUse *use = lnb_find_use(L, type->kind);
  if (use == NULL) lnb_error(L, "%s: %s cannot be called", type->name, ln_kind_find(type->kind)->plural);
  return use->call(L, item);
}

/* noise(x): every call draws other noise, the first one always the same; noise(x, stream) names the draw. */
static int call_noise(lua_State *L, LnItem *item) {
  LnTensor *x = lnb_check_images(L, 2);
  LnbBox *box = lnb_test(L, 1, &lnb_item_class);
  bool counted = lua_isnoneornil(L, 3);
  lua_Integer stream = counted ? (lua_Integer)box->calls : lnb_check_integer(L, 3);
  if (stream < 0)
    lnb_error(L, "%s: the stream must be at least 0, got %lld", ln_item_type(item)->name, (long long)stream);
  LNB_MAKE_TENSOR(L, ln_noise_apply(&made, item, x, (uint64_t)stream, &err));
  box->calls += counted;
  return 1;
}

/* augment(x), augment(x, y), each with the number of a draw behind: draws are counted as those of a noise. */
static int call_augment(lua_State *L, LnItem *item) {
  LnTensor *x = lnb_check_images(L, 2), *y = lnb_test(L, 3, &lnb_tensor_class) != NULL ? lnb_check_values(L, 3) : NULL;
  const int number = y == NULL ? 3 : 4;
  LnbBox *box = lnb_test(L, 1, &lnb_item_class);
  bool counted = lua_isnoneornil(L, number);
  lua_Integer stream = counted ? (lua_Integer)box->calls : lnb_check_integer(L, number);
  if (stream < 0)
    lnb_error(L, "%s: the draw must be at least 0, got %lld", ln_item_type(item)->name, (long long)stream);
  LnAugmentDraw draw = {.stream = (uint64_t)stream};
  if (y == NULL)
    LNB_MAKE_TENSOR(L, ln_augment_apply(&made, item, x, draw, &err));
  else
    LNB_MAKE_TENSORS(L, 2, ln_augment_apply_pair(&made[0], &made[1], item, x, y, draw, &err));
  box->calls += counted;
  return y == NULL ? 1 : 2;
}

/* Above this mean magnitude images are hardly meant to be of 0 to 1; the strongest noise of the paper stays below. */
static const double large_magnitude = 4;

void lnb_note_magnitude(lua_State *L, const char *what, const LnTensor *t) {
  if (ln_shape_count(t->shape) == 0) return;
  if (ln_tensor_reduce_all(LN_RMAX, t) <= large_magnitude && ln_tensor_reduce_all(LN_RMIN, t) >= -large_magnitude)
    return;
  LNB_MAKE_TENSOR(L, ln_tensor_unary(&made, LN_ABS, t, &err));
  double mean = ln_tensor_reduce_all(LN_MEAN, lnb_check_tensor(L, -1));
  lua_pop(L, 1);
  if (mean > large_magnitude)
    fprintf(stderr, "lunet: %s have a mean magnitude of %.4g; images here are of 0 to 1: divide 8-bit ones by 255\n",
            what, mean);
}

/* The mask of the table at index 4, { mask = m }; NULL where there is no table. Leaves it on the stack. */
static LnTensor *check_call_mask(lua_State *L, LnItem *item) {
  const char *name = ln_item_type(item)->name;
  lnb_check_count(L, 4, "; options come first, as in psnr{ range = 255 }(x, reference)");
  if (lua_isnoneornil(L, 4)) return NULL;
  if (!lua_istable(L, 4))
    lnb_error(L, "%s: argument 3: expected a table { mask = m }, got %s", name, lnb_describe(L, 4));
  lua_pushnil(L);
  while (lua_next(L, 4)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), "mask") != 0)
      lnb_error(L, "%s: a call takes { mask = m } only, got the key %s; options come first, as in "
                   "psnr{ range = 255 }(x, reference)", name, lnb_describe(L, -1));
  }
  if (lua_getfield(L, 4, "mask") == LUA_TNIL) return NULL;
  if (lnb_test(L, -1, &lnb_tensor_class) == NULL)
    lnb_error(L, "%s: mask must be a tensor of 0 and 1, got %s", name, lnb_describe(L, -1));
  return lnb_check_values(L, lua_gettop(L));
}

/* metric(images, references, { mask = m }): the mean, and a tensor with the value of each image. */
static int call_metric(lua_State *L, LnItem *item) {
  LnTensor *images = lnb_check_images(L, 2), *references = lnb_check_images(L, 3);
  double mean = 0;
  LnTensor *mask = check_call_mask(L, item);
  const LnMetricType *type = (const LnMetricType *)ln_item_type(item);
  LnbBox *box = lnb_test(L, 1, &lnb_item_class);
  LNB_MAKE_TENSOR(L, ln_metric_apply_masked(&made, &mean, item, images, references, mask, &err));
  if (type->range == NULL && box->calls++ == 0)
    lnb_note_magnitude(L, lua_pushfstring(L, "%s: the references", type->type.name), references), lua_pop(L, 1);
  lua_pushnumber(L, mean);
  lua_insert(L, -2);
  return 2;
}

static int call_filter(lua_State *L, LnItem *item) {
  LnTensor *x = lnb_check_images(L, 2);
  lnb_check_count(L, 2, "; options come first, as in median{ size = 5 }(x)");
  LNB_MAKE_TENSOR(L, ln_filter_apply(&made, item, x, &err));
  return 1;
}

/* schedule(step, steps, epoch_steps): the factor on the rate. */
static int call_schedule(lua_State *L, LnItem *item) {
  lua_Integer step = lnb_check_integer(L, 2), steps = lnb_opt_integer(L, 3, 0);
  const double state[LN_SCHEDULE_MAX_STATES] = {0};
  if (step < 1) lnb_error(L, "%s: steps count from 1, got %lld", ln_item_name(item), (long long)step);
  LnScheduleTime at = {step - 1, steps, lnb_opt_number(L, 4, 0)};
  LNB_CALL(L, ln_schedule_check(item, at, &err));
  lua_pushnumber(L, ln_schedule_factor(item, at, state));
  return 1;
}

void lnb_open_calls(lua_State *L) {
  static const LnbUse uses[] = {
      {.kind = &ln_noise_kind, .call = call_noise, .usage = "noise(x: tensor|set, n?: integer) -> tensor"},
      {.kind = &ln_augment_kind, .call = call_augment,
       .usage = "augment(x: tensor|set, y?: tensor|integer, n?: integer) -> tensor, tensor|nil"},
      {.kind = &ln_metric_kind, .call = call_metric,
       .usage = "metric(images: tensor|set, references: tensor|set, options?: table) -> number, tensor"},
      {.kind = &ln_schedule_kind, .call = call_schedule,
       .usage = "schedule(step: integer, steps?: integer, epoch_steps?: number) -> number"},
      {.kind = &ln_filter_kind, .call = call_filter, .usage = "filter(x: tensor|set) -> tensor"}};
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) lnb_use(L, &uses[i]);
}
