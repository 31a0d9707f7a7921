/* Means over the pixels that count, of all channels, in double. */
#ifndef LUNET_METRIC_PIXEL_MEANS_H
#define LUNET_METRIC_PIXEL_MEANS_H

#include "metric/pair.h"

double ln_mean_squared_error(const LnMetricPair *pair);
double ln_mean_absolute_error(const LnMetricPair *pair);
double ln_mean_squared_reference(const LnMetricPair *pair);

#endif
