/* Optimizers: one file an item, listed in optim.def. */
#ifndef LUNET_OPTIM_OPTIM_H
#define LUNET_OPTIM_OPTIM_H

#include <float.h>
#include <math.h>

#include "base/type.h"

#define LN_OPTIM_MAX_STATES 3

typedef struct LnOptimType {
  LnType type;
  /* How many arrays of a parameter's size the state needs (e.g. 2 for Adam's moments); zeroed before the first step. */
  int (*n_states)(const void *options);
  /* Update n parameters in place. w: parameters, g: gradients, states: state arrays of the same length, step: 1, 2, ...
   * Elementwise, so any split of the range gives the same bits. Cannot fail. */
  void (*step)(const void *options, float *w, const float *g, float *const *states, int64_t n, int64_t step);
} LnOptimType;

/* A running mean on its way to storage; `driver` is 0 where nothing was added to it. The means of parameters that get
 * no gradient any more (dead ReLUs) would decay into denormal numbers and stay there, each costing a processor's trap
 * into microcode, so they end at 0. Means of gradients that are only small are kept, however small: steps are divided
 * by their roots. (& and not &&: loops with branches are not vectorised.) */
static inline float ln_optim_settle(float mean, float driver) {
  bool settled = (driver == 0) & (fabsf(mean) < FLT_MIN);
  return settled ? 0 : mean;
}

#define X(name) extern const LnOptimType ln_optim_##name;
#include "optim/optim.def"
#undef X

extern const LnKind ln_optim_kind;

#endif
