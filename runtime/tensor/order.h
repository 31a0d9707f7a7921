/* Tensors in order: sorting, searching, and sums along lines. Dimensions count from 0; positions that tensors hold
 * count from 1, as users see them, and are exact: lines are of at most 2^24 elements where they are asked for. NaN
 * comes last. Functions with several results make all of them or none. */
#ifndef LUNET_TENSOR_ORDER_H
#define LUNET_TENSOR_ORDER_H

#include "tensor/tensor.h"

/* Every line along dim in order, equal elements in the order they had; places: where each was. values may be NULL.
 * The gradient of an element is that of the place where it went. */
LnStatus ln_tensor_sort(LnTensor **values, LnTensor **places, const LnTensor *t, int dim, bool descending,
                        LnError *err);
/* The k greatest (or smallest) of every line, in that order. */
LnStatus ln_tensor_topk(LnTensor **values, LnTensor **places, const LnTensor *t, int64_t k, int dim, bool smallest,
                        LnError *err);
/* All different elements in order, how often each occurs, and for every element of t its position among them. NaN is
 * one value. */
LnStatus ln_tensor_unique(LnTensor **values, LnTensor **counts, LnTensor **inverse, const LnTensor *t, LnError *err);
/* Where each of `values` would go in `sorted`, one ascending line: the position before which it keeps the order, before
 * or, with `right`, behind equal ones; n + 1 at the end. */
LnStatus ln_tensor_searchsorted(LnTensor **out, const LnTensor *sorted, const LnTensor *values, bool right,
                                LnError *err);

/* y[i] = x[0] + ... + x[i] along dim, or the product; in double. */
LnStatus ln_tensor_cumsum(LnTensor **out, const LnTensor *t, int dim, LnError *err);
LnStatus ln_tensor_cumprod(LnTensor **out, const LnTensor *t, int dim, LnError *err);
/* y[i] = x[i + 1] - x[i] along dim, `times` times over: each makes it one shorter. */
LnStatus ln_tensor_diff(LnTensor **out, LnTensor *t, int64_t times, int dim, LnError *err);

#endif
