/* Decompositions of matrices, by LAPACK. All take batches: the last two dimensions are a matrix, those before count
 * matrices, each of which is decomposed by itself. Elements must be finite. Failures name the matrix.
 * Functions of several results store all of them or none. */
#ifndef LUNET_TENSOR_DECOMPOSE_H
#define LUNET_TENSOR_DECOMPOSE_H

#include "tensor/tensor.h"

/* a: m,n = u diag(s) vt, thin, k = min(m, n)  u: m,k  s: k, falling, not negative  vt: k,n. */
LnStatus ln_tensor_svd(LnTensor **u, LnTensor **s, LnTensor **vt, LnTensor *a, LnError *err);
/* a: m,n = q r  q: m,k, columns of length 1 at right angles  r: k,n, zero below the diagonal. */
LnStatus ln_tensor_qr(LnTensor **q, LnTensor **r, LnTensor *a, LnError *err);
/* a: n,n = v diag(w) v'  w: n, rising  v: n,n, an eigenvector a column. a must be symmetric, up to 1e-4 of its largest
 * element; the mean of both triangles counts. */
LnStatus ln_tensor_eigh(LnTensor **w, LnTensor **v, LnTensor *a, LnError *err);
/* a: n,n = l l'  l: n,n, zero above the diagonal. a must be symmetric, as above, and positive definite; its lower
 * triangle counts. */
LnStatus ln_tensor_cholesky(LnTensor **l, LnTensor *a, LnError *err);

#endif
