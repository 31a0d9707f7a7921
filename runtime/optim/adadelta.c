/* Adadelta, as torch.optim.Adadelta, with the paper's constants. */
#include "optim/optim.h"

typedef struct Adadelta {
  double lr, rho, eps, weight_decay;
  bool maximize;
} Adadelta;

static int states(const void *options, const char **names) {
  (void)options;
  names[0] = "square", names[1] = "update";
  return 2;
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Adadelta *o = options;
  LnOptimSlope slope = ln_optim_slope(at, o->maximize, false);
  float lr = (float)at.lr, rho = (float)o->rho, one_minus_rho = (float)(1 - o->rho), eps = (float)o->eps;
  float *restrict square = state[0], *restrict update = state[1]; /* running means of g^2 and of (step / lr)^2 */
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(slope, g[i], w[i]);
    square[i] = ln_optim_settle(rho * square[i] + one_minus_rho * s * s, s);
    float delta = sqrtf(update[i] + eps) / sqrtf(square[i] + eps) * s;
    update[i] = ln_optim_settle(rho * update[i] + one_minus_rho * delta * delta, delta);
    w[i] -= lr * delta;
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adadelta, lr), .def = 1, .max = DBL_MAX,
     .help = "factor on the step the method chooses", .flags = LN_POSITIONAL},
    {.name = "rho", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adadelta, rho), .def = 0.95, .max = 1,
     .help = "share of the running means that is kept", .flags = LN_BELOW_MAX},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Adadelta, eps), .def = 1e-8, .min = 1e-30,
     .max = DBL_MAX, .help = "added under the roots; sets the first steps' size"},
    LN_OPTIM_DECAY(Adadelta),
    LN_OPTIM_MAXIMIZE(Adadelta),
    {0}};

static const LnCase cases[] = {
    {.options = "{}"},
    {.options = "{\"lr\": 0.5, \"rho\": 0.9, \"eps\": 1e-6, \"weight_decay\": 0.01}"},
    {0}};

const LnOptimType ln_optim_adadelta = {
    .type = {.kind = "optim",
             .name = "adadelta",
             .doc = "Adadelta: w -= lr RMS(past steps) / RMS(gradients) g, with RMS(x) = sqrt(mean x^2 + eps).\n"
                    "The means run: m = rho m + (1 - rho) x^2. The defaults are those of Keras 1, in which Gondara\n"
                    "2016 was made (PyTorch: rho 0.9, eps 1e-6; later Keras: lr 0.001, eps 1e-7).\n"
                    "Source: Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701, 2012.",
             .size = sizeof(Adadelta),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
