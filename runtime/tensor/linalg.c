/* Dense products through OpenBLAS. */
#include <cblas.h>
#include <inttypes.h>
#include <limits.h>

#include "base/interrupt.h"
#include "tensor/record.h"

enum { LEAST_ROWS = 256 }; /* of a block of a product: fewer would waste what BLAS packs */

/* BLAS reads a matrix by rows or, transposed, by columns; `leading` is the distance between these. */
typedef struct Matrix {
  LnTensor *t; /* one reference */
  CBLAS_TRANSPOSE transposed;
  int leading;
} Matrix;

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static bool leading_fits(int64_t leading, int64_t length) {
  return leading >= length && leading >= 1 && leading <= INT_MAX;
}

/* t as BLAS can read it: as it lies where possible, else a copy. */
static LnStatus as_matrix(Matrix *out, LnTensor *t, LnError *err) {
  if (t->stride[1] == 1 && leading_fits(t->stride[0], t->shape.d[1])) {
    *out = (Matrix){ln_tensor_ref(t), CblasNoTrans, (int)t->stride[0]};
  } else if (t->stride[0] == 1 && leading_fits(t->stride[1], t->shape.d[0])) {
    *out = (Matrix){ln_tensor_ref(t), CblasTrans, (int)t->stride[1]};
  } else {
    LnTensor *copy;
    LN_TRY(ln_tensor_clone(&copy, t, err));
    *out = (Matrix){copy, CblasNoTrans, (int)copy->shape.d[1]};
  }
  return LN_OK;
}

/* One thread, so that results do not depend on how many there are. The first call costs nothing worth measuring. */
static void use_one_thread(void) {
  static bool done;
  if (!done) openblas_set_num_threads(1);
  done = true;
}

/* y = left right, a block of y at a time: BLAS cannot be interrupted. The blocks depend on the sizes alone. */
static void multiply(LnTensor *y, const Matrix *left, const Matrix *right, int64_t k) {
  const int64_t most = (int64_t)1 << 30; /* mult-adds at a time: some 20 ms on one thread */
  const int64_t m = y->shape.d[0], n = y->shape.d[1];
  const int64_t columns = least(n, most / (least(m, LEAST_ROWS) * k) + 1), rows = least(m, most / (columns * k) + 1);
  for (int64_t i = 0; i < m; i += rows)
    for (int64_t j = 0; j < n && !ln_interrupted(); j += columns)
      cblas_sgemm(CblasRowMajor, left->transposed, right->transposed, (int)least(rows, m - i), (int)least(columns, n - j),
                  (int)k, 1.0f, left->t->data + i * (left->transposed == CblasTrans ? 1 : left->leading), left->leading,
                  right->t->data + j * (right->transposed == CblasTrans ? right->leading : 1), right->leading, 0.0f,
                  y->data + i * n + j, (int)n);
}

static LnStatus check_operands(const LnTensor *a, const LnTensor *b, LnError *err) {
  if (a->shape.n != 2 || b->shape.n != 2)
    return ln_fail(err, LN_ESHAPE, "matmul: needs two matrices, got shapes %s and %s", LN_SHAPE_TEXT(a->shape),
                   LN_SHAPE_TEXT(b->shape));
  if (a->shape.d[1] != b->shape.d[0])
    return ln_fail(err, LN_ESHAPE, "matmul: shapes %s and %s do not fit: dimension 2 of the first is %" PRId64
                   ", dimension 1 of the second is %" PRId64, LN_SHAPE_TEXT(a->shape), LN_SHAPE_TEXT(b->shape),
                   a->shape.d[1], b->shape.d[0]);
  if (a->shape.d[0] > INT_MAX || a->shape.d[1] > INT_MAX || b->shape.d[1] > INT_MAX)
    return ln_fail(err, LN_ESHAPE, "matmul: shapes %s and %s are too large", LN_SHAPE_TEXT(a->shape),
                   LN_SHAPE_TEXT(b->shape));
  return LN_OK;
}

static LnStatus transposed(LnTensor **out, LnTensor *t, LnError *err) {
  return ln_tensor_permute(out, t, (const int[]){1, 0}, err);
}

/* dA = dY B', dB = A' dY. */
static LnStatus matmul_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  for (int k = 0; k < 2; k++) {
    if (!ln_wanted(of, k)) continue;
    LnTensor *other;
    LN_TRY(transposed(&other, of->in[1 - k], err));
    LnStatus status = k == 0 ? ln_tensor_matmul(&din[0], of->dout[0], other, err)
                             : ln_tensor_matmul(&din[1], other, of->dout[0], err);
    ln_tensor_unref(other);
    if (status != LN_OK) return status;
  }
  return LN_OK;
}

LnStatus ln_tensor_matmul(LnTensor **out, LnTensor *a, LnTensor *b, LnError *err) {
  LN_TRY(check_operands(a, b, err));
  const int64_t m = a->shape.d[0], k = a->shape.d[1], n = b->shape.d[1];
  Matrix left = {0}, right = {0};
  LnTensor *y = NULL;
  LnStatus status = ln_tensor_new(&y, LN_SHAPE(m, n), err);
  if (status == LN_OK) status = as_matrix(&left, a, err);
  if (status == LN_OK) status = as_matrix(&right, b, err);
  if (status == LN_OK && m > 0 && n > 0 && k > 0) {
    use_one_thread();
    multiply(y, &left, &right, k);
  }
  ln_tensor_unref(left.t);
  ln_tensor_unref(right.t);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"matmul", matmul_adjoint, LN_INPUTS(a, b)}, err);
}
