/* Stochastic gradient descent, with momentum and Nesterov's form of it, as torch.optim.SGD. */
#include "optim/optim.h"

typedef struct Sgd {
  double lr, momentum, dampening, weight_decay;
  bool nesterov, maximize;
} Sgd;

static LnStatus check(const void *options, LnError *err) {
  const Sgd *o = options;
  if (o->nesterov && o->momentum == 0)
    return ln_fail(err, LN_EARG, "sgd: option 'nesterov' needs a momentum above 0, e.g. momentum = 0.9");
  if (o->dampening != 0 && o->momentum == 0)
    return ln_fail(err, LN_EARG, "sgd: option 'dampening' needs a momentum above 0, e.g. momentum = 0.9");
  if (o->nesterov && o->dampening != 0)
    return ln_fail(err, LN_EARG, "sgd: option 'nesterov' goes with a dampening of 0, got %g", o->dampening);
  return LN_OK;
}

static int states(const void *options, const char **names) {
  const Sgd *o = options;
  names[0] = "velocity";
  return o->momentum > 0 ? 1 : 0;
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Sgd *o = options;
  LnOptimSlope slope = ln_optim_slope(at, o->maximize, false);
  float lr = (float)at.lr, momentum = (float)o->momentum;
  if (o->momentum == 0) {
    for (int64_t i = 0; i < n; i++) w[i] -= lr * ln_optim_slope_at(slope, g[i], w[i]);
    return;
  }
  /* The velocity starts at 0, so the first step makes it the gradient, which PyTorch does not dampen. */
  float *restrict velocity = state[0];
  float share = at.number == 1 ? 1 : (float)(1 - o->dampening);
  float ahead = o->nesterov ? momentum : 1, here = o->nesterov ? 1 : 0;
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(slope, g[i], w[i]);
    velocity[i] = ln_optim_settle(momentum * velocity[i] + share * s, s);
    w[i] -= lr * (here * s + ahead * velocity[i]);
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Sgd, lr), .def = 1e-2, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    {.name = "momentum", .kind = LN_PARAM_FLOAT, .offset = offsetof(Sgd, momentum), .max = 1,
     .help = "share of the last update that is kept", .flags = LN_BELOW_MAX},
    {.name = "dampening", .kind = LN_PARAM_FLOAT, .offset = offsetof(Sgd, dampening), .max = 1,
     .help = "share of the gradient that does not get into the velocity, from step 2 on"},
    {.name = "nesterov", .kind = LN_PARAM_BOOL, .offset = offsetof(Sgd, nesterov),
     .help = "look ahead along the momentum"},
    LN_OPTIM_DECAY(Sgd),
    LN_OPTIM_MAXIMIZE(Sgd),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.1}"},
    {.options = "{\"lr\": 0.05, \"momentum\": 0.9}"},
    {.options = "{\"lr\": 0.05, \"momentum\": 0.9, \"nesterov\": true, \"weight_decay\": 0.01}"},
    {.options = "{\"lr\": 0.05, \"momentum\": 0.8, \"dampening\": 0.5}"},
    {0}};

const LnOptimType ln_optim_sgd = {
    .type = {.kind = "optim",
             .name = "sgd",
             .doc = "Stochastic gradient descent: v = momentum v + (1 - dampening) g, w -= lr v; v = g at first.\n"
                    "nesterov: w -= lr (g + momentum v). The formulas are PyTorch's: lr is outside the velocity.\n"
                    "Keras has it inside, v = momentum v - lr g, w += v: the same until lr changes. lr\n"
                    "defaults as in Keras (PyTorch: 0.001).\n"
                    "Source: Sutskever et al., On the importance of initialization and momentum, ICML 2013.",
             .size = sizeof(Sgd),
             .params = params,
             .cases = cases,
             .check = check},
    .states = states,
    .step = step,
};
