/* Adagrad, as torch.optim.Adagrad. */
#include "optim/optim.h"

typedef struct Adagrad {
  double lr, lr_decay, initial, eps, weight_decay;
  bool maximize;
} Adagrad;

static int states(const void *options, const char **names) {
  (void)options;
  names[0] = "sum";
  return 1;
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Adagrad *o = options;
  LnOptimSlope slope = ln_optim_slope(at, o->maximize, false);
  float lr = (float)(at.lr / (1 + (double)(at.number - 1) * o->lr_decay)), eps = (float)o->eps;
  float initial = at.number == 1 ? (float)o->initial : 0;
  float *restrict sum = state[0]; /* of all g^2 */
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(slope, g[i], w[i]);
    sum[i] = sum[i] + initial + s * s;
    w[i] -= lr * (s / (sqrtf(sum[i]) + eps));
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adagrad, lr), .def = 1e-2, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    {.name = "lr_decay", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adagrad, lr_decay), .max = DBL_MAX,
     .help = "at step t the rate is lr / (1 + (t - 1) lr_decay)"},
    {.name = "initial_accumulator_value", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adagrad, initial),
     .max = DBL_MAX, .help = "what the sum of squares starts with"},
    LN_OPTIM_EPS(Adagrad, 1e-10),
    LN_OPTIM_DECAY(Adagrad),
    LN_OPTIM_MAXIMIZE(Adagrad),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.1}"},
    {.options = "{\"lr\": 0.5, \"lr_decay\": 0.01, \"initial_accumulator_value\": 0.1, \"eps\": 1e-6, "
                "\"weight_decay\": 0.01}"},
    {0}};

const LnOptimType ln_optim_adagrad = {
    .type = {.kind = "optim",
             .name = "adagrad",
             .doc = "Adagrad: s = s + g^2, w -= lr g / (sqrt(s) + eps).\n"
                    "Formulas, defaults: PyTorch's. Keras has eps under the root, sqrt(s + eps), lr 0.001,\n"
                    "initial_accumulator_value 0.1 and eps 1e-7.\n"
                    "Source: Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic\n"
                    "optimization, JMLR 12, 2011.",
             .size = sizeof(Adagrad),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
