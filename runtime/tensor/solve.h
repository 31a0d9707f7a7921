/* Linear equations, by LAPACK. All take batches: the last two dimensions are a matrix, those before count matrices.
 * Elements must be finite. Failures name the matrix. */
#ifndef LUNET_TENSOR_SOLVE_H
#define LUNET_TENSOR_SOLVE_H

#include "tensor/tensor.h"

/* x with a x = b. a: n,n  b: n, or n,r (r systems at once)  x: as b. The dimensions before broadcast, but a b of one
 * dimension is a vector. Error for an a that is exactly singular. */
LnStatus ln_tensor_solve(LnTensor **x, LnTensor *a, LnTensor *b, LnError *err);
/* a: n,n -> n,n. Error for an a that is exactly singular. */
LnStatus ln_tensor_inv(LnTensor **out, LnTensor *a, LnError *err);
/* a: n,n -> a number a matrix, its determinant. */
LnStatus ln_tensor_det(LnTensor **out, LnTensor *a, LnError *err);
/* The x for which |a x - b| is least and, of those, the shortest. a: m,n  b: m, or m,r  x: n, or n,r; batches as for
 * solve. Singular values below max(m, n) times 2^-23 of the largest count as zero. */
LnStatus ln_tensor_lstsq(LnTensor **x, LnTensor *a, LnTensor *b, LnError *err);

#endif
