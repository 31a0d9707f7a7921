/* Mean squared error. */
#include "metric/metric.h"
#include "metric/squared_error.h"

double ln_mean_squared_error(const float *a, const float *b, int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    double difference = (double)a[i] - (double)b[i];
    sum += difference * difference;
  }
  return sum / (double)n;
}

static LnStatus eval(const void *options, double *value, const float *image, const float *reference, LnShape sample,
                     LnError *err) {
  (void)options, (void)err;
  *value = ln_mean_squared_error(image, reference, ln_shape_count(sample));
  return LN_OK;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 16), LN_SHAPE(1, 16, 16)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 9, 14), LN_SHAPE(3, 9, 14)}},
    {0}};

const LnMetricType ln_metric_mse = {
    .type = {.kind = "metric",
             .name = "mse",
             .doc = "Mean squared error: mean (x - r)^2 over all pixels and channels; 0 is best.",
             .cases = cases},
    .eval = eval,
    .best = 0,
    .higher_is_better = false,
};
