/* Principal component analysis. */
#ifndef LUNET_TENSOR_PCA_H
#define LUNET_TENSOR_PCA_H

#include "tensor/tensor.h"

/* x: n samples along the first dimension, n >= 2, of any shape S with d elements; 1 <= k <= min(n, d).
 * components: k,S, of length 1 and at right angles, in the order of falling variance  variances: k, of the samples
 * along each, divided by n - 1  mean: S. Of either sign, the one that makes a component's largest element (the first of
 * equals in magnitude) positive is taken, as scikit-learn's svd_flip does. Elements must be finite. Stores all results
 * or none.
 *
 * With at least as many samples as elements, by the eigenvectors of the covariance, in double, so that squaring costs
 * no digit of float32; else by the singular values of the centred samples. */
LnStatus ln_tensor_pca(LnTensor **components, LnTensor **variances, LnTensor **mean, LnTensor *x, int64_t k,
                       LnError *err);

#endif
