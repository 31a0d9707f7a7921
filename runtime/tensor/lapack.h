/* Inside tensor/: the routines of LAPACK that are used. They stand in OpenBLAS itself, so no package of C interfaces is
 * needed. Fortran passes every argument by address, then, hidden, the length of each text.
 *
 * They read matrices by columns. What lies by rows is to them the transpose, so decompositions are asked for of the
 * transpose and read back by rows: nothing need be turned over. They are called on the Lua thread alone, and cannot be
 * interrupted.
 * Source: Anderson et al.: LAPACK Users' Guide, 3rd ed., SIAM 1999. */
#ifndef LUNET_TENSOR_LAPACK_H
#define LUNET_TENSOR_LAPACK_H

#include <stddef.h>

/* Singular values and vectors, by divide and conquer. */
void sgesdd_(const char *job, const int *m, const int *n, float *a, const int *lda, float *s, float *u, const int *ldu,
             float *vt, const int *ldvt, float *work, const int *lwork, int *iwork, int *info, size_t);
/* Eigenvalues and eigenvectors of symmetric matrices, by divide and conquer. */
void ssyevd_(const char *job, const char *uplo, const int *n, float *a, const int *lda, float *w, float *work,
             const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);
void dsyevd_(const char *job, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);
/* a = l q, and q made of its reflections. */
void sgelqf_(const int *m, const int *n, float *a, const int *lda, float *tau, float *work, const int *lwork,
             int *info);
void sorglq_(const int *m, const int *n, const int *k, float *a, const int *lda, const float *tau, float *work,
             const int *lwork, int *info);
/* Cholesky's decomposition. */
void spotrf_(const char *uplo, const int *n, float *a, const int *lda, int *info, size_t);
/* a = p l u, and what it is for: linear equations, the inverse. */
void sgetrf_(const int *m, const int *n, float *a, const int *lda, int *pivots, int *info);
void sgetrs_(const char *trans, const int *n, const int *columns, const float *a, const int *lda, const int *pivots,
             float *b, const int *ldb, int *info, size_t);
void sgetri_(const int *n, float *a, const int *lda, const int *pivots, float *work, const int *lwork, int *info);
/* Least squares of the least norm, by singular values. */
void sgelsd_(const int *m, const int *n, const int *columns, float *a, const int *lda, float *b, const int *ldb,
             float *s, const float *rcond, int *rank, float *work, const int *lwork, int *iwork, int *info);

#endif
