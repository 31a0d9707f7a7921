/* What a trainer makes for a batch and keeps for the next: the plan, outputs and their gradients, scratch memory. */
#include "base/memory.h"
#include "loss/evaluate.h"
#include "model/trainer_parts.h"

void ln_trainer_drop_plan(LnTrainer *t) {
  ln_plan_free(t->plan);
  t->plan = NULL;
  for (int i = 0; i < t->n_ends; i++) {
    ln_tensor_unref(t->y[i]);
    ln_tensor_unref(t->dy[i]);
    t->y[i] = t->dy[i] = NULL;
  }
}

LnStatus ln_trainer_make_plan(LnTrainer *t, bool input_grad, LnError *err) {
  bool fits = t->plan != NULL && t->shapes == t->net->shapes && t->freezes == t->net->freezes &&
              t->input_grad == input_grad && ln_plan_kernels(t->plan) == ln_kernels();
  if (fits) return LN_OK;
  ln_trainer_drop_plan(t);
  LnPlanUse use = {.training = true, .input_grad = input_grad, .frozen = t->net->frozen};
  LN_TRY(ln_plan_new(&t->plan, &t->net->graph, use, err));
  t->freezes = t->net->freezes;
  t->shapes = t->net->shapes;
  t->input_grad = input_grad;
  t->version = ln_network_version(t->net) - 1;
  t->by_batch = ln_plan_segments(t->plan) > 1;
  for (int i = 0; i < t->n_ends; i++) {
    LnActivationCode absorbed = ln_loss_absorbs(t->loss[i].loss);
    t->logits[i] = absorbed != LN_ACT_linear && absorbed == ln_plan_ends_in(t->plan, i);
    ln_plan_give_logits(t->plan, i, t->logits[i]);
    t->by_batch = t->by_batch || ln_loss_has_batch_terms(t->loss[i].loss);
  }
  return LN_OK;
}

/* A tensor of n samples to write to: the one that is there, unless whoever got it at an earlier step has kept it. */
static LnStatus make_outputs(LnTensor **t, int64_t n, LnShape sample, LnError *err) {
  LnShape shape = ln_batch_shape(n, sample);
  LnTensor *made = NULL;
  if (*t != NULL && ln_shape_equal((*t)->shape, shape) && ln_tensor_unshared(*t)) return LN_OK;
  LN_TRY(ln_tensor_new(&made, shape, err));
  ln_tensor_unref(*t);
  *t = made;
  return LN_OK;
}

LnStatus ln_trainer_make_scratch(LnTrainer *t, int workers, LnError *err) {
  t->scratch_size = 0;
  for (int i = 0; i < t->n_ends; i++) {
    LN_TRY(ln_loss_check_sample(t->loss[i].loss, ln_network_output_shape_of(t->net, i), err));
    int64_t own = ln_loss_scratch(t->loss[i].loss, ln_network_output_shape_of(t->net, i));
    if (own > t->scratch_size) t->scratch_size = own;
  }
  int64_t size = workers * t->scratch_size;
  if (size <= t->n_scratch) return LN_OK;
  float *scratch = ln_alloc((size_t)size * sizeof *scratch);
  if (scratch == NULL) return ln_fail_memory(err, "loss", (size_t)size * sizeof *scratch);
  ln_free(t->scratch);
  t->scratch = scratch, t->n_scratch = size;
  return LN_OK;
}

LnStatus ln_trainer_make_workers(LnTrainer *t, int workers, int64_t n, LnError *err) {
  int arenas = t->by_batch ? (int)n : workers;
  LN_TRY(ln_plan_reserve(t->plan, arenas, workers, err));
  LN_TRY(ln_plan_reserve_batch(t->plan, n, t->net->parameters.tensors, err));
  for (int i = 0; i < t->n_ends; i++) {
    LN_TRY(make_outputs(&t->y[i], arenas, ln_network_output_shape_of(t->net, i), err));
    LN_TRY(make_outputs(&t->dy[i], arenas, ln_network_output_shape_of(t->net, i), err));
  }
  LN_TRY(ln_trainer_make_scratch(t, workers, err));
  if (n * t->n_ends > t->n_losses) {
    double *losses = ln_alloc((size_t)(n * t->n_ends) * sizeof *losses);
    if (losses == NULL) return ln_fail_memory(err, "losses", (size_t)(n * t->n_ends) * sizeof *losses);
    ln_free(t->losses);
    t->losses = losses, t->n_losses = n * t->n_ends;
  }
  return LN_OK;
}

void ln_trainer_pack(LnTrainer *t) {
  uint64_t version = ln_network_version(t->net);
  if (t->version == version) return;
  ln_parameters_tie(&t->net->parameters, &t->net->graph);
  ln_plan_prepare(t->plan, t->net->parameters.data);
  t->version = version;
}
