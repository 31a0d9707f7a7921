/* Updates of the parameters: see update.h. */
#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "model/update_parts.h"

static const LnOptimType *type_of(const LnUpdate *u) {
  return (const LnOptimType *)(const void *)ln_item_type(u->optim);
}

void ln_update_init(LnUpdate *u, LnNetwork *net, LnItem *optim) {
  LnOptimStep first = ln_optim_at(optim, 1);
  u->net = net;
  u->optim = ln_item_ref(optim);
  u->lr = u->rate = first.lr, u->weight_decay = first.weight_decay;
  u->factor = 1;
}

static void drop_state(LnUpdate *u) {
  ln_free(u->ranges);
  ln_free(u->range_updates);
  ln_free(u->range_rates);
  ln_free(u->range_penalties);
  ln_free(u->penalties);
  ln_free(u->squares);
  for (int k = 0; k < u->n_arrays; k++) ln_tensor_unref(u->arrays[k]);
  u->ranges = NULL, u->range_updates = NULL, u->range_rates = u->squares = u->penalties = NULL;
  u->range_penalties = NULL, u->n_ranges = u->n_arrays = 0;
}

void ln_update_free(LnUpdate *u) {
  drop_state(u);
  ln_update_drop_options(u);
  ln_item_unref(u->optim);
}

/* ---- Settings ---- */

int64_t ln_update_count(const LnUpdate *u) {
  return u->updates;
}

double ln_update_lr(const LnUpdate *u) {
  return u->lr;
}

double ln_update_weight_decay(const LnUpdate *u) {
  return u->weight_decay;
}

/* The optimizer itself says whether it has the option and what that may be. */
static LnStatus check_option(const LnUpdate *u, const char *name, double value, LnError *err) {
  LnItem *copy = NULL;
  LN_TRY(ln_item_copy(&copy, u->optim, err));
  LnStatus status = ln_item_set(copy, name, (LnValue){.kind = LN_NUMBER, .number = value}, err);
  ln_item_unref(copy);
  return status;
}

LnStatus ln_update_set_lr(LnUpdate *u, double lr, LnError *err) {
  LN_TRY(check_option(u, "lr", lr, err));
  u->lr = lr;
  return LN_OK;
}

LnStatus ln_update_set_weight_decay(LnUpdate *u, double weight_decay, LnError *err) {
  LN_TRY(check_option(u, "weight_decay", weight_decay, err));
  u->weight_decay = weight_decay;
  return LN_OK;
}

/* ---- Getting ready ---- */

static LnStatus make_ranges(LnUpdate *u, LnError *err) {
  int tensors = ln_network_tensors(u->net), tied = u->net->parameters.n_tied;
  u->ranges = ln_calloc((size_t)(tensors + tied) + 1, sizeof *u->ranges);
  u->range_updates = ln_calloc((size_t)tensors + 1, sizeof *u->range_updates);
  if (u->ranges == NULL || u->range_updates == NULL)
    return ln_fail_memory(err, "trainer", (size_t)tensors * sizeof *u->ranges);
  u->size = 0;
  for (int i = 0; i < tensors; i++) {
    if (!ln_network_tensor_trained(u->net, i)) continue;
    int64_t size = ln_shape_count(u->net->parameters.tensors[i]->shape);
    u->ranges[u->n_ranges++] = (LnParameterRange){.tensor = i, .offset = u->size, .size = size};
    u->size += (size + 15) / 16 * 16;
  }
  u->all_size = u->size;
  for (int i = 0; i < tied; i++) {
    int64_t size = ln_shape_count(u->net->parameters.tensors[tensors + i]->shape);
    u->ranges[u->n_ranges + i] = (LnParameterRange){.tensor = tensors + i, .offset = u->all_size, .size = size};
    u->all_size += (size + 15) / 16 * 16;
  }
  return LN_OK;
}

/* One more array of zeros. */
static LnStatus add_array(LnUpdate *u, const char *name, LnError *err) {
  assert(u->n_arrays < LN_MAX_ARRAYS);
  LN_TRY(ln_tensor_new(&u->arrays[u->n_arrays], LN_SHAPE(u->size), err));
  u->array_names[u->n_arrays++] = name;
  return LN_OK;
}

static LnStatus make_state(LnUpdate *u, LnError *err) {
  const char *names[LN_OPTIM_MAX_STATES];
  LN_TRY(make_ranges(u, err));
  u->n_states = type_of(u)->states(ln_item_options(u->optim), names);
  for (int k = 0; k < u->n_states; k++) LN_TRY(add_array(u, names[k], err));
  if (u->options.accumulate > 1) LN_TRY(add_array(u, "gradient", err));
  if (u->options.swa || u->options.ema > 0) LN_TRY(add_array(u, "average", err));
  if (u->options.clip_norm > 0) {
    u->squares = ln_calloc((size_t)ln_update_chunks(u) + 1, sizeof *u->squares);
    if (u->squares == NULL) return ln_fail_memory(err, "trainer", (size_t)ln_update_chunks(u) * sizeof *u->squares);
  }
  LN_TRY(ln_update_find_rates(u, err));
  return ln_update_find_penalties(u, err);
}

LnStatus ln_update_prepare(LnUpdate *u, LnError *err) {
  if (!ln_network_built(u->net))
    return ln_fail(err, LN_EARG, "trainer: the network has no parameters yet; build it for a shape first");
  if (u->ranges != NULL && u->n_states != ln_optim_states(u->optim))
    return ln_fail(err, LN_EARG, "trainer: options of the optimizer were changed after its first step");
  if (u->swapped)
    return ln_fail(err, LN_EARG, "trainer: the averages are in the network; swap its own parameters back in first");
  if (u->ranges != NULL) return LN_OK;
  LnStatus status = make_state(u, err);
  if (status != LN_OK) drop_state(u);
  return status;
}

/* ---- Applying gradients ---- */

typedef struct Work {
  const LnUpdate *update;
  float *gradients;
  double scale;
} Work;

/* What clipping and accumulation make of gradients. */
static void settle_gradients(float *g, int64_t n, double scale, double limit) {
  float factor = (float)scale, high = (float)limit;
  for (int64_t i = 0; scale != 1 && i < n; i++) g[i] *= factor;
  for (int64_t i = 0; limit > 0 && i < n; i++) g[i] = g[i] > high ? high : g[i] < -high ? -high : g[i];
}

static void update_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  const LnUpdate *u = work->update;
  (void)worker;
  for (LnUpdatePart part = {.range = -1}; ln_update_next_part(&part, u, chunk);) {
    double rate = u->range_rates == NULL ? u->rate : u->rate * u->range_rates[part.range];
    LnOptimStep at = {.number = u->range_updates[part.range], .lr = rate, .weight_decay = u->weight_decay};
    float *state[LN_OPTIM_MAX_STATES], *g = work->gradients + part.from;
    for (int k = 0; k < u->n_states; k++) state[k] = u->arrays[k]->data + part.from;
    settle_gradients(g, part.to - part.from, work->scale, u->options.clip_value);
    type_of(u)->step(ln_item_options(u->optim), at, ln_update_parameters(u, part), g, state, part.to - part.from);
  }
}

static void update(LnUpdate *u, float *gradients, double scale) {
  LnScheduleTime at = {u->updates, u->options.steps, u->options.epoch_steps};
  if (u->options.schedule != NULL) u->factor = ln_schedule_factor(u->options.schedule, at, u->schedule_state);
  u->rate = u->lr * u->factor;
  u->updates++;
  for (int i = 0; i < u->n_ranges; i++)
    if (!ln_network_tensor_frozen(u->net, u->ranges[i].tensor)) u->range_updates[i]++;
  ln_parallel(ln_update_chunks(u), update_chunk, &(Work){u, gradients, scale});
}

void ln_update_apply(LnUpdate *u, float *gradients) {
  double scale = 1;
  float *ready = ln_update_gather(u, &scale, gradients);
  u->steps++;
  if (ready != NULL) update(u, ready, scale);
  ln_update_average(u, ready != NULL);
}
