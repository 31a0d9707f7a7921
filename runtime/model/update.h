/* What a trainer does with the gradients of a batch: settings that may change from step to step, and all that the next
 * step depends on besides network, items and data, by name, for checkpoints. */
#ifndef LUNET_MODEL_UPDATE_H
#define LUNET_MODEL_UPDATE_H

#include "model/network.h"

typedef struct LnUpdate LnUpdate; /* ln_trainer_update gives it; it lives with the trainer */

int64_t ln_update_count(const LnUpdate *update); /* updates so far */
/* The optimizer's options of these names at first. Fails where the optimizer has no such option, or where its option
 * may not have the value. */
double ln_update_lr(const LnUpdate *update);
double ln_update_weight_decay(const LnUpdate *update);
LnStatus ln_update_set_lr(LnUpdate *update, double lr, LnError *err);
LnStatus ln_update_set_weight_decay(LnUpdate *update, double weight_decay, LnError *err);

/* l1 sum |w| + l2 sum w^2, with the gradient l1 sign(w) + 2 l2 w; sign(0) = 0. */
typedef struct LnPenalty {
  double l1, l2;
} LnPenalty;

/* What a trainer does besides the optimizer's step. Zeros: nothing more. */
typedef struct LnUpdateOptions {
  LnItem *schedule;    /* an item of that kind, or NULL */
  int64_t steps;       /* updates of the run, for schedules that end; 0: nobody knows */
  double epoch_steps;  /* updates of an epoch, for those that count epochs; 0: nobody knows */
  /* All gradients are scaled down to this norm, the root of the sum of all squares, where theirs is larger, as by
   * torch.nn.utils.clip_grad_norm_; or each is brought into [-clip_value, clip_value]. 0: they are not. */
  double clip_norm, clip_value;
  int64_t accumulate;  /* batches to an update, with the mean of their gradients; 0, 1: each makes one */
  /* A running mean of the parameters, m += (1 - ema) (w - m), or the mean of all, as torch.optim.swa_utils has them, of
   * steps from + every, from + 2 every, ...; it begins with the first of them. Statistics such as those of batch_norm
   * are not averaged. */
  double ema;
  bool swa;
  int64_t average_from, average_every; /* 0: every step that updates */
  /* Factors on the rate of parameters by patterns of names (ln_network_freeze); where several meet, their product. */
  int n_rates;
  const char *const *rate_patterns;
  const double *rate_factors;
  /* Penalties by such patterns, which add to the loss and its gradient; where several meet, their sum. A pattern of a
   * layer's name is of the layer's kernels, not of biases and gains; one of a parameter's own name is of any. What is
   * frozen is not penalized. */
  int n_penalties;
  const char *const *penalty_patterns;
  const LnPenalty *penalties;
} LnUpdateOptions;

/* Before the first step. Takes a reference to the schedule and copies of the patterns. Patterns are looked for in the
 * network now, if it is built, or else at the first step. */
LnStatus ln_update_configure(LnUpdate *update, const LnUpdateOptions *options, LnError *err);
double ln_update_rate(const LnUpdate *update); /* of the latest update: lr times the schedule's factor; before: lr */
bool ln_update_due(const LnUpdate *update);    /* whether the next step will update the parameters */
/* The factor of the next update, where no item makes the schedule. */
LnStatus ln_update_set_factor(LnUpdate *update, double factor, LnError *err);
void ln_update_observe(LnUpdate *update, double loss); /* for schedules that follow one */
/* Exchange the parameters for their averages, and the other way round the next time. Steps are refused meanwhile.
 * Where nothing was averaged yet, the parameters stay. Fails where nothing will be. */
LnStatus ln_update_swap(LnUpdate *update, LnError *err);
bool ln_update_swapped(const LnUpdate *update);

/* ---- State ---- */

typedef struct LnStateName {
  char text[112]; /* "conv2d_1.weight.mean", "updates" */
} LnStateName;

/* Makes the state, of zeros, if no step has made it yet. The network must be built. */
LnStatus ln_update_prepare(LnUpdate *update, LnError *err);
/* Tensors: for each trained parameter the optimizer's; where gradients are accumulated their sum ("gradient"), and the
 * averages ("average"). 0 of them before the state is made. Each is a view, with a reference for the caller, in the shape of the parameter as users see it; it shares the trainer's memory, so that what
 * is written there is the state. Copied with the numbers, and written back, they go on bit for bit. */
int ln_update_state_tensors(const LnUpdate *update);
LnStateName ln_update_state_tensor_name(const LnUpdate *update, int index);
LnStatus ln_update_state_tensor(LnTensor **out, LnUpdate *update, int index, LnError *err);
/* Numbers: steps, updates, lr, weight_decay, what else there is to count, what the schedule keeps, and of each parameter how often it was updated ("conv2d_1.weight.updates").
 * Counts are whole numbers from 0 to 2^53. */
int ln_update_state_numbers(const LnUpdate *update);
LnStateName ln_update_state_number_name(const LnUpdate *update, int index);
bool ln_update_state_number_counts(const LnUpdate *update, int index); /* whether it is a count */
double ln_update_state_number(const LnUpdate *update, int index);
/* Whether a number may have that value; setting one that may not is a bug. */
LnStatus ln_update_check_state_number(const LnUpdate *update, int index, double value, LnError *err);
void ln_update_set_state_number(LnUpdate *update, int index, double value);

#endif
