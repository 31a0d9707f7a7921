/* Kullback-Leibler divergence, element by element, as torch.nn.functional.kl_div. */
#include <math.h>
#include <string.h>

#include "loss/elementwise.h"

#define FLOOR 1e-7f /* of probabilities below a logarithm, as Keras's epsilon */

typedef struct Kl {
  LnElementwise elements;
  bool log_output, log_target;
} Kl;

/* to = from, at least the floor. NaN passes. */
static void floored(float *to, const float *from, int n) {
#pragma omp simd
  for (int i = 0; i < n; i++) to[i] = from[i] < FLOOR ? FLOOR : from[i];
}

/* Probabilities t and their logarithms. */
static void take_target(const Kl *o, float *t, float *log_t, const float *target, int n) {
  memcpy(o->log_target ? log_t : t, target, (size_t)n * sizeof *target);
  if (!o->log_target) floored(log_t, target, n);
  ln_kernels()->unary(o->log_target ? t : log_t, log_t, n, o->log_target ? LN_EXP : LN_LOG);
}

/* Below the floor the gradient is that at the floor, so that a wrong 0 is left again; a target of 0 costs nothing,
 * whatever the output. 0 y is 0, or NaN. */
static void terms(const void *options, double *term, float *slope, const float *y, const float *target, int n) {
  const Kl *o = options;
  float t[LN_ELEMENT_BLOCK], log_t[LN_ELEMENT_BLOCK], p[LN_ELEMENT_BLOCK], log_p[LN_ELEMENT_BLOCK];
  take_target(o, t, log_t, target, n);
  if (o->log_output) {
#pragma omp simd
    for (int i = 0; i < n; i++) term[i] = t[i] * (log_t[i] - y[i]), slope[i] = 0 * y[i] - t[i];
    return;
  }
  floored(p, y, n);
  ln_kernels()->unary(log_p, p, n, LN_LOG);
#pragma omp simd
  for (int i = 0; i < n; i++) term[i] = t[i] * (log_t[i] - log_p[i]), slope[i] = -t[i] / p[i];
}

static double eval(const void *options, const LnLossSample *sample) {
  return ln_elementwise_eval(options, sample, terms);
}

static const LnParam params[] = {
    {.name = "log_output", .kind = LN_PARAM_BOOL, .offset = offsetof(Kl, log_output),
     .help = "y is the logarithm of a probability already, as PyTorch's kl_div takes it"},
    {.name = "log_target", .kind = LN_PARAM_BOOL, .offset = offsetof(Kl, log_target),
     .help = "so is the target (PyTorch: log_target)"},
    LN_ELEMENTWISE_PARAMS(Kl),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{\"reduction\": \"sum\", \"log_output\": true}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{\"log_target\": true, \"log_output\": true}", .inputs = {LN_SHAPE(13)}},
    {.options = "{\"log_target\": true}", .inputs = {LN_SHAPE(13)}},
    {0}};

const LnLossType ln_loss_kl = {
    .type = {.kind = "loss",
             .name = "kl",
             .doc = "Kullback-Leibler divergence: mean t (log t - log y) of probabilities y and t.\n"
                    "The terms and reductions are those of PyTorch's kl_div, which with log_output = true takes\n"
                    "what it takes; mean: over all elements; sum: over a sample's, which is PyTorch's batchmean.\n"
                    "y is a probability by default, as a softmax gives it and as Keras's KLDivergence takes it; that\n"
                    "one sums over the last dimension. Below a logarithm, probabilities are at least 1e-7.\n"
                    "Source: Kullback and Leibler, On information and sufficiency, Ann. Math. Statist. 22(1), 1951.",
             .size = sizeof(Kl),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    LN_ELEMENTWISE,
};
