/* Mean absolute error. */
#include <math.h>

#include "loss/elementwise.h"

/* The subgradient at y = t is 0, as in PyTorch. NaN stays NaN, so that training notices it. */
static void terms(const void *options, double *term, float *slope, const float *y, const float *target, int n) {
  (void)options;
#pragma omp simd
  for (int i = 0; i < n; i++) {
    float difference = y[i] - target[i];
    term[i] = fabsf(difference);
    slope[i] = difference > 0 ? 1 : difference < 0 ? -1 : difference;
  }
}

static double eval(const void *options, const LnLossSample *sample) {
  return ln_elementwise_eval(options, sample, terms);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}, .kinks = LN_KINKS(0)},
    {.options = "{\"reduction\": \"sum\"}", .inputs = {LN_SHAPE(3, 5, 7)}, .kinks = LN_KINKS(0)},
    {.options = "{}", .inputs = {LN_SHAPE(13)}, .kinks = LN_KINKS(0)},
    {0}};

const LnLossType ln_loss_mae = {
    .type = {.kind = "loss",
             .name = "mae",
             .doc = "Mean absolute error: mean |y - t|.\n"
                    "Less moved by single bad pixels than mse; keeps edges sharper.",
             .size = sizeof(LnElementwiseOnly),
             .params = ln_elementwise_params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    LN_ELEMENTWISE,
};
