/* Signal-to-noise ratio. */
#include <math.h>

#include "metric/metric.h"
#include "metric/pixel_means.h"

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  (void)options;
  double signal = ln_mean_squared_reference(pair);
  if (signal == 0)
    return ln_fail(err, LN_EARG, "snr: reference %lld is 0 in all pixels that count: there is no signal in it",
                   (long long)pair->number);
  *value = 10 * log10(signal / ln_mean_squared_error(pair));
  return LN_OK;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 16), LN_SHAPE(1, 16, 16)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 9, 14), LN_SHAPE(3, 9, 14)}},
    {0}};

const LnMetricType ln_metric_snr = {
    .type = {.kind = "metric",
             .name = "snr",
             .doc = "Signal-to-noise ratio in dB: 10 log10(sum r^2 / sum (x - r)^2); infinite for identical images.\n"
                    "The power of the signal is that of the reference, its mean included. The mean over images is the\n"
                    "mean of their decibels. In regions of one image: ln.measure.snr.",
             .size = sizeof(LnMetricMaskOnly),
             .params = ln_metric_mask_params,
             .cases = cases},
    .eval = eval,
    .best = INFINITY,
    .higher_is_better = true,
};
