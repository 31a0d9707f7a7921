/* Classical denoising filters: one file an item, listed in filter.def. They work on one plane of an image. */
#ifndef LUNET_FILTER_FILTER_H
#define LUNET_FILTER_FILTER_H

#include "base/type.h"
#include "tensor/tensor.h"

typedef struct LnFilterType {
  LnType type;
  /* y = the filtered plane. x, y: contiguous H,W of finite numbers, at least one; they do not overlap. Fails when
   * memory runs out. */
  LnStatus (*apply)(const void *options, float *y, const float *x, int64_t height, int64_t width, LnError *err);
} LnFilterType;

#define X(name) extern const LnFilterType ln_filter_##name;
#include "filter/filter.def"
#undef X

extern const LnKind ln_filter_kind;

/* *out = x filtered plane by plane; x: N,C,H,W or C,H,W or H,W. Planes are shared out over threads. A NaN or infinite
 * pixel is an error that names it. filter: an item of this kind. */
LnStatus ln_filter_apply(LnTensor **out, LnItem *filter, LnTensor *x, LnError *err);

#endif
