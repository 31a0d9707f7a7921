/* Binary cross-entropy, from probabilities or from what goes into the final sigmoid.
 *
 * For a probability p and a target t in [0, 1] a term is -(t log p + (1 - t) log(1 - p)). With p = sigmoid(z) it is
 * max(z, 0) - z t + log(1 + exp(-|z|)), with derivative p - t: no cancellation, no overflow, no division by p(1 - p).
 * The numbers are those of torch.nn.BCELoss and torch.nn.BCEWithLogitsLoss. */
#include <math.h>

#include "loss/loss.h"

#define LOG_FLOOR (-100.0) /* BCELoss clamps its logarithms here, so a wrong certainty costs 100, not infinity */
#define SLOPE_FLOOR 1e-12  /* and p(1 - p) here, in the gradient */
#define BLOCK 256          /* logits at a time */

/* Written so that NaN passes. */
static double floored_log(double log_p) {
  return log_p < LOG_FLOOR ? LOG_FLOOR : log_p;
}

static double eval(const void *options, float *grad, const float *pred, const float *target, LnShape sample,
                   double scale) {
  (void)options;
  int64_t n = ln_shape_count(sample);
  double sum = 0, slope = scale / (double)n;
  for (int64_t i = 0; i < n; i++) {
    double p = pred[i], t = target[i];
    sum -= t * floored_log(log(p)) + (1 - t) * floored_log(log1p(-p));
    if (grad != NULL) {
      double width = (1 - p) * p;
      grad[i] = (float)(slope * (p - t) / (width < SLOPE_FLOOR ? SLOPE_FLOOR : width));
    }
  }
  return sum / (double)n;
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

static double eval_logits(const void *options, float *grad, const float *logits, const float *target, LnShape sample,
                          double scale) {
  (void)options;
  int64_t n = ln_shape_count(sample);
  double sum = 0;
  float slope = (float)(scale / (double)n);
  for (int64_t i = 0; i < n; i += BLOCK) {
    int count = n - i < BLOCK ? (int)(n - i) : BLOCK;
    sum += block_logits(grad == NULL ? NULL : grad + i, logits + i, target + i, count, slope);
  }
  return sum / (double)n;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{}", .inputs = {LN_SHAPE(13)}},
    {0}};

const LnLossType ln_loss_bce = {
    .type = {.kind = "loss",
             .name = "bce",
             .doc = "Binary cross-entropy: mean -(t log y + (1 - t) log(1 - y)).\n"
                    "For targets in [0, 1] and a network that ends in a sigmoid; the two are computed as one, exactly\n"
                    "also where the sigmoid saturates. Grey targets cost their own entropy even when hit, so the loss\n"
                    "does not reach 0. Elsewhere logarithms are at least -100, as in PyTorch's BCELoss: a wrong\n"
                    "certainty costs 100, not infinity.",
             .cases = cases},
    .eval = eval,
    .range = {0, 1},
    .absorbs = LN_ACT_sigmoid,
    .eval_logits = eval_logits,
};
