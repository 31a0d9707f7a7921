/* Inside model/: what a trainer does with the gradients of a batch: the optimizer, its state, and the numbers that it is
 * applied to. */
#ifndef LUNET_MODEL_UPDATE_H
#define LUNET_MODEL_UPDATE_H

#include "model/network_parts.h"
#include "model/shards.h"
#include "optim/optim.h"

enum { LN_UPDATE_CHUNK = 8192 }; /* floats handed to a thread at a time when gradients are added and applied */

typedef struct LnUpdate {
  LnItem *optim;
  double lr, weight_decay;  /* the optimizer's at first */
  /* Made for the network's tensors at the first step; they keep their shapes. */
  LnParameterRange *ranges;
  int n_ranges;
  int64_t size;             /* trained numbers in all */
  int n_states;
  const char *state_names[LN_OPTIM_MAX_STATES];
  float *state;             /* n_states x size */
  int64_t number;           /* updates so far */
} LnUpdate;

/* Takes a reference. The rest of *update is zero. */
void ln_update_init(LnUpdate *update, LnItem *optim);
void ln_update_free(LnUpdate *update);
/* The trained tensors of a built network and the optimizer's state: made once. */
LnStatus ln_update_prepare(LnUpdate *update, const LnNetwork *net, LnError *err);
int64_t ln_update_chunks(const LnUpdate *update);
/* Change the parameters by gradients, laid out by ranges. */
void ln_update_apply(LnUpdate *update, LnNetwork *net, const float *gradients);

#endif
