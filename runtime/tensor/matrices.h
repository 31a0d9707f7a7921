/* Inside tensor/: a tensor as a batch of matrices, its last two dimensions, and what decompositions ask of them. */
#ifndef LUNET_TENSOR_MATRICES_H
#define LUNET_TENSOR_MATRICES_H

#include <limits.h>

#include "tensor/storage.h"

enum {
  LN_MOST_OF_MATRIX = INT_MAX / 8
}; /* elements: LAPACK counts its working memory, some times as many, in an int */

/* One thread of BLAS, so that results do not depend on how many there are. Before LAPACK is first called. */
void ln_blas_use_one_thread(void);

/* The message names the first element that is not, and its place. */
LnStatus ln_check_finite(const char *what, const LnTensor *t, LnError *err);

typedef struct LnMatrices {
  const char *what;      /* the operation, for messages */
  const LnTensor *given; /* as users gave it */
  LnTensor t;            /* with `batch` before the last two dimensions; no reference is counted */
  LnShape batch;
  int64_t count, rows, columns;
} LnMatrices;

/* t must have two dimensions at least, sizes that LAPACK can count, and finite elements. square: as many rows as
 * columns. */
LnStatus ln_matrices(LnMatrices *out, const char *what, const LnTensor *t, bool square, LnError *err);
/* Repeat the matrices to a batch, which theirs broadcasts to. */
void ln_matrices_expand(LnMatrices *m, LnShape batch);
/* The first element of matrix i. Matrices that are repeated have the same. */
const float *ln_matrices_at(const LnMatrices *m, int64_t i);
/* Matrix i, into contiguous memory: by rows, or by columns. */
void ln_matrices_read(float *out, const LnMatrices *m, int64_t i, bool by_columns);
/* Are all matrices symmetric, up to 1e-4 of the largest element? The message names the two entries. */
LnStatus ln_matrices_check_symmetric(const LnMatrices *m, LnError *err);

/* A new tensor for one result a matrix: the batch, then `n` more dimensions. */
LnStatus ln_matrices_result(LnTensor **out, const LnMatrices *m, int n, int64_t rows, int64_t columns, LnError *err);
/* "svd: matrix {2, 1} of a tensor of shape 5x2x4x4 " and the rest, a verb: "did not converge". */
LnStatus ln_matrices_fail(const LnMatrices *m, int64_t i, LnError *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Working memory of a decomposition, in one block. */
typedef struct LnWorkspace {
  float *floats, *matrix; /* what LAPACK asks for; a matrix */
  int *ints;
} LnWorkspace;
/* asked: floats, as LAPACK told in a float, rounded to nearest: a little more is taken. */
LnStatus ln_workspace_new(LnWorkspace *out, int *size, float asked, int64_t matrix, int64_t ints, const char *what,
                          LnError *err);
void ln_workspace_free(LnWorkspace *work);

#endif
