/* Eigenvectors of small symmetric matrices, for tasks on any thread: LAPACK's are for the calling thread alone. */
#ifndef LUNET_FILTER_EIGEN_H
#define LUNET_FILTER_EIGEN_H

/* vectors: n x n by rows, the matrix on entry, of finite numbers, and an eigenvector a row afterwards; values: n,
 * theirs, in no order. work: n x n + 2 n. */
void ln_eigen_symmetric(double *vectors, double *values, double *work, int n);

#endif
