/* Optimizers: one file an item, listed in optim.def. */
#ifndef LUNET_OPTIM_OPTIM_H
#define LUNET_OPTIM_OPTIM_H

#include <float.h>
#include <math.h>

#include "base/type.h"

#define LN_OPTIM_MAX_STATES 4

/* One update. The options say what rate and decay a run starts with; schedules and users change them on the way. */
typedef struct LnOptimStep {
  int64_t number;          /* 1, 2, ...: of the updates of these parameters */
  double lr, weight_decay; /* of this update, in place of the options of those names */
} LnOptimStep;

typedef struct LnOptimType {
  LnType type;
  /* The arrays of a parameter's size that it keeps, zeroed before the first step: their names (e.g. "mean" and "square"
   * for Adam's moments), by which files know them, into LN_OPTIM_MAX_STATES entries. Returns how many. */
  int (*states)(const void *options, const char **names);
  /* Update n parameters in place. w: parameters, g: gradients, states: state arrays of the same length. Elementwise, so
   * any split of the range gives the same bits. Cannot fail. */
  void (*step)(const void *options, LnOptimStep at, float *w, const float *g, float *const *states, int64_t n);
} LnOptimType;

/* With the rate and the decay of the options; a decay of 0 where there is no such option. */
LnOptimStep ln_optim_at(LnItem *optim, int64_t number);
int ln_optim_states(LnItem *optim); /* how many it keeps */

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
