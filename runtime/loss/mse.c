/* Mean squared error. */
#include <math.h>

#include "loss/loss.h"

static double eval(const void *options, float *grad, const float *pred, const float *target, LnShape sample,
                   double scale) {
  (void)options;
  int64_t n = ln_shape_count(sample);
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    float difference = pred[i] - target[i];
    sum += (double)difference * difference;
  }
  if (grad != NULL) {
    float slope = (float)(2 * scale / (double)n);
#pragma omp simd
    for (int64_t i = 0; i < n; i++) grad[i] = slope * (pred[i] - target[i]);
  }
  return sum / (double)n;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{}", .inputs = {LN_SHAPE(13)}},
    {0}};

const LnLossType ln_loss_mse = {
    .type = {.kind = "loss",
             .name = "mse",
             .doc = "Mean squared error: mean (y - t)^2.\n"
                    "The loss under Gaussian noise of equal strength everywhere; minimising it maximises PSNR.",
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
};
