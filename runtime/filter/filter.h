/* Classical denoising filters: one file an item, listed in filter.def. They work on one plane of an image, every channel
 * by itself, unless an option joins the channels. */
#ifndef LUNET_FILTER_FILTER_H
#define LUNET_FILTER_FILTER_H

#include "base/type.h"
#include "tensor/tensor.h"

/* What options mean that have the same meaning in every filter. */
#define LN_FILTER_GREY "where grey levels run from 0 to 1"
#define LN_FILTER_SIGMA_HELP "standard deviation of the noise, " LN_FILTER_GREY

typedef struct LnFilterType {
  LnType type;
  /* Whether, with these options, all channels of an image are filtered together; NULL: never. */
  bool (*joint)(const void *options);
  /* y = the filtered image. x, y: contiguous C,H,W of finite numbers, at least one; they do not overlap. C is 1 unless
   * the filter is joint. Fails when memory runs out. */
  LnStatus (*apply)(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                    LnError *err);
} LnFilterType;

#define X(name) extern const LnFilterType ln_filter_##name;
#include "filter/filter.def"
#undef X

extern const LnKind ln_filter_kind;

/* *out = x filtered plane by plane, or image by image where the filter joins channels; x: N,C,H,W or C,H,W or H,W.
 * Planes or images are shared out over threads. A NaN or infinite
 * pixel is an error that names it. filter: an item of this kind. */
LnStatus ln_filter_apply(LnTensor **out, LnItem *filter, LnTensor *x, LnError *err);

#endif
