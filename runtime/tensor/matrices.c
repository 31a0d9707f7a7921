/* Batches of matrices: see matrices.h. */
#include "tensor/matrices.h"

#include <cblas.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void ln_blas_use_one_thread(void) {
  static bool done;
  if (!done) openblas_set_num_threads(1);
  done = true;
}

typedef struct IndexText {
  char text[24 * LN_MAX_DIMS];
} IndexText;

/* "{2, 1, 3}": place number `position` of a shape, from 1. */
static IndexText index_text(LnShape shape, int64_t position) {
  IndexText out = {"{"};
  int64_t after = ln_shape_count(shape);
  size_t used = 1;
  for (int d = 0; d < shape.n; d++) {
    after /= shape.d[d];
    used += (size_t)snprintf(out.text + used, sizeof out.text - used, d == 0 ? "%" PRId64 : ", %" PRId64,
                             position / after + 1);
    position %= after;
  }
  snprintf(out.text + used, sizeof out.text - used, "}");
  return out;
}

LnStatus ln_check_finite(const char *what, const LnTensor *t, LnError *err) {
  int64_t bad = ln_tensor_find_nonfinite(t), rest = bad;
  const float *element = t->data;
  if (bad < 0) return LN_OK;
  for (int d = t->shape.n - 1; d >= 0; rest /= t->shape.d[d], d--) element += rest % t->shape.d[d] * t->stride[d];
  return ln_fail(err, LN_ENUMERIC, "%s: needs finite numbers; element %s of the tensor %s is %g", what,
                 index_text(t->shape, bad).text, LN_SHAPE_TEXT(t->shape), (double)*element);
}

LnStatus ln_matrices(LnMatrices *out, const char *what, const LnTensor *t, bool square, LnError *err) {
  const int n = t->shape.n;
  ln_blas_use_one_thread();
  if (n < 2)
    return ln_fail(err, LN_ESHAPE, "%s: needs a matrix, or several, got shape %s", what, LN_SHAPE_TEXT(t->shape));
  *out = (LnMatrices){.what = what, .given = t, .t = *t, .batch = t->shape};
  out->rows = t->shape.d[n - 2], out->columns = t->shape.d[n - 1];
  out->batch.d[n - 2] = out->batch.d[n - 1] = 0, out->batch.n -= 2;
  out->count = ln_shape_count(out->batch);
  if (square && out->rows != out->columns)
    return ln_fail(err, LN_ESHAPE, "%s: needs square matrices, got shape %s, whose last two sizes differ", what,
                   LN_SHAPE_TEXT(t->shape));
  int64_t longer = out->rows > out->columns ? out->rows : out->columns;
  if (longer > LN_MOST_OF_MATRIX || (double)out->rows * (double)out->columns > LN_MOST_OF_MATRIX)
    return ln_fail(err, LN_ESHAPE, "%s: the matrices of shape %s are too large: at most %d elements each", what,
                   LN_SHAPE_TEXT(t->shape), LN_MOST_OF_MATRIX);
  return ln_check_finite(what, t, err);
}

void ln_matrices_expand(LnMatrices *m, LnShape batch) {
  LnTensor wide = m->t;
  int missing = batch.n - m->batch.n;
  for (int d = 0; d < batch.n + 2; d++) {
    int from = d - missing;
    bool repeated = d < batch.n && (from < 0 || m->batch.d[from] != batch.d[d]);
    wide.shape.d[d] = d < batch.n ? batch.d[d] : m->t.shape.d[from];
    wide.stride[d] = repeated ? 0 : m->t.stride[from];
  }
  wide.shape.n = batch.n + 2;
  m->t = wide;
  m->batch = batch;
  m->count = ln_shape_count(batch);
}

const float *ln_matrices_at(const LnMatrices *m, int64_t i) {
  const float *first = m->t.data;
  for (int d = m->batch.n - 1; d >= 0; i /= m->batch.d[d], d--) first += i % m->batch.d[d] * m->t.stride[d];
  return first;
}

void ln_matrices_read(float *out, const LnMatrices *m, int64_t i, bool by_columns) {
  const float *from = ln_matrices_at(m, i);
  const int n = m->t.shape.n, outer = by_columns ? n - 1 : n - 2, inner = by_columns ? n - 2 : n - 1;
  int64_t length = m->t.shape.d[inner], step = m->t.stride[inner];
  for (int64_t r = 0; r < m->t.shape.d[outer]; r++, out += length) {
    const float *row = from + r * m->t.stride[outer];
    if (step == 1) memcpy(out, row, (size_t)length * sizeof(float));
    for (int64_t c = 0; c < length && step != 1; c++) out[c] = row[c * step];
  }
}

LnStatus ln_matrices_check_symmetric(const LnMatrices *m, LnError *err) {
  const int64_t n = m->rows, *stride = &m->t.stride[m->t.shape.n - 2];
  for (int64_t k = 0; k < m->count; k++) {
    const float *a = ln_matrices_at(m, k);
    float largest = 0;
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < n; j++) largest = fmaxf(largest, fabsf(a[i * stride[0] + j * stride[1]]));
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < i; j++) {
        float lower = a[i * stride[0] + j * stride[1]], upper = a[j * stride[0] + i * stride[1]];
        if (fabsf(lower - upper) > 1e-4f * largest)
          return ln_matrices_fail(
              m, k, err, "is not symmetric: entry {%" PRId64 ", %" PRId64 "} is %g, {%" PRId64 ", %" PRId64 "} is %g",
              i + 1, j + 1, (double)lower, j + 1, i + 1, (double)upper);
      }
  }
  return LN_OK;
}

LnStatus ln_matrices_result(LnTensor **out, const LnMatrices *m, int n, int64_t rows, int64_t columns, LnError *err) {
  LnShape shape = m->batch;
  if (n > 0) shape.d[shape.n++] = rows;
  if (n > 1) shape.d[shape.n++] = columns;
  return ln_tensor_new(out, shape, err);
}

LnStatus ln_matrices_fail(const LnMatrices *m, int64_t i, LnError *err, const char *format, ...) {
  char which[sizeof(IndexText) + sizeof(LnShapeText) + 64], why[160];
  va_list args;
  va_start(args, format);
  vsnprintf(why, sizeof why, format, args);
  va_end(args);
  if (m->batch.n == 0)
    snprintf(which, sizeof which, "the matrix of shape %s", LN_SHAPE_TEXT(m->given->shape));
  else
    snprintf(which, sizeof which, "matrix %s of a tensor of shape %s", index_text(m->batch, i).text,
             LN_SHAPE_TEXT(m->given->shape));
  return ln_fail(err, LN_ENUMERIC, "%s: %s %s", m->what, which, why);
}

LnStatus ln_workspace_new(LnWorkspace *out, int *size, float asked, int64_t matrix, int64_t ints, const char *what,
                          LnError *err) {
  double enough = ceil((double)asked * (1 + 0x1p-23)) + 1;
  *size = enough < INT_MAX ? (int)enough : INT_MAX;
  size_t bytes = ((size_t)*size + (size_t)matrix) * sizeof(float) + (size_t)ints * sizeof(int);
  out->floats = ln_alloc(bytes);
  if (out->floats == NULL) return ln_fail_memory(err, what, bytes);
  out->matrix = out->floats + *size;
  out->ints = (int *)(void *)(out->matrix + matrix);
  return LN_OK;
}

void ln_workspace_free(LnWorkspace *work) {
  ln_free(work->floats);
}
