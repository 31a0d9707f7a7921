/* Losses: one file an item, listed in loss.def.
 *
 * A loss is the mean of its elementwise terms over a sample, and over the samples of a batch. Losses are added and
 * scaled by sum.h; evaluate.h works any of them out. */
#ifndef LUNET_LOSS_LOSS_H
#define LUNET_LOSS_LOSS_H

#include "base/type.h"
#include "kernels/kernels.h"
#include "tensor/tensor.h"

typedef struct LnLossType {
  LnType type;
  /* The mean loss over one sample, summed in double. pred and target: contiguous, C,H,W (or F). When grad is not NULL,
   * grad = scale * d(mean loss)/d(pred). Cannot fail. NULL for a loss that has eval_batch, and for
   * sums. */
  double (*eval)(const void *options, float *grad, const float *pred, const float *target, LnShape sample,
                 double scale);
  LnRange range; /* of the targets and outputs that it is made for */
  /* The same where `logits` is what goes into a final activation of this kind, and grad is with respect to it: exact
   * where a sigmoid saturates. NULL if the loss has no such form. */
  LnActivationCode absorbs;
  double (*eval_logits)(const void *options, float *grad, const float *logits, const float *target, LnShape sample,
                        double scale);
  /* Instead of eval, of a loss that is worked out of a whole batch on the Lua thread. y, target: contiguous, N,C,H,W
   * (or N,F). *loss: the mean over the batch; *grad, unless it is NULL: d(loss)/d(y), contiguous and of y's shape. */
  LnStatus (*eval_batch)(LnItem *item, double *loss, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err);
} LnLossType;

#define X(name) extern const LnLossType ln_loss_##name;
#include "loss/loss.def"
#undef X

extern const LnKind ln_loss_kind;

#endif
