/* Updates of the parameters: see update.h. */
#include "model/update.h"

#include "base/memory.h"
#include "base/parallel.h"

static const LnOptimType *type_of(const LnUpdate *u) {
  return (const LnOptimType *)(const void *)ln_item_type(u->optim);
}

void ln_update_init(LnUpdate *u, LnItem *optim) {
  LnOptimStep first = ln_optim_at(optim, 1);
  u->optim = ln_item_ref(optim);
  u->lr = first.lr, u->weight_decay = first.weight_decay;
}

void ln_update_free(LnUpdate *u) {
  ln_free(u->ranges);
  ln_free(u->state);
  ln_item_unref(u->optim);
}

int64_t ln_update_chunks(const LnUpdate *u) {
  return (u->size + LN_UPDATE_CHUNK - 1) / LN_UPDATE_CHUNK;
}

LnStatus ln_update_prepare(LnUpdate *u, const LnNetwork *net, LnError *err) {
  int tensors = ln_network_tensors(net);
  if (u->ranges != NULL && u->n_states != ln_optim_states(u->optim))
    return ln_fail(err, LN_EARG, "trainer: options of the optimizer were changed after its first step");
  if (u->ranges != NULL) return LN_OK;
  LnParameterRange *ranges = ln_calloc((size_t)tensors + 1, sizeof *ranges);
  if (ranges == NULL) return ln_fail_memory(err, "trainer", (size_t)tensors * sizeof *ranges);
  int n = 0;
  int64_t total = 0;
  for (int i = 0; i < tensors; i++) {
    if (!ln_network_tensor_trained(net, i)) continue;
    int64_t size = ln_shape_count(net->parameters.tensors[i]->shape);
    ranges[n++] = (LnParameterRange){.tensor = i, .offset = total, .size = size};
    total += (size + 15) / 16 * 16;
  }
  u->n_states = type_of(u)->states(ln_item_options(u->optim), u->state_names);
  float *state = ln_calloc((size_t)(total * u->n_states), sizeof *state);
  if (state == NULL)
    return ln_free(ranges), ln_fail_memory(err, "optimizer state", (size_t)(total * u->n_states) * sizeof *state);
  u->ranges = ranges, u->n_ranges = n, u->size = total, u->state = state;
  return LN_OK;
}

typedef struct Work {
  const LnUpdate *update;
  const LnNetwork *net;
  const float *gradients;
} Work;

static void update_chunk(void *context, int64_t chunk, int worker) {
  const Work *work = context;
  const LnUpdate *u = work->update;
  LnOptimStep at = {.number = u->number, .lr = u->lr, .weight_decay = u->weight_decay};
  int64_t begin = chunk * LN_UPDATE_CHUNK, end = begin + LN_UPDATE_CHUNK;
  (void)worker;
  for (int i = 0; i < u->n_ranges; i++) {
    const LnParameterRange *range = &u->ranges[i];
    int64_t from = begin > range->offset ? begin : range->offset;
    int64_t to = end < range->offset + range->size ? end : range->offset + range->size;
    float *state[LN_OPTIM_MAX_STATES];
    if (from >= to) continue;
    for (int k = 0; k < u->n_states; k++) state[k] = u->state + k * u->size + from;
    type_of(u)->step(ln_item_options(u->optim), at, work->net->parameters.data[range->tensor] + (from - range->offset),
                     work->gradients + from, state, to - from);
  }
}

void ln_update_apply(LnUpdate *u, LnNetwork *net, const float *gradients) {
  u->number++;
  ln_parallel(ln_update_chunks(u), update_chunk, &(Work){u, net, gradients});
}
