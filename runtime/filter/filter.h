/* Classical denoising filters: one file an item, listed in filter.def. They work on one plane of an image. */
#ifndef LUNET_FILTER_FILTER_H
#define LUNET_FILTER_FILTER_H

#include "base/type.h"

typedef struct LnFilterType {
  LnType type;
  /* y = the filtered plane. x, y: contiguous H,W; they do not overlap. Fails when memory runs out or the plane is too
   * small. */
  LnStatus (*apply)(const void *options, float *y, const float *x, int64_t height, int64_t width, LnError *err);
} LnFilterType;

#define X(name) extern const LnFilterType ln_filter_##name;
#include "filter/filter.def"
#undef X

extern const LnKind ln_filter_kind;

#endif
