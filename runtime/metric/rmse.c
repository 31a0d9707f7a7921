/* Root mean squared error. */
#include <math.h>

#include "metric/metric.h"
#include "metric/pixel_means.h"

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  (void)options, (void)err;
  *value = sqrt(ln_mean_squared_error(pair));
  return LN_OK;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 16), LN_SHAPE(1, 16, 16)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 9, 14), LN_SHAPE(3, 9, 14)}},
    {0}};

const LnMetricType ln_metric_rmse = {
    .type = {.kind = "metric",
             .name = "rmse",
             .doc = "Root mean squared error: sqrt(mean (x - r)^2) over all pixels and channels; 0 is best.\n"
                    "The mean over images is the mean of their roots.",
             .size = sizeof(LnMetricMaskOnly),
             .params = ln_metric_mask_params,
             .cases = cases},
    .eval = eval,
    .best = 0,
    .higher_is_better = false,
};
