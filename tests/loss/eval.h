/* The value and gradient of one sample, with scratch memory of its own. */
#ifndef LUNET_TESTS_LOSS_EVAL_H
#define LUNET_TESTS_LOSS_EVAL_H

#include "loss/evaluate.h"

/* As ln_loss_eval; grad may be NULL. */
double loss_eval(LnItem *loss, bool logits, float *grad, const float *y, const float *target, LnShape sample,
                 double scale);

#endif
