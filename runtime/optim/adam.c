/* Adam, as torch.optim.Adam, and the steps of AdamW. */
#include "optim/adam.h"

int ln_adam_states(const void *options, const char **names) {
  const LnAdam *o = options;
  names[0] = "mean", names[1] = "square", names[2] = "max_square";
  return o->amsgrad ? 3 : 2;
}

/* What a step works with. */
typedef struct Rates {
  LnOptimSlope slope;
  float beta1, one_minus_beta1, beta2, one_minus_beta2, eps;
  float rate, root; /* lr / (1 - beta1^t), sqrt(1 - beta2^t): the means start at 0, this makes them unbiased */
} Rates;

/* Running means of g and g^2, and the largest of the latter; amsgrad is a constant for the compiler. */
static inline void walk(Rates r, bool amsgrad, float *restrict w, const float *restrict g, float *restrict mean,
                        float *restrict square, float *restrict max_square, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    float s = ln_optim_slope_at(r.slope, g[i], w[i]);
    float alive = fabsf(s) + fabsf(mean[i]); /* the square outlives the mean, which is divided by its root */
    float m = ln_optim_settle(r.beta1 * mean[i] + r.one_minus_beta1 * s, s);
    float v = ln_optim_settle(r.beta2 * square[i] + r.one_minus_beta2 * s * s, alive);
    mean[i] = m, square[i] = v;
    if (amsgrad) v = max_square[i] = v > max_square[i] ? v : max_square[i];
    w[i] = r.slope.shrink * w[i] - r.rate * (m / (sqrtf(v) / r.root + r.eps));
  }
}

void ln_adam_step(const LnAdam *o, bool decoupled, LnOptimStep at, float *w, const float *g, float *const *state,
                  int64_t n) {
  Rates r = {.slope = ln_optim_slope(at, o->maximize, decoupled),
             .beta1 = (float)o->beta1,
             .one_minus_beta1 = (float)(1 - o->beta1),
             .beta2 = (float)o->beta2,
             .one_minus_beta2 = (float)(1 - o->beta2),
             .eps = (float)o->eps,
             .rate = (float)(at.lr / (1 - pow(o->beta1, (double)at.number))),
             .root = (float)sqrt(1 - pow(o->beta2, (double)at.number))};
  if (o->amsgrad) walk(r, true, w, g, state[0], state[1], state[2], n);
  else walk(r, false, w, g, state[0], state[1], NULL, n);
}

static void step(const void *options, LnOptimStep at, float *w, const float *g, float *const *state, int64_t n) {
  const LnAdam *o = options;
  ln_adam_step(o, o->decoupled, at, w, g, state, n);
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(LnAdam, lr), .def = 1e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    LN_OPTIM_BETAS(LnAdam),
    LN_OPTIM_EPS(LnAdam, 1e-8),
    LN_OPTIM_DECAY_OR_SHRINK(LnAdam),
    LN_ADAM_AMSGRAD,
    LN_OPTIM_MAXIMIZE(LnAdam),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.05}"},
    {.options = "{\"lr\": 0.05, \"beta1\": 0.5, \"beta2\": 0.9, \"eps\": 1e-6, \"weight_decay\": 0.01}"},
    {.options = "{\"lr\": 0.05, \"weight_decay\": 0.1, \"decoupled_weight_decay\": true}"},
    {.options = "{\"lr\": 0.05, \"amsgrad\": true}"},
    {0}};

const LnOptimType ln_optim_adam = {
    .type = {.kind = "optim",
             .name = "adam",
             .doc = "Adam: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, w -= lr m' / (sqrt(v') + eps).\n"
                    "m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t) at step t. Formulas, defaults: PyTorch's;\n"
                    "weight_decay with decoupled_weight_decay = true is adamw. Keras: eps 1e-7, added to sqrt(v)\n"
                    "and not to sqrt(v'), so that it counts for more in the first steps.\n"
                    "Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980;\n"
                    "Reddi, Kale and Kumar, On the convergence of Adam and beyond, ICLR 2018, arXiv:1904.09237.",
             .size = sizeof(LnAdam),
             .params = params,
             .cases = cases},
    .states = ln_adam_states,
    .step = step,
};
