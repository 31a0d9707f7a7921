/* What metrics compare, and whether it can be measured, pixel by pixel. */
#ifndef LUNET_METRIC_PAIR_H
#define LUNET_METRIC_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/status.h"

/* One image as a metric sees it. */
typedef struct LnMetricPair {
  const float *image, *reference; /* contiguous, C,H,W, at least one pixel */
  const float *mask;              /* H,W of 0 and 1, at least one of them 1; NULL: every pixel counts */
  LnShape shape;                  /* C,H,W */
  int64_t number;                 /* of the image in its stack, from 1, for messages */
} LnMetricPair;

/* Names the first pixel that counts and is NaN or infinite. name: the metric's, for messages. */
LnStatus ln_pair_check_finite(const LnMetricPair *pair, const char *name, LnError *err);
/* Whether the reference lies in 0 to the data range; of a range that the user gave: in one as long. */
LnStatus ln_pair_check_range(const LnMetricPair *pair, const char *name, double range, bool given, LnError *err);

#endif
