/* Inside model/: what an update consists of, for trainers and the files named update_*.c. */
#ifndef LUNET_MODEL_UPDATE_PARTS_H
#define LUNET_MODEL_UPDATE_PARTS_H

#include "model/network_parts.h"
#include "model/shards.h"
#include "model/update.h"
#include "optim/optim.h"
#include "schedule/schedule.h"

enum {
  LN_UPDATE_CHUNK = 8192, /* floats handed to a thread at a time when gradients are added and applied */
  LN_MAX_ARRAYS = LN_OPTIM_MAX_STATES + 2,
};

struct LnUpdate {
  LnNetwork *net;           /* the trainer's */
  LnItem *optim;
  double lr, weight_decay;
  LnUpdateOptions options;  /* its patterns and numbers are copies */
  double factor;            /* the schedule's, on lr */
  double rate;              /* of the latest update */
  double schedule_state[LN_SCHEDULE_MAX_STATES];
  int64_t steps;            /* batches taken */
  int64_t updates;
  int64_t gathered;         /* batches whose gradients wait for the others of an update */
  int64_t averaged;         /* parameters in the mean */
  bool swapped;             /* the network has the averages, and their array the parameters */
  /* Made for the network's tensors at the first step; they keep their shapes. */
  LnParameterRange *ranges;
  int64_t *range_updates;   /* by range */
  double *range_rates;      /* by range: factors; NULL: 1 */
  LnPenalty *range_penalties; /* by range; NULL: none */
  double *penalties;        /* by chunk: what its penalties come to */
  double *squares;          /* by chunk: sums of squares of gradients, where their norm is clipped */
  int n_ranges;
  int64_t size;             /* trained numbers in all */
  int64_t all_size;         /* with those of tied tensors, whose ranges come after the others: they have gradients only */
  int n_states;             /* of the optimizer: the first ones of */
  int n_arrays;
  LnTensor *arrays[LN_MAX_ARRAYS]; /* of `size` numbers each, laid out by ranges */
  const char *array_names[LN_MAX_ARRAYS];
};

/* Takes a reference to the item. The rest of *update is zero. */
void ln_update_init(LnUpdate *update, LnNetwork *net, LnItem *optim);
void ln_update_free(LnUpdate *update);
/* Take the gradients of a batch, laid out by ranges, which may be overwritten, and change the parameters by them. */
void ln_update_apply(LnUpdate *update, float *gradients);

/* update_chunks.c */
int64_t ln_update_chunks(const LnUpdate *update);
/* What of a chunk is of one range: numbers from .. to-1. Ranges that are frozen are passed over, unless all
 * are asked for. Begin with {.range = -1}; false: there is no more. */
typedef struct LnUpdatePart {
  bool all;
  int range;
  int64_t from, to;
} LnUpdatePart;
bool ln_update_next_part(LnUpdatePart *part, const LnUpdate *update, int64_t chunk);
float *ln_update_parameters(const LnUpdate *update, LnUpdatePart part); /* the first of those numbers */
LnTensor *ln_update_find_array(const LnUpdate *update, const char *name); /* NULL if there is none */

/* update_gradients.c: the gradients of an update, and the factor to be put on them; NULL: some batches are missing. */
float *ln_update_gather(LnUpdate *update, double *scale, float *gradients);
/* update_average.c: take the parameters into the mean, if it is their turn. */
void ln_update_average(LnUpdate *update, bool updated);
/* update_penalty.c: what the penalties come to; their gradient is added to the gradients, laid out by ranges. */
double ln_update_penalize(LnUpdate *update, float *gradients);
LnStatus ln_update_find_penalties(LnUpdate *update, LnError *err); /* of ranges that were made */
/* update_rates.c */
LnStatus ln_update_find_rates(LnUpdate *update, LnError *err); /* of ranges that were made */
/* update_copy.c: options that the update has of its own; to be dropped on failure too. */
LnStatus ln_update_copy_options(LnUpdate *update, const LnUpdateOptions *from, LnError *err);
void ln_update_drop_options(LnUpdate *update);

#endif
