/* Statistics of tensors: quantiles, histograms and counts. */
#ifndef LUNET_TENSOR_STATISTICS_H
#define LUNET_TENSOR_STATISTICS_H

#include "tensor/tensor.h"

/* Quantiles of all lines along the dimensions whose bits are set in dims, between two elements by linear interpolation:
 * NumPy's default. q: n of them, in 0 .. 1; one gives a reduction's shape, `list` puts a dimension of n in front of it.
 * The median is the quantile 0.5. A line with NaN gives NaN, one without elements is an error.
 * The gradient goes to the two elements; of equal ones to those that sorting puts at these places. */
typedef struct LnQuantiles {
  const double *q;
  int n;
  bool list;
  uint32_t dims;
  bool keep;
  const char *name; /* of the operation, for messages */
} LnQuantiles;
LnStatus ln_tensor_quantile(LnTensor **out, LnQuantiles how, LnTensor *t, LnError *err);

/* counts: bins of them; edges: bins + 1, evenly spaced from low to high. An element counts in the bin whose lower edge
 * is at most it and whose upper edge is above it; the last bin has its upper edge too: NumPy's rule. Elements outside,
 * and NaN, count nowhere. low > high: from the least to the greatest element (0 to 1 if there are none), which must be
 * finite; low = high: half a unit more to both sides. */
LnStatus ln_tensor_histogram(LnTensor **counts, LnTensor **edges, const LnTensor *t, int64_t bins, double low,
                             double high, LnError *err);
/* How often each of 1, 2, 3, ... occurs, up to the greatest element, at least `length`. Elements are whole numbers from
 * 1. */
LnStatus ln_tensor_bincount(LnTensor **counts, const LnTensor *t, int64_t length, LnError *err);

#endif
