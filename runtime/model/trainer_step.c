/* A training step: gradients of a batch, and the update by them. */
#include "model/trainer_parts.h"

LnStatus ln_trainer_step_all(LnTrainer *t, double *loss, LnTensor *const *input, LnTensor *const *target,
                             LnError *err) {
  LnTrainerBatch b = {.trainer = t};
  LnStatus status = ln_trainer_run_batch(&b, loss, input, target, NULL, err);
  if (status == LN_OK) {
    ln_update_apply(&t->update, ln_shards_sum(&t->shards)); /* from here on no interrupt stops it */
    ln_plan_update_state(t->plan, t->net->parameters.data);
    t->net->trained.steps++;
    ln_network_weights_changed(t->net);
  }
  ln_trainer_end_batch(&b);
  return status;
}
