/* The gradients of a batch's mean loss: worked out in shards, added up, looked at, and given to whoever asks. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/finite.h"
#include "base/parallel.h"
#include "model/trainer_parts.h"

/* What the shards have left to add, of some of the numbers; and whether it is all finite. */
static void add_rest(void *context, int64_t chunk, int worker) {
  LnTrainerBatch *b = context;
  LnTrainer *t = b->trainer;
  int64_t begin = chunk * LN_UPDATE_CHUNK, rest = t->update.all_size - begin;
  int64_t size = rest < LN_UPDATE_CHUNK ? rest : LN_UPDATE_CHUNK;
  (void)worker;
  ln_shards_add_rest(&t->shards, begin, size);
  if (!ln_all_finite(ln_shards_sum(&t->shards) + begin, size)) atomic_store(&b->not_finite, true);
}

/* "; lower lr (0.5 now)", as too large a rate is the usual reason; "" for an optimizer without one. */
static const char *rate_hint(const LnTrainer *t, char *text, size_t size) {
  text[0] = '\0';
  if (ln_param_find(ln_item_type(t->update.optim)->params, "lr") != NULL)
    snprintf(text, size, "; lower lr (%g now)", t->update.lr);
  return text;
}

static LnStatus check_finite(const LnTrainerBatch *b, double loss, LnError *err) {
  const LnTrainer *t = b->trainer;
  char hint[48];
  if (!isfinite(loss))
    return ln_fail(err, LN_ENUMERIC, "step %" PRId64 ": the loss is %s%s", t->update.steps + 1,
                   isnan(loss) ? "NaN" : "infinite", rate_hint(t, hint, sizeof hint));
  for (int i = 0; b->not_finite && i < t->update.n_ranges; i++)
    if (!ln_all_finite(ln_shards_sum(&t->shards) + t->update.ranges[i].offset, t->update.ranges[i].size))
      return ln_fail(err, LN_ENUMERIC, "step %" PRId64 ": the gradient of %s is not finite%s", t->update.steps + 1,
                     ln_network_tensor_name(t->net, t->update.ranges[i].tensor), rate_hint(t, hint, sizeof hint));
  return LN_OK;
}

/* Every shard costs time, as its gradients are cleared and added: 5 % of a step of ten samples with ten shards. More
 * than these only with two samples for each. */
enum { FEW_SHARDS = 8 };

static int shards_for(int64_t samples) {
  int64_t shards = samples / 2;
  if (shards < FEW_SHARDS) shards = FEW_SHARDS;
  if (shards > LN_MAX_SHARDS) shards = LN_MAX_SHARDS;
  return (int)(shards < samples ? shards : samples);
}

LnStatus ln_trainer_run_batch(LnTrainerBatch *b, double *loss, LnTensor *const *input, LnTensor *const *target,
                              LnTensor **d_input, LnError *err) {
  LnTrainer *t = b->trainer;
  LN_TRY(ln_trainer_check_batch(b, input, target, err));
  LN_TRY(ln_trainer_begin_batch(b, err));
  b->shards = shards_for(b->n);
  LN_TRY(ln_update_prepare(&t->update, err));
  LN_TRY(ln_shards_reserve(&t->shards, b->shards, t->update.ranges, t->update.n_ranges + t->net->parameters.n_tied,
                           t->update.all_size, t->net->parameters.n + t->net->parameters.n_tied, err));
  LN_TRY(ln_trainer_make_plan(t, d_input != NULL, err));
  LN_TRY(ln_plan_check_batch(t->plan, b->n, err));
  LN_TRY(ln_trainer_make_workers(t, b->shards < ln_threads() ? b->shards : ln_threads(), b->n, err));
  LN_TRY(ln_trainer_take_tensors(b, input, target, d_input, err));
  ln_trainer_pack(t);
  LN_TRY(ln_trainer_run_shards(b, err));
  LN_TRY(ln_parallel_stoppable((t->update.all_size + LN_UPDATE_CHUNK - 1) / LN_UPDATE_CHUNK, add_rest, b, err));
  ln_parameters_tie_back(ln_shards_grads(&t->shards, 0), &t->net->graph);
  *loss = ln_trainer_total_loss(b) + ln_plan_penalty(t->plan);
  *loss += ln_update_penalize(&t->update, ln_shards_sum(&t->shards));
  return check_finite(b, *loss, err);
}

/* The gradients as users see the parameters. */
static LnStatus export_gradients(LnTensor **out, LnTrainer *t, LnError *err) {
  for (int i = 0; i < t->update.n_ranges; i++) {
    const LnParameterRange *range = &t->update.ranges[i];
    LnTensor *plain = NULL;
    if (ln_network_tensor_frozen(t->net, range->tensor)) continue;
    LN_TRY(ln_tensor_new(&plain, t->net->parameters.tensors[range->tensor]->shape, err));
    memcpy(plain->data, ln_shards_sum(&t->shards) + range->offset, (size_t)range->size * sizeof(float));
    LnStatus status = ln_network_wrap_like(&out[range->tensor], t->net, range->tensor, plain, err);
    ln_tensor_unref(plain);
    if (status != LN_OK) return status;
  }
  return LN_OK;
}

LnStatus ln_trainer_gradients_all(LnTrainer *t, double *loss, LnTensor **out, LnTensor **d_input,
                              LnTensor *const *input, LnTensor *const *target, LnError *err) {
  LnTrainerBatch b = {.trainer = t};
  LnTensor *dx[LN_MAX_ENDS] = {NULL};
  if (!ln_network_built(t->net))
    return ln_fail(err, LN_EARG, "gradients: the network is not built, so nobody knows yet how many there are");
  LnStatus status = ln_trainer_run_batch(&b, loss, input, target, d_input == NULL ? NULL : dx, err);
  int tensors = ln_network_tensors(t->net);
  for (int i = 0; i < tensors; i++) out[i] = NULL;
  if (status == LN_OK) status = export_gradients(out, t, err);
  ln_trainer_end_batch(&b);
  for (int i = 0; i < tensors && status != LN_OK; i++) ln_tensor_unref(out[i]), out[i] = NULL;
  for (int i = 0; i < LN_MAX_ENDS; i++) {
    if (status == LN_OK && d_input != NULL && i < b.n_inputs)
      d_input[i] = dx[i];
    else
      ln_tensor_unref(dx[i]);
  }
  return status;
}
