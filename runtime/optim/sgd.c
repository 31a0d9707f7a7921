/* Stochastic gradient descent, with momentum and Nesterov's form of it, as torch.optim.SGD. */
#include <float.h>

#include "optim/optim.h"

typedef struct Sgd {
  double lr, momentum, weight_decay;
  bool nesterov;
} Sgd;

static LnStatus check(const void *options, LnError *err) {
  const Sgd *o = options;
  if (o->nesterov && o->momentum == 0)
    return ln_fail(err, LN_EARG, "sgd: option 'nesterov' needs a momentum above 0, e.g. momentum = 0.9");
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
  float lr = (float)at.lr, momentum = (float)o->momentum, decay = (float)at.weight_decay;
  if (o->momentum == 0) {
    for (int64_t i = 0; i < n; i++) w[i] -= lr * (g[i] + decay * w[i]);
    return;
  }
  /* The velocity starts at 0, so the first step makes it the gradient. */
  float *restrict velocity = state[0];
  float ahead = o->nesterov ? momentum : 1, here = o->nesterov ? 1 : 0;
  for (int64_t i = 0; i < n; i++) {
    float slope = g[i] + decay * w[i];
    velocity[i] = ln_optim_settle(momentum * velocity[i] + slope, slope);
    w[i] -= lr * (here * slope + ahead * velocity[i]);
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Sgd, lr), .def = 1e-2, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    {.name = "momentum", .kind = LN_PARAM_FLOAT, .offset = offsetof(Sgd, momentum), .max = 1,
     .help = "share of the last update that is kept", .flags = LN_BELOW_MAX},
    {.name = "nesterov", .kind = LN_PARAM_BOOL, .offset = offsetof(Sgd, nesterov),
     .help = "look ahead along the momentum"},
    {.name = "weight_decay", .kind = LN_PARAM_FLOAT, .offset = offsetof(Sgd, weight_decay), .max = DBL_MAX,
     .help = "adds this times w to the gradient"},
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.1}"},
    {.options = "{\"lr\": 0.05, \"momentum\": 0.9}"},
    {.options = "{\"lr\": 0.05, \"momentum\": 0.9, \"nesterov\": true, \"weight_decay\": 0.01}"},
    {0}};

const LnOptimType ln_optim_sgd = {
    .type = {.kind = "optim",
             .name = "sgd",
             .doc = "Stochastic gradient descent: v = momentum v + g, w -= lr v.\n"
                    "nesterov: w -= lr (g + momentum v). The formulas are PyTorch's: lr is outside the velocity.\n"
                    "Source: Sutskever et al., On the importance of initialization and momentum, ICML 2013.",
             .size = sizeof(Sgd),
             .params = params,
             .cases = cases,
             .check = check},
    .states = states,
    .step = step,
};
