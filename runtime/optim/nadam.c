/* Adam with Nesterov's momentum, as torch.optim.NAdam. */
#include "optim/optim.h"

typedef struct Nadam {
  double lr, beta1, beta2, eps, momentum_decay, weight_decay;
  bool decoupled, maximize;
} Nadam;

static int states(const void *options, const char **names) {
  (void)options;
  names[0] = "mean", names[1] = "square";
  return 2;
}

/* log(0.96) momentum_decay: by this the logarithm of what momentum still lacks falls in each step. */
static double fall(const Nadam *o) {
  return log(0.96) * o->momentum_decay;
}

/* The momentum of step t: mu(t) = beta1 (1 - q^t / 2), q = 0.96^momentum_decay. */
static double momentum_at(const Nadam *o, double t) {
  return o->beta1 * (1 - 0.5 * exp(fall(o) * t));
}

/* mu(1) mu(2) ... mu(t), of which t alone decides, so that it need not be saved: beta1^t times the exponential of
 * sum log(1 - q^i / 2) = - sum over k of 2^-k / k (q^k + q^2k + ... + q^tk), whose sums in brackets are geometric. */
static double momentum_product(const Nadam *o, double t) {
  double sum = 0, half = 0.5, q = fall(o), most = pow(o->beta1, t);
  if (most < 1e-17) return 0; /* less than 1 - p can show */
  for (int k = 1; k <= 60; k++, half *= 0.5) {
    double one = expm1(q * k);
    sum += half / k * (one == 0 ? t : exp(q * k) * expm1(q * k * t) / one);
  }
  return most * exp(-sum);
}

static void step(const void *options, LnOptimStep at, float *restrict w, const float *restrict g, float *const *state,
                 int64_t n) {
  const Nadam *o = options;
  LnOptimSlope slope = ln_optim_slope(at, o->maximize, o->decoupled);
  float beta1 = (float)o->beta1, one_minus_beta1 = (float)(1 - o->beta1), eps = (float)o->eps;
  float beta2 = (float)o->beta2, one_minus_beta2 = (float)(1 - o->beta2);
  double t = (double)at.number, mu = momentum_at(o, t), next = momentum_at(o, t + 1), product = momentum_product(o, t);
  float of_slope = (float)(at.lr * (1 - mu) / (1 - product)), of_mean = (float)(at.lr * next / (1 - product * next));
  float root = (float)sqrt(1 - pow(o->beta2, t));
  float *restrict mean = state[0], *restrict square = state[1]; /* running means of g and g^2 */
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(slope, g[i], w[i]);
    float alive = fabsf(s) + fabsf(mean[i]); /* as in adam.c */
    float m = ln_optim_settle(beta1 * mean[i] + one_minus_beta1 * s, s);
    float v = ln_optim_settle(beta2 * square[i] + one_minus_beta2 * s * s, alive);
    mean[i] = m, square[i] = v;
    w[i] = slope.shrink * w[i] - (of_slope * s + of_mean * m) / (sqrtf(v) / root + eps);
  }
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(Nadam, lr), .def = 2e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    LN_OPTIM_BETAS(Nadam),
    LN_OPTIM_EPS(Nadam, 1e-8),
    {.name = "momentum_decay", .kind = LN_PARAM_FLOAT, .offset = offsetof(Nadam, momentum_decay), .def = 4e-3,
     .max = DBL_MAX, .help = "how fast the momentum grows from beta1 / 2 to beta1; Keras: 1"},
    LN_OPTIM_DECAY_OR_SHRINK(Nadam),
    LN_OPTIM_MAXIMIZE(Nadam),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.05}"},
    {.options = "{\"lr\": 0.05, \"beta1\": 0.5, \"beta2\": 0.9, \"eps\": 1e-6, \"momentum_decay\": 1, "
                "\"weight_decay\": 0.01}"},
    {.options = "{\"lr\": 0.05, \"weight_decay\": 0.1, \"decoupled_weight_decay\": true}"},
    {0}};

const LnOptimType ln_optim_nadam = {
    .type = {.kind = "optim",
             .name = "nadam",
             .doc = "Adam with Nesterov's momentum: w -= lr (a g + b m) / (sqrt(v') + eps), with adam's m, v and v'.\n"
                    "a = (1 - mu(t)) / (1 - p(t)), b = mu(t + 1) / (1 - p(t + 1)), where the momentum of step t is\n"
                    "mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2) and p(t) = mu(1) mu(2) ... mu(t). Formulas,\n"
                    "defaults: PyTorch's. Keras: lr 0.001, eps 1e-7, a momentum_decay of 1.\n"
                    "Source: Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop, 2016.",
             .size = sizeof(Nadam),
             .params = params,
             .cases = cases},
    .states = states,
    .step = step,
};
