/* Losses: one file an item, listed in loss.def.
 *
 * A loss is a number for every sample, and the mean of these over the samples of a batch. Losses are added and scaled
 * by sum.h; evaluate.h works any of them out; elementwise.h makes those whose elements do not see each other. */
#ifndef LUNET_LOSS_LOSS_H
#define LUNET_LOSS_LOSS_H

#include "base/type.h"
#include "kernels/kernels.h"
#include "tensor/tensor.h"

/* One sample as a loss sees it. y, target: contiguous, C,H,W (or F). */
typedef struct LnLossSample {
  const float *y, *target;
  LnShape shape;
  float *grad;    /* NULL: not asked for; else what becomes scale * d(loss)/d(y) */
  double scale;
  float *scratch; /* as many floats as the type's `scratch` says, aligned for double */
} LnLossSample;

typedef struct LnLossType {
  LnType type;
  /* The loss of one sample, summed in double, and its gradient. Cannot fail. NULL for a loss that has eval_batch, and
   * for sums. */
  double (*eval)(const void *options, const LnLossSample *sample);
  LnRange range; /* of the targets and outputs that it is made for */
  /* The same where `y` is what goes into a final activation of this kind, and grad is with respect to it: exact
   * where a sigmoid saturates. NULL if the loss has no such form. */
  LnActivationCode absorbs;
  double (*eval_logits)(const void *options, const LnLossSample *sample);
  /* How many floats of scratch memory these need; NULL: none. */
  int64_t (*scratch)(const void *options, LnShape sample);
  /* Whether there is a loss of such a sample; NULL: of any. */
  LnStatus (*check_sample)(const void *options, LnShape sample, LnError *err);
  /* Instead of eval, of a loss that is worked out of a whole batch on the Lua thread. y, target: contiguous, N,C,H,W
   * (or N,F). *loss: the mean over the batch; *grad, unless it is NULL: d(loss)/d(y), contiguous and of y's shape. */
  LnStatus (*eval_batch)(LnItem *item, double *loss, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err);
} LnLossType;

#define X(name) extern const LnLossType ln_loss_##name;
#include "loss/loss.def"
#undef X

extern const LnKind ln_loss_kind;

#endif
