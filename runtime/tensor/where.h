/* Choosing elements by a mask. */
#ifndef LUNET_TENSOR_WHERE_H
#define LUNET_TENSOR_WHERE_H

#include "tensor/tensor.h"

/* a where mask is not 0, else b; the three broadcast. */
LnStatus ln_tensor_where(LnTensor **out, const LnTensor *mask, const LnTensor *a, const LnTensor *b, LnError *err);

/* Where t is not 0, in element order: N,D positions from 1 in t's D dimensions, none of which may exceed 2^24. */
LnStatus ln_tensor_nonzero(LnTensor **out, const LnTensor *t, LnError *err);

#endif
