/* RMSprop, as torch.optim.RMSprop. */
#include <float.h>
#include <math.h>

#include "optim/optim.h"

typedef struct Rmsprop {
  double lr, rho, eps, momentum, weight_decay;
} Rmsprop;

static int n_states(const void *options) {
  const Rmsprop *o = options;
  return o->momentum > 0 ? 2 : 1;
}

static void step(const void *options, float *restrict w, const float *restrict g, float *const *state, int64_t n,
                 int64_t number) {
  (void)number;
  const Rmsprop *o = options;
  float lr = (float)o->lr, rho = (float)o->rho, one_minus_rho = (float)(1 - o->rho), eps = (float)o->eps;
  float momentum = (float)o->momentum, decay = (float)o->weight_decay;
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
    {"lr", LN_PARAM_FLOAT, offsetof(Rmsprop, lr), 1e-3, 0, DBL_MAX, "learning rate", NULL, LN_POSITIONAL},
    {"rho", LN_PARAM_FLOAT, offsetof(Rmsprop, rho), 0.9, 0, 1,
     "share of the running mean that is kept (PyTorch: alpha)", NULL, LN_BELOW_MAX},
    {"eps", LN_PARAM_FLOAT, offsetof(Rmsprop, eps), 1e-8, 1e-30, DBL_MAX, "added to the root, against division by 0",
     NULL, 0},
    {"momentum", LN_PARAM_FLOAT, offsetof(Rmsprop, momentum), 0, 0, 1, "share of the last update that is kept", NULL,
     LN_BELOW_MAX},
    {"weight_decay", LN_PARAM_FLOAT, offsetof(Rmsprop, weight_decay), 0, 0, DBL_MAX,
     "adds this times w to the gradient", NULL, 0},
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
    .n_states = n_states,
    .step = step,
};
