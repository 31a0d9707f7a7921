/* The same elements in another arrangement: views where there can be one, else copies. Names are NumPy's. */
#ifndef LUNET_TENSOR_LAYOUT_H
#define LUNET_TENSOR_LAYOUT_H

#include "tensor/tensor.h"

/* Some dimensions of a tensor, in the order in which they were given. */
typedef struct LnDims {
  int n;
  int d[LN_MAX_DIMS];
} LnDims;

/* Views. */
LnStatus ln_tensor_squeeze(LnTensor **out, LnTensor *t, const LnDims *dims, LnError *err); /* NULL: all sizes of 1 */
LnStatus ln_tensor_unsqueeze(LnTensor **out, LnTensor *t, int dim, LnError *err); /* a size of 1 in front of dim */
LnStatus ln_tensor_flip(LnTensor **out, LnTensor *t, const LnDims *dims, LnError *err);
/* Turned by 90 degrees `turns` times, from dimension `from` towards `to`. */
LnStatus ln_tensor_rot90(LnTensor **out, LnTensor *t, int64_t turns, int from, int to, LnError *err);
/* Dimension from->d[i] becomes to->d[i]; the others keep their order. */
LnStatus ln_tensor_movedim(LnTensor **out, LnTensor *t, const LnDims *from, const LnDims *to, LnError *err);
/* The elements whose index in dim b is that in dim a plus offset, as a last dimension. */
LnStatus ln_tensor_diagonal(LnTensor **out, LnTensor *t, int64_t offset, int a, int b, LnError *err);
/* Dimensions first .. last as one; a view where the strides allow it. */
LnStatus ln_tensor_flatten(LnTensor **out, LnTensor *t, int first, int last, LnError *err);

/* Copies. */
/* One after the other along a new dimension dim; all of one shape. */
LnStatus ln_tensor_stack(LnTensor **out, LnTensor *const *list, int n, int dim, LnError *err);
/* Moved on by `shift` along dim, in a circle; dim -1: in element order, whatever the shape. */
LnStatus ln_tensor_roll(LnTensor **out, LnTensor *t, int64_t shift, int dim, LnError *err);
/* The whole repeated so many times along each dimension, aligned at the last ones. */
LnStatus ln_tensor_tile(LnTensor **out, LnTensor *t, LnShape times, LnError *err);
/* Every entry of a dimension so many times. */
LnStatus ln_tensor_repeat(LnTensor **out, LnTensor *t, int64_t times, int dim, LnError *err);
/* A square matrix with a vector on its diagonal, `offset` right of the main one. */
LnStatus ln_tensor_diag(LnTensor **out, LnTensor *t, int64_t offset, LnError *err);
/* Zeros below (upper) or above the diagonal of the last two dimensions. */
LnStatus ln_tensor_triangle(LnTensor **out, LnTensor *t, int64_t offset, bool upper, LnError *err);
/* The k-th of the arrays with the coordinates of a grid of n vectors, as numpy.meshgrid gives them; xy: the first two
 * dimensions change places. */
LnStatus ln_tensor_meshgrid(LnTensor **out, LnTensor *const *list, int n, int k, bool xy, LnError *err);

#endif
