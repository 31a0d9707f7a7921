/* Updates of the parameters: see update.h. */
#include <assert.h>

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
  u->lr = first.lr, u->weight_decay = first.weight_decay;
}

static void drop_state(LnUpdate *u) {
  ln_free(u->ranges);
  ln_free(u->range_updates);
  for (int k = 0; k < u->n_arrays; k++) ln_tensor_unref(u->arrays[k]);
  u->ranges = NULL, u->range_updates = NULL, u->n_ranges = u->n_arrays = 0;
}

void ln_update_free(LnUpdate *u) {
  drop_state(u);
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
  int tensors = ln_network_tensors(u->net);
  u->ranges = ln_calloc((size_t)tensors + 1, sizeof *u->ranges);
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
  return LN_OK;
}

LnStatus ln_update_prepare(LnUpdate *u, LnError *err) {
  if (!ln_network_built(u->net))
    return ln_fail(err, LN_EARG, "trainer: the network has no parameters yet; build it for a shape first");
  if (u->ranges != NULL && u->n_states != ln_optim_states(u->optim))
    return ln_fail(err, LN_EARG, "trainer: options of the optimizer were changed after its first step");
  if (u->ranges != NULL) return LN_OK;
  LnStatus status = make_state(u, err);
  if (status != LN_OK) drop_state(u);
  return status;
}

/* ---- Applying gradients ---- */

int64_t ln_update_chunks(const LnUpdate *u) {
  return (u->size + LN_UPDATE_CHUNK - 1) / LN_UPDATE_CHUNK;
}

typedef struct Work {
  const LnUpdate *update;
  const float *gradients;
} Work;

static void update_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  const LnUpdate *u = work->update;
  int64_t begin = chunk * LN_UPDATE_CHUNK, end = begin + LN_UPDATE_CHUNK;
  (void)worker;
  for (int i = 0; i < u->n_ranges; i++) {
    const LnParameterRange *range = &u->ranges[i];
    int64_t from = begin > range->offset ? begin : range->offset;
    int64_t to = end < range->offset + range->size ? end : range->offset + range->size;
    LnOptimStep at = {.number = u->range_updates[i], .lr = u->lr, .weight_decay = u->weight_decay};
    float *state[LN_OPTIM_MAX_STATES];
    if (from >= to) continue;
    for (int k = 0; k < u->n_states; k++) state[k] = u->arrays[k]->data + from;
    type_of(u)->step(ln_item_options(u->optim), at, u->net->parameters.data[range->tensor] + (from - range->offset),
                     work->gradients + from, state, to - from);
  }
}

void ln_update_apply(LnUpdate *u, const float *gradients) {
  u->steps++;
  u->updates++;
  for (int i = 0; i < u->n_ranges; i++) u->range_updates[i]++;
  ln_parallel(ln_update_chunks(u), update_chunk, &(Work){u, gradients});
}
