/* Training: one step a batch. */
#ifndef LUNET_MODEL_TRAINER_H
#define LUNET_MODEL_TRAINER_H

#include "model/network.h"
#include "model/update.h"

typedef struct LnTrainer LnTrainer;

/* loss and optim are items of those kinds. Takes its own references. */
LnStatus ln_trainer_new(LnTrainer **out, LnNetwork *net, LnItem *loss, LnItem *optim, LnError *err);
/* For a network of several outputs: a loss for each, times a weight above 0 in the sum that is trained. */
typedef struct LnOutputLoss {
  LnItem *loss;
  double weight;
} LnOutputLoss;
LnStatus ln_trainer_new_weighted(LnTrainer **out, LnNetwork *net, const LnOutputLoss *losses, int n, LnItem *optim,
                                 LnError *err);
/* What layers draw random numbers from in training (dropout), together with the sample and the number of steps that the
 * network was trained, by whichever trainer; 0 if never called. */
void ln_trainer_seed(LnTrainer *trainer, uint64_t seed);
void ln_trainer_unref(LnTrainer *trainer);

/* Forward, backward and update on one batch. input: N,C,H,W, one of each input; target: N and the shape of an output,
 * one of each. *loss: mean over the batch before the update. Fails with LN_ENUMERIC, the parameters untouched, when the
 * loss or a gradient is not finite. Samples are shared out over threads; the result does not depend on how many. */
LnStatus ln_trainer_step_all(LnTrainer *trainer, double *loss, LnTensor *const *input, LnTensor *const *target,
                         LnError *err);
/* The mean loss without an update. */
LnStatus ln_trainer_evaluate_all(LnTrainer *trainer, double *loss, LnTensor *const *input, LnTensor *const *target,
                                 LnError *err);
/* What each output's loss was, not weighted, when the latest of these calls succeeded. */
const double *ln_trainer_parts(const LnTrainer *trainer);
/* Gradients of the mean loss, without an update, for tests: out[i] for tensor i of the network (NULL if not trained),
 * and with respect to the inputs when d_input is not NULL. The network must be built, and out have
 * ln_network_tensors entries. */
LnStatus ln_trainer_gradients_all(LnTrainer *trainer, double *loss, LnTensor **out, LnTensor **d_input,
                              LnTensor *const *input, LnTensor *const *target, LnError *err);
/* Whether the loss is made for what the network gives as that output, as far as its last layers tell, and for the
 * targets. Messages: "the loss bce takes ...". */
LnStatus ln_trainer_check_loss(const LnNetwork *net, int output, LnItem *loss, LnTensor *target, LnError *err);
int64_t ln_trainer_steps(const LnTrainer *trainer); /* taken so far */
LnNetwork *ln_trainer_network(LnTrainer *trainer);  /* borrowed */
LnUpdate *ln_trainer_update(LnTrainer *trainer);    /* rates, state and all else about updates; borrowed */

/* ---- The same for networks of one input and one output ---- */

static inline LnStatus ln_trainer_step(LnTrainer *trainer, double *loss, LnTensor *input, LnTensor *target,
                                       LnError *err) {
  return ln_trainer_step_all(trainer, loss, &input, &target, err);
}
static inline LnStatus ln_trainer_evaluate(LnTrainer *trainer, double *loss, LnTensor *input, LnTensor *target,
                                           LnError *err) {
  return ln_trainer_evaluate_all(trainer, loss, &input, &target, err);
}
static inline LnStatus ln_trainer_gradients(LnTrainer *trainer, double *loss, LnTensor **out, LnTensor **d_input,
                                            LnTensor *input, LnTensor *target, LnError *err) {
  return ln_trainer_gradients_all(trainer, loss, out, d_input, &input, &target, err);
}

#endif
