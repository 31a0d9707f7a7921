/* Adam and AdamW, as torch.optim.Adam. */
#include <float.h>
#include <math.h>

#include "optim/optim.h"

typedef struct Adam {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;
} Adam;

static int states(const void *options, const char **names) {
  (void)options;
  names[0] = "mean", names[1] = "square";
  return 2;
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Adam *o = options;
  float beta1 = (float)o->beta1, one_minus_beta1 = (float)(1 - o->beta1);
  float beta2 = (float)o->beta2, one_minus_beta2 = (float)(1 - o->beta2), eps = (float)o->eps;
  /* The means start at 0: divided by 1 - beta^t they are unbiased. */
  float rate = (float)(at.lr / (1 - pow(o->beta1, (double)at.number)));
  float root = (float)sqrt(1 - pow(o->beta2, (double)at.number));
  float decay = o->decoupled ? 0 : (float)at.weight_decay;
  float shrink = o->decoupled ? (float)(1 - at.lr * at.weight_decay) : 1;
  float *restrict mean = state[0], *restrict square = state[1]; /* running means of g and g^2 */
  for (int64_t i = 0; i < n; i++) {
    float slope = g[i] + decay * w[i];
    float alive = fabsf(slope) + fabsf(mean[i]); /* the square outlives the mean, which is divided by its root */
    float m = ln_optim_settle(beta1 * mean[i] + one_minus_beta1 * slope, slope);
    float v = ln_optim_settle(beta2 * square[i] + one_minus_beta2 * slope * slope, alive);
    mean[i] = m, square[i] = v;
    w[i] = shrink * w[i] - rate * (m / (sqrtf(v) / root + eps));
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adam, lr), .def = 1e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    {.name = "beta1", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adam, beta1), .def = 0.9, .max = 1,
     .help = "share of the running mean of g that is kept", .flags = LN_BELOW_MAX},
    {.name = "beta2", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adam, beta2), .def = 0.999, .max = 1,
     .help = "share of the running mean of g^2 that is kept", .flags = LN_BELOW_MAX},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adam, eps), .def = 1e-8, .min = 1e-30, .max = DBL_MAX,
     .help = "added to the root, against division by 0"},
    {.name = "weight_decay", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adam, weight_decay), .max = DBL_MAX,
     .help = "adds this times w to the gradient, or shrinks w by lr times this if decoupled"},
    {.name = "decoupled_weight_decay", .kind = LN_PARAM_BOOL, .offset = offsetof(Adam, decoupled),
     .help = "keep the decay out of the running means: AdamW"},
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.05}"},
    {.options = "{\"lr\": 0.05, \"beta1\": 0.5, \"beta2\": 0.9, \"eps\": 1e-6, \"weight_decay\": 0.01}"},
    {.options = "{\"lr\": 0.05, \"weight_decay\": 0.1, \"decoupled_weight_decay\": true}"},
    {0}};

const LnOptimType ln_optim_adam = {
    .type = {.kind = "optim",
             .name = "adam",
             .doc = "Adam: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, w -= lr m' / (sqrt(v') + eps).\n"
                    "m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t) at step t. Formulas, defaults: PyTorch's;\n"
                    "weight_decay with decoupled_weight_decay = true is AdamW.\n"
                    "Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980;\n"
                    "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019, arXiv:1711.05101.",
             .size = sizeof(Adam),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
