/* Lion, whose steps have the signs of a momentum. */
#include "optim/optim.h"

typedef struct Lion {
  double lr, beta1, beta2, weight_decay;
  bool maximize;
} Lion;

static int states(const void *options, const char **names) {
  (void)options;
  names[0] = "mean";
  return 1;
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Lion *o = options;
  LnOptimSlope slope = ln_optim_slope(at, o->maximize, true);
  float lr = (float)at.lr, beta1 = (float)o->beta1, one_minus_beta1 = (float)(1 - o->beta1);
  float beta2 = (float)o->beta2, one_minus_beta2 = (float)(1 - o->beta2);
  float *restrict mean = state[0]; /* of g */
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(slope, g[i], w[i]);
    float way = beta1 * mean[i] + one_minus_beta1 * s;
    mean[i] = ln_optim_settle(beta2 * mean[i] + one_minus_beta2 * s, s);
    w[i] = slope.shrink * w[i] - (way > 0 ? lr : way < 0 ? -lr : 0);
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Lion, lr), .def = 1e-4, .max = DBL_MAX,
     .help = "learning rate, the size of every step; a third to a tenth of adamw's", .flags = LN_POSITIONAL},
    {.name = "beta1", .kind = LN_PARAM_FLOAT, .offset = offsetof(Lion, beta1), .def = 0.9, .max = 1,
     .help = "share of m in what gives a step its sign", .flags = LN_BELOW_MAX},
    {.name = "beta2", .kind = LN_PARAM_FLOAT, .offset = offsetof(Lion, beta2), .def = 0.99, .max = 1,
     .help = "share of m that is kept", .flags = LN_BELOW_MAX},
    LN_OPTIM_SHRINK(Lion, 0),
    LN_OPTIM_MAXIMIZE(Lion),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.002}"},
    {.options = "{\"lr\": 0.002, \"beta1\": 0.5, \"beta2\": 0.9, \"weight_decay\": 0.1}"},
    {0}};

const LnOptimType ln_optim_lion = {
    .type = {.kind = "optim",
             .name = "lion",
             .doc = "Lion: w -= lr sign(beta1 m + (1 - beta1) g), then m = beta2 m + (1 - beta2) g.\n"
                    "Every weight moves by lr, whatever its gradient. Weight decay is decoupled as in adamw, and\n"
                    "wants to be 3 to 10 times as much. Formulas, defaults: the paper's, which Keras has, too (lr\n"
                    "0.001 there); PyTorch has none.\n"
                    "Source: Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023,\n"
                    "arXiv:2302.06675.",
             .size = sizeof(Lion),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
