/* Mean squared error. */
#include <math.h>

#include "loss/elementwise.h"

static void terms(const void *options, double *term, float *slope, const float *y, const float *target, int n) {
  (void)options;
#pragma omp simd
  for (int i = 0; i < n; i++) {
    float difference = y[i] - target[i];
    term[i] = (double)difference * difference;
    slope[i] = 2 * difference;
  }
}

static double eval(const void *options, const LnLossSample *sample) {
  return ln_elementwise_eval(options, sample, terms);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{\"reduction\": \"sum\"}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{}", .inputs = {LN_SHAPE(13)}},
    {0}};

const LnLossType ln_loss_mse = {
    .type = {.kind = "loss",
             .name = "mse",
             .doc = "Mean squared error: mean (y - t)^2.\n"
                    "The loss under Gaussian noise of equal strength everywhere; minimising it maximises PSNR.",
             .size = sizeof(LnElementwiseOnly),
             .params = ln_elementwise_params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    LN_ELEMENTWISE,
};
