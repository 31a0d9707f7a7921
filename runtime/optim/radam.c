/* Rectified Adam, as torch.optim.RAdam. */
#include "optim/optim.h"

typedef struct Radam {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled, maximize;
} Radam;

static int states(const void *options, const char **names) {
  (void)options;
  names[0] = "mean", names[1] = "square";
  return 2;
}

/* The rectification of step t; 0 while the variance of the adaptive rate cannot be told (rho of at most 5). */
static double rectification(const Radam *o, double t) {
  double most = 2 / (1 - o->beta2) - 1, power = pow(o->beta2, t), rho = most - 2 * t * power / (1 - power);
  if (!(rho > 5)) return 0;
  return sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Radam *o = options;
  LnOptimSlope slope = ln_optim_slope(at, o->maximize, o->decoupled);
  float beta1 = (float)o->beta1, one_minus_beta1 = (float)(1 - o->beta1), eps = (float)o->eps;
  float beta2 = (float)o->beta2, one_minus_beta2 = (float)(1 - o->beta2);
  double t = (double)at.number, unbiased = at.lr / (1 - pow(o->beta1, t)), rectified = rectification(o, t);
  bool adaptive = rectified > 0;
  float rate = (float)(adaptive ? unbiased * rectified * sqrt(1 - pow(o->beta2, t)) : unbiased);
  float *restrict mean = state[0], *restrict square = state[1]; /* running means of g and g^2 */
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(slope, g[i], w[i]);
    float alive = fabsf(s) + fabsf(mean[i]); /* as in adam.c */
    float m = ln_optim_settle(beta1 * mean[i] + one_minus_beta1 * s, s);
    float v = ln_optim_settle(beta2 * square[i] + one_minus_beta2 * s * s, alive);
    mean[i] = m, square[i] = v;
    w[i] = slope.shrink * w[i] - rate * (adaptive ? m / (sqrtf(v) + eps) : m);
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Radam, lr), .def = 1e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    LN_OPTIM_BETAS(Radam),
    LN_OPTIM_EPS(Radam, 1e-8),
    LN_OPTIM_DECAY_OR_SHRINK(Radam),
    LN_OPTIM_MAXIMIZE(Radam),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.05}"},
    {.options = "{\"lr\": 0.05, \"beta1\": 0.5, \"beta2\": 0.9, \"eps\": 1e-6, \"weight_decay\": 0.01}"},
    {.options = "{\"lr\": 0.05, \"weight_decay\": 0.1, \"decoupled_weight_decay\": true}"},
    {0}};

const LnOptimType ln_optim_radam = {
    .type = {.kind = "optim",
             .name = "radam",
             .doc = "Rectified Adam: w -= lr r m' sqrt(1 - beta2^t) / (sqrt(v) + eps), with adam's m, m' and v.\n"
                    "r^2 = (rho - 4) (rho - 2) R / ((R - 4) (R - 2) rho), with R = 2 / (1 - beta2) - 1 and rho = R -\n"
                    "2 t beta2^t / (1 - beta2^t). While rho is at most 5 (five steps by default): w -= lr m'.\n"
                    "Formulas, defaults: PyTorch's, with eps added to sqrt(v) and not to sqrt(v') as in adam. Keras\n"
                    "has none.\n"
                    "Source: Liu et al., On the variance of the adaptive learning rate and beyond, ICLR 2020,\n"
                    "arXiv:1908.03265.",
             .size = sizeof(Radam),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
