/* Mean absolute error. */
#include <math.h>

#include "loss/loss.h"

static double eval(const void *options, float *grad, const float *pred, const float *target, LnShape sample,
                   double scale) {
  (void)options;
  int64_t n = ln_shape_count(sample);
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += fabsf(pred[i] - target[i]);
  if (grad != NULL) {
    float slope = (float)(scale / (double)n);
    /* The subgradient at y = t is 0, as in PyTorch. NaN stays NaN, so that training notices it. */
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
      float difference = pred[i] - target[i];
      grad[i] = difference > 0 ? slope : difference < 0 ? -slope : slope * difference;
    }
  }
  return sum / (double)n;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}, .kinks = LN_KINKS(0)},
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 7)}, .kinks = LN_KINKS(0)},
    {.options = "{}", .inputs = {LN_SHAPE(13)}, .kinks = LN_KINKS(0)},
    {0}};

const LnLossType ln_loss_mae = {
    .type = {.kind = "loss",
             .name = "mae",
             .doc = "Mean absolute error: mean |y - t|.\n"
                    "Less moved by single bad pixels than mse; keeps edges sharper.",
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
};
