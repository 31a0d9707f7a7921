/* Image quality metrics: one file an item, listed in metric.def. They compare one image with a reference. */
#ifndef LUNET_METRIC_METRIC_H
#define LUNET_METRIC_METRIC_H

#include <stdbool.h>

#include "base/type.h"
#include "tensor/tensor.h"

typedef struct LnMetricType {
  LnType type;
  /* *value = metric of one image; image, reference: contiguous, C,H,W, at least one pixel (channels are averaged where
   * that matters). Fails when the image is too small for the window. A NaN or infinity in either image makes *value NaN
   * or infinite. */
  LnStatus (*eval)(const void *options, double *value, const float *image, const float *reference, LnShape sample,
                   LnError *err);
  double (*range)(const void *options); /* the data range; NULL where it does not matter */
  double best; /* value for identical images; may be infinite */
  bool higher_is_better;
} LnMetricType;

#define X(name) extern const LnMetricType ln_metric_##name;
#include "metric/metric.def"
#undef X

extern const LnKind ln_metric_kind;

/* Compare images with references of the same shape: N,C,H,W, or one image C,H,W or H,W. *per_image gets N values (a new
 * tensor), *mean their mean; either may be NULL. Images are shared out over threads; the sum has a fixed order. A NaN
 * or infinite pixel is an error that names it, and so is, for a metric with a data range, a reference outside of 0 to
 * that range by more than 1 % of it; where option 'range' was given, only one that spans more than that.
 * metric: an item of this kind. */
LnStatus ln_metric_apply(LnTensor **per_image, double *mean, LnItem *metric, LnTensor *image, LnTensor *reference,
                         LnError *err);

#endif
