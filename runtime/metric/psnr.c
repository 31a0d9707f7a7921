/* Peak signal-to-noise ratio. */
#include <float.h>
#include <math.h>

#include "metric/metric.h"
#include "metric/pixel_means.h"

typedef struct Psnr {
  LnTensor *mask;
  double range;
} Psnr;

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  (void)err;
  double range = ((const Psnr *)options)->range;
  *value = 10 * log10(range * range / ln_mean_squared_error(pair));
  return LN_OK;
}

static double range_of(const void *options) {
  return ((const Psnr *)options)->range;
}

static const LnParam params[] = {
    {.name = "range", .kind = LN_PARAM_FLOAT, .offset = offsetof(Psnr, range), .def = 1, .max = DBL_MAX,
     .help = "data range: largest possible pixel value minus the smallest", .flags = LN_ABOVE_MIN},
    LN_METRIC_MASK_PARAM(Psnr),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 16), LN_SHAPE(1, 16, 16)}},
    {.options = "{\"range\": 255}", .inputs = {LN_SHAPE(3, 9, 14), LN_SHAPE(3, 9, 14)}},
    {0}};

const LnMetricType ln_metric_psnr = {
    .type = {.kind = "metric",
             .name = "psnr",
             .doc = "Peak signal-to-noise ratio in dB: 10 log10(range^2 / MSE); infinite for identical images.\n"
                    "The mean over images is the mean of their decibels, as usually reported. References outside of\n"
                    "0 to range, by more than 1 % of it, are an error; with a range of one's own, those that span\n"
                    "more than it.",
             .size = sizeof(Psnr),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = range_of,
    .best = INFINITY,
    .higher_is_better = true,
};
