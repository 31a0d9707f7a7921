/* Losses that are sums: 0.8 mae + 0.2 mse is an item of the kind loss as well. It holds its terms side by side, also
 * where sums were added and scaled, and each term is a loss of another type. */
#ifndef LUNET_LOSS_SUM_H
#define LUNET_LOSS_SUM_H

#include "loss/loss.h"

enum { LN_LOSS_MAX_TERMS = 64 };

typedef struct LnLossTerm {
  double factor; /* finite, of either sign, or 0 */
  LnItem *loss;  /* borrowed from the sum */
} LnLossTerm;

/* factor * loss, and a + b. Messages begin with a loss's name. */
LnStatus ln_loss_scale(LnItem **out, LnItem *loss, double factor, LnError *err);
LnStatus ln_loss_add(LnItem **out, LnItem *a, LnItem *b, LnError *err);

/* Of any loss: one that is no sum is its own single term. term counts from 0. */
int ln_loss_terms(LnItem *loss);
LnLossTerm ln_loss_term(LnItem *loss, int term);

extern const LnLossType ln_loss_sum; /* in no list: sums are made by the functions above */

#endif
