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

/* ---- State ---- */

typedef struct LnStateName {
  char text[112]; /* "conv2d_1.weight.mean", "updates" */
} LnStateName;

/* Makes the state, of zeros, if no step has made it yet. The network must be built. */
LnStatus ln_update_prepare(LnUpdate *update, LnError *err);
/* Tensors: for each trained parameter the optimizer's. 0 of them before the state is made. Each is a view, with a
 * reference for the caller, in the shape of the parameter as users see it; it shares the trainer's memory, so that what
 * is written there is the state. Copied with the numbers, and written back, they go on bit for bit. */
int ln_update_state_tensors(const LnUpdate *update);
LnStateName ln_update_state_tensor_name(const LnUpdate *update, int index);
LnStatus ln_update_state_tensor(LnTensor **out, LnUpdate *update, int index, LnError *err);
/* Numbers: steps, updates, lr, weight_decay, and of each parameter how often it was updated ("conv2d_1.weight.updates").
 * Counts are whole numbers from 0 to 2^53. */
int ln_update_state_numbers(const LnUpdate *update);
LnStateName ln_update_state_number_name(const LnUpdate *update, int index);
bool ln_update_state_number_counts(const LnUpdate *update, int index); /* whether it is a count */
double ln_update_state_number(const LnUpdate *update, int index);
/* Whether a number may have that value; setting one that may not is a bug. */
LnStatus ln_update_check_state_number(const LnUpdate *update, int index, double value, LnError *err);
void ln_update_set_state_number(LnUpdate *update, int index, double value);

#endif
