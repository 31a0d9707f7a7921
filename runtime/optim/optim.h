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

/* ---- What optimizers have in common ---- */

/* What a step does to gradients and parameters before the method's own formula. */
typedef struct LnOptimSlope {
  float sign;   /* on the gradient: -1 to go up */
  float decay;  /* times w, onto the gradient: coupled weight decay */
  float shrink; /* on w, before the step: decoupled weight decay */
} LnOptimSlope;

static inline LnOptimSlope ln_optim_slope(LnOptimStep at, bool maximize, bool decoupled) {
  return (LnOptimSlope){.sign = maximize ? -1 : 1,
                        .decay = decoupled ? 0 : (float)at.weight_decay,
                        .shrink = decoupled ? (float)(1 - at.lr * at.weight_decay) : 1};
}

static inline float ln_optim_slope_at(LnOptimSlope slope, float g, float w) {
  return slope.sign * g + slope.decay * w;
}

/* Entries of option tables. */
#define LN_OPTIM_MAXIMIZE(Options)                                                   \
  {.name = "maximize", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, maximize), \
   .help = "go up instead of down: turns the gradient's sign; weight decay still shrinks"}

#define LN_OPTIM_BETAS(Options)                                                                         \
  {.name = "beta1", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, beta1), .def = 0.9, .max = 1,   \
   .help = "share of the running mean of g that is kept", .flags = LN_BELOW_MAX},                       \
  {.name = "beta2", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, beta2), .def = 0.999, .max = 1, \
   .help = "share of the running mean of g^2 that is kept", .flags = LN_BELOW_MAX}

#define LN_OPTIM_EPS(Options, value)                                                                    \
  {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, eps), .def = value, .min = 1e-30, \
   .max = DBL_MAX, .help = "added to the root, against division by 0"}

#define LN_OPTIM_DECAY_(Options, value, text)                                                               \
  {.name = "weight_decay", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, weight_decay), .def = value, \
   .max = DBL_MAX, .help = text}
/* Coupled; decoupled; coupled unless a further option is set. */
#define LN_OPTIM_DECAY(Options) \
  LN_OPTIM_DECAY_(Options, 0, "adds this times w to the gradient (Keras: shrinks w by lr times this)")
#define LN_OPTIM_SHRINK(Options, value) \
  LN_OPTIM_DECAY_(Options, value, "shrinks w by lr times this before the step")
#define LN_OPTIM_DECAY_OR_SHRINK(Options)                                                                       \
  LN_OPTIM_DECAY_(Options, 0, "adds this times w to the gradient, or shrinks w by lr times this if decoupled"), \
  {.name = "decoupled_weight_decay", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, decoupled),             \
   .help = "keep the decay out of the running means, as adamw and Keras do"}

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
