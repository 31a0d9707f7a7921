/* Masks of metrics: which pixels count. */
#ifndef LUNET_METRIC_MASK_H
#define LUNET_METRIC_MASK_H

#include "tensor/tensor.h"

/* Whether a mask fits n images of height x width: H,W or 1,H,W or 1,1,H,W for all of them, N,1,H,W for each; numbers 0
 * and 1; a 1 in each. name: the metric's, for messages. */
LnStatus ln_mask_check(const LnTensor *mask, const char *name, int64_t n, int64_t height, int64_t width, LnError *err);
/* The plane of image i of a contiguous mask that fits; NULL of none. */
const float *ln_mask_of(const LnTensor *mask, int64_t i);
/* How many of its pixels are 1, of rows and columns `border` inside. */
int64_t ln_mask_count(const float *mask, int64_t height, int64_t width, int64_t border);

#endif
