/* Inside optim/: what adam and adamw share. */
#ifndef LUNET_OPTIM_ADAM_H
#define LUNET_OPTIM_ADAM_H

#include "optim/optim.h"

typedef struct LnAdam {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled, amsgrad, maximize;
} LnAdam;

int ln_adam_states(const void *options, const char **names);
void ln_adam_step(const LnAdam *options, bool decoupled, LnOptimStep at, float *w, const float *g, float *const *states,
                  int64_t n);

#define LN_ADAM_AMSGRAD                                                          \
  {.name = "amsgrad", .kind = LN_PARAM_BOOL, .offset = offsetof(LnAdam, amsgrad), \
   .help = "divide by the root of the largest v so far (Reddi et al., ICLR 2018)"}

#endif
