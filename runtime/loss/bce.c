/* Binary cross-entropy, from probabilities or from what goes into the final sigmoid.
 *
 * For a probability p and a target t in [0, 1] a term is -(t log p + (1 - t) log(1 - p)). With p = sigmoid(z) it is
 * max(z, 0) - z t + log(1 + exp(-|z|)), with derivative p - t: no cancellation, no overflow, no division by p(1 - p).
 * The numbers are those of torch.nn.BCELoss and torch.nn.BCEWithLogitsLoss. */
#include <float.h>
#include <math.h>

#include "loss/elementwise.h"

#define LOG_FLOOR (-100.0) /* BCELoss clamps its logarithms here, so a wrong certainty costs 100, not infinity */
#define SLOPE_FLOOR 1e-12 /* and p(1 - p) here, in the gradient */
#define BLOCK LN_ELEMENT_BLOCK

typedef struct Bce {
  LnElementwise elements;
  double pos_weight;
} Bce;

/* Written so that NaN passes. */
static double floored_log(double log_p) {
  return log_p < LOG_FLOOR ? LOG_FLOOR : log_p;
}

static void terms(const void *options, double *term, float *slope, const float *y, const float *target, int n) {
  const Bce *o = options;
  double positive = o->pos_weight;
  for (int i = 0; i < n; i++) {
    double p = y[i], t = target[i], width = (1 - p) * p;
    term[i] = -(positive * t * floored_log(log(p)) + (1 - t) * floored_log(log1p(-p)));
    slope[i] = (float)((p - t - (positive - 1) * t * (1 - p)) / (width < SLOPE_FLOOR ? SLOPE_FLOOR : width));
  }
}

static double eval(const void *options, const LnLossSample *sample) {
  return ln_elementwise_eval(options, sample, terms);
}

/* (1 - t) z + (1 + (pos_weight - 1) t) log(1 + exp(-z)). */
static void terms_of_logits(const void *options, double *term, float *slope, const float *z, const float *target,
                            int n) {
  const Bce *o = options;
  float small[BLOCK], log_sum[BLOCK], more = (float)o->pos_weight - 1; /* exp(-|z|): in (0, 1], whatever the sign of z */
  for (int i = 0; i < n; i++) small[i] = -fabsf(z[i]);
  ln_kernels()->unary(small, small, n, LN_EXP);
  ln_kernels()->unary(log_sum, small, n, LN_LOG1P);
#pragma omp simd
  for (int i = 0; i < n; i++) {
    float factor = 1 + more * target[i], rest = (z[i] > 0 ? small[i] : 1) / (1 + small[i]); /* 1 - sigmoid(z) */
    term[i] = (1 - target[i]) * (double)z[i] + factor * (log_sum[i] + (z[i] > 0 ? 0 : -z[i]));
    slope[i] = 1 - target[i] - factor * rest;
  }
}

/* The loss of n <= BLOCK logits. The logarithms of all 1 + exp(-|z|) are taken at once, of their product: factors in
 * [1, 2], so it stays below 2^BLOCK, and terms below 1e-16 are lost. */
static double block_logits(float *grad, const float *z, const float *t, int n, float slope) {
  float small[BLOCK]; /* exp(-|z|): in (0, 1], whatever the sign of z */
  double sum = 0, product = 1;
  for (int i = 0; i < n; i++) small[i] = expf(-fabsf(z[i]));
#pragma omp simd reduction(+ : sum) reduction(* : product)
  for (int i = 0; i < n; i++) {
    sum += (z[i] > 0 ? z[i] : 0) - (double)z[i] * t[i];
    product *= 1 + (double)small[i];
  }
  if (grad != NULL) {
#pragma omp simd
    for (int i = 0; i < n; i++) grad[i] = slope * ((z[i] > 0 ? 1 : small[i]) / (1 + small[i]) - t[i]);
  }
  return sum + log(product);
}

/* Without weights of any kind. */
static double eval_plain_logits(const Bce *o, const LnLossSample *s) {
  int64_t n = ln_shape_count(s->shape);
  double sum = 0, divisor = ln_elementwise_divisor(o, s->shape);
  float slope = (float)(s->scale / divisor);
  for (int64_t i = 0; i < n; i += BLOCK) {
    int count = n - i < BLOCK ? (int)(n - i) : BLOCK;
    sum += block_logits(s->grad == NULL ? NULL : s->grad + i, s->y + i, s->target + i, count, slope);
  }
  return sum / divisor;
}

static double eval_logits(const void *options, const LnLossSample *sample) {
  const Bce *o = options;
  bool plain = o->elements.weight == NULL && o->pos_weight == 1;
  return plain ? eval_plain_logits(o, sample) : ln_elementwise_eval(o, sample, terms_of_logits);
}

static const LnParam params[] = {
    {.name = "pos_weight", .kind = LN_PARAM_FLOAT, .offset = offsetof(Bce, pos_weight), .def = 1, .max = DBL_MAX,
     .help = "factor of the term of t: above 1, bright pixels count more (PyTorch: pos_weight)"},
    LN_ELEMENTWISE_PARAMS(Bce),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{\"pos_weight\": 3, \"reduction\": \"sum\"}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{}", .inputs = {LN_SHAPE(13)}},
    {0}};

const LnLossType ln_loss_bce = {
    .type = {.kind = "loss",
             .name = "bce",
             .doc = "Binary cross-entropy: mean -(t log y + (1 - t) log(1 - y)).\n"
                    "For targets in [0, 1] and a network that ends in a sigmoid; the two are computed as one, exactly\n"
                    "also where the sigmoid saturates. Grey targets cost their own entropy even when hit, so the loss\n"
                    "does not reach 0. Elsewhere logarithms are at least -100, as in PyTorch's BCELoss: a wrong\n"
                    "certainty costs 100, not infinity. Keras keeps y 1e-7 away from 0 and 1 instead: it costs 16.1.\n"
                    "A network that gives logits needs a sigmoid as its last layer: the two are PyTorch's\n"
                    "BCEWithLogitsLoss and Keras's from_logits = True.",
             .size = sizeof(Bce),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = {0, 1},
    .absorbs = LN_ACT_sigmoid,
    .eval_logits = eval_logits,
    LN_ELEMENTWISE,
};
