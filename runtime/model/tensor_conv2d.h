/* conv2d of tensors, outside of networks: for losses and layers that are written as functions, and for filters.
 *
 *   y[n][o][p][q] = bias[o] + sum over i, r, s of w[o][i][r][s] x[n][i][stride p + dilation r - pad][...]
 *
 * with zeros outside x: a cross-correlation, as PyTorch's conv2d is. */
#ifndef LUNET_MODEL_TENSOR_CONV2D_H
#define LUNET_MODEL_TENSOR_CONV2D_H

#include "tensor/tensor.h"

/* Rows, columns. */
typedef struct LnConv2d {
  int64_t stride[2], dilation[2]; /* from 1 to 64 */
  int64_t padding[2];             /* zeros before and behind, to 4096; not with `same` */
  bool same;                      /* as many outputs as size / stride, rounded up */
  int64_t groups; /* of channels, each with filters of its own: group g of inputs makes group g of outputs */
} LnConv2d;

/* x: N,C,H,W, or without N, or without N and C (then C is 1)  w: O,C/groups,K,L, sizes to 32  bias: O, or NULL
 * y: N,O,P,Q, without N where x has none. Or, without bias and groups, w: K,L, which filters every channel of x by
 * itself: y has x's dimensions. */
LnStatus ln_tensor_conv2d(LnTensor **out, LnTensor *x, LnTensor *w, LnTensor *bias, const LnConv2d *how, LnError *err);

#endif
