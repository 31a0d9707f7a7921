/* Inside model/: what an update consists of, for trainer.c and the files named update_*.c. */
#ifndef LUNET_MODEL_UPDATE_PARTS_H
#define LUNET_MODEL_UPDATE_PARTS_H

#include "model/network_parts.h"
#include "model/shards.h"
#include "model/update.h"
#include "optim/optim.h"

enum {
  LN_UPDATE_CHUNK = 8192, /* floats handed to a thread at a time when gradients are added and applied */
  LN_MAX_ARRAYS = LN_OPTIM_MAX_STATES,
};

struct LnUpdate {
  LnNetwork *net;           /* the trainer's */
  LnItem *optim;
  double lr, weight_decay;
  int64_t steps;            /* batches taken */
  int64_t updates;
  /* Made for the network's tensors at the first step; they keep their shapes. */
  LnParameterRange *ranges;
  int64_t *range_updates;   /* by range */
  int n_ranges;
  int64_t size;             /* trained numbers in all */
  int n_states;             /* of the optimizer: the first ones of */
  int n_arrays;
  LnTensor *arrays[LN_MAX_ARRAYS]; /* of `size` numbers each, laid out by ranges */
  const char *array_names[LN_MAX_ARRAYS];
};

/* Takes a reference to the item. The rest of *update is zero. */
void ln_update_init(LnUpdate *update, LnNetwork *net, LnItem *optim);
void ln_update_free(LnUpdate *update);
int64_t ln_update_chunks(const LnUpdate *update);
/* Change the parameters by the gradients of a batch, laid out by ranges. */
void ln_update_apply(LnUpdate *update, const float *gradients);

#endif
