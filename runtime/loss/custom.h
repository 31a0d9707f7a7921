/* Losses whose work is done by a function of whoever uses the runtime: the bindings make losses in Lua of them. They
 * are in no list, since they are made at run time, and no file holds one. */
#ifndef LUNET_LOSS_CUSTOM_H
#define LUNET_LOSS_CUSTOM_H

#include "loss/loss.h"

/* As LnLossType.eval_batch, which it is. Messages begin "the loss edge: ". */
typedef LnStatus LnLossFunction(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                                LnError *err);

/* name: what messages call it, 1 to LN_ITEM_NAME letters, digits and _. */
LnStatus ln_custom_loss_new(LnItem **out, const char *name, LnLossFunction *function, LnError *err);

extern const LnLossType ln_loss_custom;

#endif
