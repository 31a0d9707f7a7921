/* The losses of a batch: of its samples one by one, and what is worked out of all of them. */
#include "kernels/kernels.h"
#include "loss/evaluate.h"
#include "model/trainer_parts.h"

static float *scratch_of(const LnTrainer *t, int worker) {
  return t->scratch == NULL ? NULL : t->scratch + worker * t->scratch_size;
}

void ln_trainer_sample_losses(const LnTrainerBatch *b, LnPlanSample sample, float *const *dy, float *const *y) {
  LnTrainer *t = b->trainer;
  for (int i = 0; i < t->n_ends; i++) {
    const float *target = b->target[i]->data + sample.index * b->out_size[i];
    t->losses[i * b->n + sample.index] =
        ln_loss_eval(t->loss[i].loss, t->logits[i], dy[i], scratch_of(t, sample.worker), y[i], target, b->out[i],
                     t->loss[i].weight / (double)b->n);
  }
}

static void add_weighted(float *to, const float *from, double weight, int64_t n) {
  if (weight == 1)
    ln_kernels()->add(to, from, n);
  else
    for (int64_t i = 0; i < n; i++) to[i] += (float)weight * from[i];
}

static LnStatus add_batch_loss(LnTrainerBatch *b, int i, LnError *err) {
  LnTrainer *t = b->trainer;
  LnTensor *grad = NULL;
  if (!ln_loss_has_batch_terms(t->loss[i].loss)) return LN_OK;
  LN_TRY(ln_loss_eval_batch(t->loss[i].loss, t->logits[i], &b->loss[i], &grad, t->y[i], b->target[i], err));
  add_weighted(t->dy[i]->data, grad->data, t->loss[i].weight, b->n * b->out_size[i]);
  ln_tensor_unref(grad);
  return LN_OK;
}

LnStatus ln_trainer_batch_losses(LnTrainerBatch *b, LnError *err) {
  for (int i = 0; i < b->trainer->n_ends; i++) LN_TRY(add_batch_loss(b, i, err));
  return LN_OK;
}

double ln_trainer_total_loss(const LnTrainerBatch *b) {
  LnTrainer *t = b->trainer;
  double total = 0;
  for (int i = 0; i < t->n_ends; i++) {
    double sum = 0;
    for (int64_t s = 0; s < b->n; s++) sum += t->losses[i * b->n + s];
    t->parts[i] = b->loss[i] + sum / (double)b->n;
    total += t->loss[i].weight * t->parts[i];
  }
  return total;
}
