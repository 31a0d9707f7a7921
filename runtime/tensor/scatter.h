/* Moving elements along a dimension to where an index says, element by element, as PyTorch's gather and scatter. An
 * index tensor holds positions from 1, negative ones from the end; it has as many dimensions as t, and none of its
 * sizes but that along dim is larger than t's. */
#ifndef LUNET_TENSOR_SCATTER_H
#define LUNET_TENSOR_SCATTER_H

#include "tensor/tensor.h"

/* y[i][j] = t[i][index[i][j]] for dim = 1: of the index's shape. */
LnStatus ln_tensor_gather(LnTensor **out, const LnTensor *t, int dim, const LnTensor *index, LnError *err);

/* A copy of t with y[i][index[i][j]] = src[i][j] for dim = 1, or with src[i][j] added to it. src is one number or has
 * at least the index's sizes. Of several values for one element the last, in element order of the index, stays. */
LnStatus ln_tensor_scatter(LnTensor **out, const LnTensor *t, int dim, const LnTensor *index, LnTensor *src, bool add,
                           LnError *err);

#endif
