/* Image quality metrics: one file an item, listed in metric.def. They compare one image with a reference. */
#ifndef LUNET_METRIC_METRIC_H
#define LUNET_METRIC_METRIC_H

#include <stdbool.h>

#include "base/type.h"
#include "metric/pair.h"
#include "tensor/tensor.h"

typedef struct LnMetricType {
  LnType type;
  /* *value = metric of one image (channels are averaged where that matters), over the pixels that count. Fails when the
   * image or its mask is too small for the window. A NaN or infinity in a pixel that matters makes *value NaN or
   * infinite. */
  LnStatus (*eval)(const void *options, double *value, const LnMetricPair *pair, LnError *err);
  /* The value at every pixel, C,H,W, of an image of finite pixels; NULL: there is no such map. */
  LnStatus (*map)(const void *options, float *map, const LnMetricPair *pair, LnError *err);
  double (*range)(const void *options); /* the data range; NULL where it does not matter */
  double best; /* value for identical images; may be infinite */
  bool higher_is_better;
} LnMetricType;

#define X(name) extern const LnMetricType ln_metric_##name;
#include "metric/metric.def"
#undef X

extern const LnKind ln_metric_kind;

/* The entry of an option table that every metric has; Type has a member `LnTensor *mask`. */
#define LN_METRIC_MASK_PARAM(Type)                                                                             \
  {.name = "mask", .kind = LN_PARAM_OBJECT, .offset = offsetof(Type, mask), .object = &ln_tensor_object,       \
   .help = "of 0 and 1, H,W or N,1,H,W: pixels that count; one in a call, metric(x, r, { mask = m }), goes first"}

/* Options of a metric that has no others. */
typedef struct LnMetricMaskOnly {
  LnTensor *mask;
} LnMetricMaskOnly;
extern const LnParam ln_metric_mask_params[];

/* Compare images with references of the same shape: N,C,H,W, or one image C,H,W or H,W. *per_image gets N values (a new
 * tensor), *mean their mean; either may be NULL. Images are shared out over threads; the sum has a fixed order. A NaN
 * or infinite pixel is an error that names it, and so is, for a metric with a data range, a reference outside of 0 to
 * that range by more than 1 % of it; where option 'range' was given, only one that spans more than that.
 * metric: an item of this kind. */
LnStatus ln_metric_apply(LnTensor **per_image, double *mean, LnItem *metric, LnTensor *image, LnTensor *reference,
                         LnError *err);
/* The same over the pixels where a mask is 1, H,W for all images or N,1,H,W, in place of the item's own; NULL: that
 * one, if it has one. What a mask leaves out may be anything, NaN too, unless a window reaches it. */
LnStatus ln_metric_apply_masked(LnTensor **per_image, double *mean, LnItem *metric, LnTensor *image,
                                LnTensor *reference, LnTensor *mask, LnError *err);
/* A new tensor in the images' shape: the metric at every pixel, mask or none. An error where the type has no map. */
LnStatus ln_metric_map(LnTensor **map, LnItem *metric, LnTensor *image, LnTensor *reference, LnError *err);

#endif
