/* Inside model/: what a trainer and a batch at work consist of, for trainer.c and the files named trainer_*.c. */
#ifndef LUNET_MODEL_TRAINER_PARTS_H
#define LUNET_MODEL_TRAINER_PARTS_H

#include <stdatomic.h>

#include "model/network_parts.h"
#include "model/shards.h"
#include "model/trainer.h"
#include "model/update_parts.h"

struct LnTrainer {
  int refs;
  LnNetwork *net;
  int n_ends;            /* outputs of the network; for each: */
  LnOutputLoss loss[LN_MAX_ENDS];
  LnUpdate update;       /* the optimizer, its state, where parameters lie in gradients */
  uint64_t seed;
  /* Made at the first step, and again when the network's shape changes. */
  LnPlan *plan;
  uint64_t shapes;       /* of the network when the plan was made */
  uint64_t freezes;      /* likewise */
  uint64_t version;      /* of the parameters packed in the plan */
  bool input_grad;
  bool logits[LN_MAX_ENDS]; /* the loss contains the final activation */
  bool by_batch;         /* all samples go forward before any goes back: each has an arena of its own */
  LnShards shards;       /* gradients */
  LnTensor *y[LN_MAX_ENDS], *dy[LN_MAX_ENDS]; /* by arena: outputs and their gradients */
  double *losses;        /* of each output, per sample */
  int64_t n_losses;
  float *scratch;        /* per worker: the losses' */
  int64_t n_scratch, scratch_size; /* in all; of one worker */
  double parts[LN_MAX_ENDS];
};

typedef struct LnTrainerBatch {
  LnTrainer *trainer;
  int64_t n;              /* samples */
  int shards;
  int n_inputs;
  LnTensor *input[LN_MAX_ENDS], *target[LN_MAX_ENDS]; /* contiguous */
  int64_t in_size[LN_MAX_ENDS], out_size[LN_MAX_ENDS];
  LnShape out[LN_MAX_ENDS];
  LnTensor **d_input;     /* or NULL */
  int segment;
  double loss[LN_MAX_ENDS]; /* what was worked out of the whole batch, for each output */
  bool begun;             /* ln_network_begin */
  atomic_bool not_finite; /* some gradient */
} LnTrainerBatch;

/* trainer_plan.c: what lasts from one batch to the next. */
LnStatus ln_trainer_make_plan(LnTrainer *t, bool input_grad, LnError *err);
void ln_trainer_drop_plan(LnTrainer *t);
LnStatus ln_trainer_make_scratch(LnTrainer *t, int workers, LnError *err);
LnStatus ln_trainer_make_workers(LnTrainer *t, int workers, int64_t n, LnError *err); /* with scratch; n: samples */
void ln_trainer_pack(LnTrainer *t); /* parameters that have changed go into the plan */

/* trainer_batch.c. A batch is checked, which builds the network; then it begins, takes its tensors, and ends, whatever
 * failed. */
LnStatus ln_trainer_check_batch(LnTrainerBatch *b, LnTensor *const *input, LnTensor *const *target, LnError *err);
LnStatus ln_trainer_begin_batch(LnTrainerBatch *b, LnError *err);
LnStatus ln_trainer_take_tensors(LnTrainerBatch *b, LnTensor *const *input, LnTensor *const *target, LnTensor **d_input,
                                 LnError *err);
void ln_trainer_end_batch(LnTrainerBatch *b);

/* trainer_loss.c: the losses of one sample, whose outputs are y, and their gradients; what comes on top out of the
 * whole batch, on this thread; after both the weighted sum of the outputs' losses, each the mean over the samples. */
void ln_trainer_sample_losses(const LnTrainerBatch *b, LnPlanSample sample, float *const *dy, float *const *y);
LnStatus ln_trainer_batch_losses(LnTrainerBatch *b, LnError *err);
double ln_trainer_total_loss(const LnTrainerBatch *b);

/* trainer_shards.c: all samples forward and backward. */
LnStatus ln_trainer_run_shards(LnTrainerBatch *b, LnError *err);

/* trainer_gradients.c: gradients of the mean loss, as the sum of trainer->shards. */
LnStatus ln_trainer_run_batch(LnTrainerBatch *b, double *loss, LnTensor *const *input, LnTensor *const *target,
                              LnTensor **d_input, LnError *err);

#endif
