/* The mean loss of a batch, without an update. */
#include "loss/evaluate.h"
#include "model/trainer_parts.h"

/* The mean losses of what the network gives. */
static LnStatus take_output_losses(LnTrainerBatch *b, const bool *logits, LnTensor *const *output, LnError *err) {
  LnTrainer *t = b->trainer;
  for (int i = 0; i < t->n_ends; i++) {
    LnItem *loss = t->loss[i].loss;
    if (ln_loss_has_batch_terms(loss))
      LN_TRY(ln_loss_eval_batch(loss, logits[i], &b->loss[i], NULL, output[i], b->target[i], err));
    double sum = 0;
    for (int64_t s = 0; s < b->n; s++)
      sum += ln_loss_eval(loss, logits[i], NULL, t->scratch, output[i]->data + s * b->out_size[i],
                          b->target[i]->data + s * b->out_size[i], b->out[i], 1.0);
    t->parts[i] = b->loss[i] + sum / (double)b->n;
  }
  return LN_OK;
}

LnStatus ln_trainer_evaluate_all(LnTrainer *t, double *loss, LnTensor *const *input, LnTensor *const *target,
                                 LnError *err) {
  LnTrainerBatch b = {.trainer = t};
  LnTensor *output[LN_MAX_ENDS] = {NULL};
  LnActivationCode absorbed[LN_MAX_ENDS];
  bool logits[LN_MAX_ENDS];
  LN_TRY(ln_trainer_check_batch(&b, input, target, err));
  LN_TRY(ln_trainer_make_scratch(t, 1, err));
  for (int i = 0; i < t->n_ends; i++) absorbed[i] = ln_loss_absorbs(t->loss[i].loss);
  LN_TRY(ln_network_predict_logits(output, logits, t->net, input, absorbed, err));
  LnStatus status = ln_trainer_begin_batch(&b, err);
  for (int i = 0; status == LN_OK && i < t->n_ends; i++)
    status = ln_tensor_as_contiguous(&b.target[i], target[i], err);
  if (status == LN_OK) status = take_output_losses(&b, logits, output, err);
  *loss = 0;
  for (int i = 0; i < t->n_ends; i++) *loss += t->loss[i].weight * t->parts[i];
  for (int i = 0; i < t->n_ends; i++) ln_tensor_unref(output[i]);
  ln_trainer_end_batch(&b);
  return status;
}
