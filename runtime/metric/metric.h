/* Image quality metrics: one file an item, listed in metric.def. They compare one image with a reference. */
#ifndef LUNET_METRIC_METRIC_H
#define LUNET_METRIC_METRIC_H

#include <stdbool.h>

#include "base/type.h"

typedef struct LnMetricType {
  LnType type;
  /* *value = metric of one image; image, reference: contiguous, C,H,W (channels are averaged where that matters).
   * Fails when the image is too small for the window. */
  LnStatus (*eval)(const void *options, double *value, const float *image, const float *reference, LnShape sample,
                   LnError *err);
  double best; /* value for identical images; may be infinite */
  bool higher_is_better;
} LnMetricType;

#define X(name) extern const LnMetricType ln_metric_##name;
#include "metric/metric.def"
#undef X

extern const LnKind ln_metric_kind;

#endif
