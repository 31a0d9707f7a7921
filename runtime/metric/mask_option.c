/* The options of metrics that have none but a mask. */
#include "metric/metric.h"

const LnParam ln_metric_mask_params[] = {LN_METRIC_MASK_PARAM(LnMetricMaskOnly), {0}};
