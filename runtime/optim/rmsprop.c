/* RMSprop, as torch.optim.RMSprop. */
#include <float.h>
#include <math.h>

#include "optim/optim.h"

typedef struct Rmsprop {
  double lr, rho, eps, momentum, weight_decay;
} Rmsprop;

static int states(const void *options, const char **names) {
  const Rmsprop *o = options;
  names[0] = "square", names[1] = "velocity";
  return o->momentum > 0 ? 2 : 1;
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Rmsprop *o = options;
  float lr = (float)at.lr, rho = (float)o->rho, one_minus_rho = (float)(1 - o->rho), eps = (float)o->eps;
  float momentum = (float)o->momentum, decay = (float)at.weight_decay;
  float *restrict square = state[0]; /* running mean of g^2 */
  if (o->momentum == 0) {
    for (int64_t i = 0; i < n; i++) {
      float slope = g[i] + decay * w[i];
      square[i] = ln_optim_settle(rho * square[i] + one_minus_rho * slope * slope, slope);
      w[i] -= lr * (slope / (sqrtf(square[i]) + eps));
    }
    return;
  }
  float *restrict velocity = state[1];
  for (int64_t i = 0; i < n; i++) {
    float slope = g[i] + decay * w[i];
    square[i] = ln_optim_settle(rho * square[i] + one_minus_rho * slope * slope, slope);
    velocity[i] = ln_optim_settle(momentum * velocity[i] + slope / (sqrtf(square[i]) + eps), slope);
    w[i] -= lr * velocity[i];
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, lr), .def = 1e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    {.name = "rho", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, rho), .def = 0.9, .max = 1,
     .help = "share of the running mean that is kept (PyTorch: alpha)", .flags = LN_BELOW_MAX},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, eps), .def = 1e-8, .min = 1e-30,
     .max = DBL_MAX, .help = "added to the root, against division by 0"},
    {.name = "momentum", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, momentum), .max = 1,
     .help = "share of the last update that is kept", .flags = LN_BELOW_MAX},
    {.name = "weight_decay", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, weight_decay), .max = DBL_MAX,
     .help = "adds this times w to the gradient"},
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.01}"},
    {.options = "{\"lr\": 0.01, \"rho\": 0.99, \"eps\": 1e-6, \"momentum\": 0.5, \"weight_decay\": 0.01}"},
    {0}};

const LnOptimType ln_optim_rmsprop = {
    .type = {.kind = "optim",
             .name = "rmsprop",
             .doc = "RMSprop: m = rho m + (1 - rho) g^2, w -= lr g / (sqrt(m) + eps).\n"
                    "With momentum the fraction feeds a velocity first. The formulas are PyTorch's; lr, rho default\n"
                    "as in Keras (PyTorch: lr 0.01, alpha 0.99).\n"
                    "Source: Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6e, 2012.",
             .size = sizeof(Rmsprop),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
