/* The value and gradient of any loss, sums too.
 *
 * Terms that have `eval` are worked out sample by sample, by whichever thread has the sample; those with `eval_batch`
 * once a batch on the Lua thread. Where the network ends in an activation that a term absorbs, it gives logits instead:
 * such terms take them as they are, and so stay exact where a sigmoid saturates; the others get what the activation
 * makes of them, and their gradients go back through it. */
#ifndef LUNET_LOSS_EVALUATE_H
#define LUNET_LOSS_EVALUATE_H

#include "loss/sum.h"

/* What some term absorbs; LN_ACT_linear: none does. */
LnActivationCode ln_loss_absorbs(LnItem *loss);
/* Whether some term is worked out of whole batches. */
bool ln_loss_has_batch_terms(LnItem *loss);

/* Whether every term takes such samples. Messages begin with the term's name. */
LnStatus ln_loss_check_sample(LnItem *loss, LnShape sample, LnError *err);
/* How many floats of scratch memory ln_loss_eval needs, of samples that passed the check; aligned for double. */
int64_t ln_loss_scratch(LnItem *loss, LnShape sample);
/* Of the terms with `eval`: the loss of a sample. grad, unless it is NULL, becomes scale times its gradient
 * with respect to y; logits: y goes into the activation that the loss absorbs. Cannot fail. */
double ln_loss_eval(LnItem *loss, bool logits, float *grad, float *scratch, const float *y, const float *target,
                    LnShape sample, double scale);
/* Of the terms with `eval_batch`: their sum, and its gradient with respect to y. y, target: contiguous, of one shape;
 * logits as above. grad may be NULL. */
LnStatus ln_loss_eval_batch(LnItem *loss, bool logits, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                            LnError *err);

/* A loss of tensors: the mean over their first dimension (N,C,H,W; fewer than two dimensions are one sample), and its
 * gradient with respect to y unless grad is NULL. Fails if the shapes differ or are empty. */
LnStatus ln_loss_apply(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err);
/* The same as a tensor of no dimensions, which a tape follows if it follows y. */
LnStatus ln_loss_tensor(LnTensor **out, LnItem *loss, LnTensor *y, LnTensor *target, LnError *err);

#endif
