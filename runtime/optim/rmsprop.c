/* RMSprop, as torch.optim.RMSprop. */
#include "optim/optim.h"

typedef struct Rmsprop {
  double lr, rho, eps, momentum, weight_decay;
  bool centered, maximize;
} Rmsprop;

static int states(const void *options, const char **names) {
  const Rmsprop *o = options;
  int n = 0;
  names[n++] = "square";
  if (o->momentum > 0) names[n++] = "velocity";
  if (o->centered) names[n++] = "mean";
  return n;
}

/* What a step works with. */
typedef struct Rates {
  LnOptimSlope slope;
  float lr, rho, one_minus_rho, eps, momentum;
} Rates;

/* Running means of g^2 and, if centered, of g; the velocity, with momentum. The flags are constants to the compiler. */
static inline void walk(Rates r, bool centered, bool moving, float *restrict w, const float *restrict g,
                        float *restrict square, float *restrict velocity, float *restrict mean, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(r.slope, g[i], w[i]);
    float spread = square[i] = ln_optim_settle(r.rho * square[i] + r.one_minus_rho * s * s, s);
    if (centered) {
      mean[i] = ln_optim_settle(r.rho * mean[i] + r.one_minus_rho * s, s);
      spread -= mean[i] * mean[i];
      spread = spread > 0 ? spread : 0; /* below 0 by rounding, where all gradients are alike: PyTorch gives NaN */
    }
    float delta = s / (sqrtf(spread) + r.eps);
    if (moving) delta = velocity[i] = ln_optim_settle(r.momentum * velocity[i] + delta, s);
    w[i] -= r.lr * delta;
  }
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Rmsprop *o = options;
  Rates r = {ln_optim_slope(at, o->maximize, false), (float)at.lr, (float)o->rho, (float)(1 - o->rho), (float)o->eps,
             (float)o->momentum};
  bool moving = o->momentum > 0;
  if (o->centered && moving) walk(r, true, true, w, g, state[0], state[1], state[2], n);
  else if (o->centered) walk(r, true, false, w, g, state[0], NULL, state[1], n);
  else if (moving) walk(r, false, true, w, g, state[0], state[1], NULL, n);
  else walk(r, false, false, w, g, state[0], NULL, NULL, n);
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, lr), .def = 1e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    {.name = "rho", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, rho), .def = 0.9, .max = 1,
     .help = "share of the running mean that is kept (PyTorch: alpha)", .flags = LN_BELOW_MAX},
    LN_OPTIM_EPS(Rmsprop, 1e-8),
    {.name = "momentum", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rmsprop, momentum), .max = 1,
     .help = "share of the last update that is kept", .flags = LN_BELOW_MAX},
    {.name = "centered", .kind = LN_PARAM_BOOL, .offset = offsetof(Rmsprop, centered),
     .help = "divide by the gradient's standard deviation, the root of mean g^2 - (mean g)^2"},
    LN_OPTIM_DECAY(Rmsprop),
    LN_OPTIM_MAXIMIZE(Rmsprop),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.01}"},
    {.options = "{\"lr\": 0.01, \"rho\": 0.99, \"eps\": 1e-6, \"momentum\": 0.5, \"weight_decay\": 0.01}"},
    {.options = "{\"lr\": 0.002, \"centered\": true, \"eps\": 1e-3}"},
    {.options = "{\"lr\": 0.002, \"centered\": true, \"momentum\": 0.5, \"eps\": 1e-3}"},
    {0}};

const LnOptimType ln_optim_rmsprop = {
    .type = {.kind = "optim",
             .name = "rmsprop",
             .doc = "RMSprop: m = rho m + (1 - rho) g^2, w -= lr g / (sqrt(m) + eps).\n"
                    "With momentum the fraction feeds a velocity first. The formulas are PyTorch's; Keras has eps\n"
                    "(1e-7) under the root, and lr inside the velocity. lr, rho default as in Keras (PyTorch: lr\n"
                    "0.01, alpha 0.99).\n"
                    "Source: Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; centered:\n"
                    "Graves, Generating sequences with recurrent neural networks, arXiv:1308.0850, 2013.",
             .size = sizeof(Rmsprop),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
