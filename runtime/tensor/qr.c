/* qr: see decompose.h. LAPACK is asked of the transpose (lapack.h): a' = l q by columns, so r = l' and q' by rows. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "tensor/decompose.h"
#include "tensor/lapack.h"
#include "tensor/matrices.h"
#include "tensor/record.h"
#include "tensor/solve.h"
#include "tensor/terms.h"

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* What sgelqf leaves of one matrix, `columns` floats a row of a: r, and the first k of each row for q. */
static void take_r(float *r, const float *factored, const LnMatrices *m, int64_t k) {
  for (int64_t j = 0; j < k; j++)
    for (int64_t i = j; i < m->columns; i++) r[j * m->columns + i] = factored[j * m->columns + i];
}

static LnStatus qr_all(float *q, float *r, const LnMatrices *m, LnError *err) {
  const int rows = (int)m->columns, columns = (int)m->rows, k = (int)least(m->rows, m->columns);
  int info = 0, size = -1;
  float asked[2];
  LnWorkspace work;
  sgelqf_(&rows, &columns, NULL, &rows, NULL, &asked[0], &size, &info);
  sorglq_(&k, &columns, &k, NULL, &rows, NULL, &asked[1], &size, &info);
  LN_TRY(ln_workspace_new(&work, &size, fmaxf(asked[0], asked[1]), m->rows * m->columns + k, 0, "qr", err));
  float *tau = work.matrix + m->rows * m->columns;
  LnStatus status = LN_OK;
  for (int64_t i = 0; i < m->count && status == LN_OK; i++, q += m->rows * k, r += k * m->columns) {
    ln_matrices_read(work.matrix, m, i, false);
    sgelqf_(&rows, &columns, work.matrix, &rows, tau, work.floats, &size, &info);
    take_r(r, work.matrix, m, k);
    sorglq_(&k, &columns, &k, work.matrix, &rows, tau, work.floats, &size, &info);
    for (int64_t row = 0; row < m->rows; row++)
      memcpy(q + row * k, work.matrix + row * m->columns, (size_t)k * sizeof(float));
    status = ln_interrupt_check(err);
  }
  ln_workspace_free(&work);
  return status;
}

/* The lower triangle of square matrices, and its mirror image above. */
static LnTensor *mirrored(LnTerms *t, LnTensor *a) {
  LnTensor *y = a == NULL ? NULL : ln_blank(t, a->shape);
  int64_t n = a == NULL ? 0 : a->shape.d[a->shape.n - 1];
  for (int64_t at = 0; y != NULL && at < ln_shape_count(a->shape); at++) {
    int64_t i = at / n % n, j = at % n, matrix = at - i * n - j;
    y->data[at] = i >= j ? a->data[at] : a->data[matrix + j * n + i];
  }
  return y;
}

/* A part of the columns of each matrix. */
static LnTensor *columns_of(LnTerms *t, LnTensor *a, int64_t first, int64_t count) {
  LnTensor *y = NULL;
  return a == NULL ? NULL : ln_term(t, ln_tensor_slice(&y, a, a->shape.n - 1, first, count, 1, t->err), &y);
}

/* Of a matrix with at least as many rows as columns: (dq + q mirrored(r dr' - dq' q)) r'^-1. */
static LnTensor *tall_gradient(LnTerms *t, LnTensor *q, LnTensor *r, LnTensor *dq, LnTensor *dr) {
  LnTensor *m = ln_minus(t, ln_product(t, r, ln_turn(t, dr)), ln_product(t, ln_turn(t, dq), q));
  LnTensor *right = ln_turn(t, ln_plus(t, dq, ln_product(t, q, mirrored(t, m)))), *x = NULL;
  if (right == NULL) return NULL;
  LnTensor *solved =
      ln_term(t, ln_error_prefix(t->err, ln_tensor_solve(&x, r, right, t->err), "qr: its gradient: "), &x);
  return ln_turn(t, solved);
}

/* With more columns than rows, a = [x y], r = [r1 r2]: x = q r1, y = q r2.
 * Source: Walter, Lehmann: Algorithmic differentiation of linear algebra functions (2010); Liao et al.: Differentiable
 * programming tensor networks (2019), for both cases. */
static LnStatus qr_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *q = of->out[0], *r = of->out[1], *dq = of->dout[0], *dr = of->dout[1];
  int64_t k = r->shape.d[r->shape.n - 2], n = r->shape.d[r->shape.n - 1];
  if (n == k || k == 0) return ln_terms_end(t, &din[0], k == 0 ? of->in[0] : tall_gradient(t, q, r, dq, dr));
  LnTensor *y = columns_of(t, of->in[0], k, n - k), *dr2 = columns_of(t, dr, k, n - k);
  LnTensor *dx = tall_gradient(t, q, columns_of(t, r, 0, k), ln_plus(t, dq, ln_product(t, y, ln_turn(t, dr2))),
                               columns_of(t, dr, 0, k));
  LnTensor *dy = ln_product(t, q, dr2), *both = NULL;
  if (dx != NULL && dy != NULL)
    both = ln_term(t, ln_tensor_concat(&both, (LnTensor *[]){dx, dy}, 2, dx->shape.n - 1, err), &both);
  return ln_terms_end(t, &din[0], both);
}

LnStatus ln_tensor_qr(LnTensor **q, LnTensor **r, LnTensor *a, LnError *err) {
  LnMatrices m;
  LnTensor *made[2] = {NULL};
  LN_TRY(ln_matrices(&m, "qr", a, false, err));
  int64_t k = least(m.rows, m.columns);
  LnStatus status = ln_matrices_result(&made[0], &m, 2, m.rows, k, err);
  if (status == LN_OK) status = ln_matrices_result(&made[1], &m, 2, k, m.columns, err);
  if (status == LN_OK && k > 0) status = qr_all(made[0]->data, made[1]->data, &m, err);
  if (status == LN_OK) status = ln_interrupt_check(err);
  if (status == LN_OK) status = ln_tape_record(made, 2, &(LnOperation){"qr", qr_adjoint, LN_INPUTS(a)}, err);
  if (status != LN_OK) return ln_tensor_unref(made[0]), ln_tensor_unref(made[1]), status;
  *q = made[0], *r = made[1];
  return LN_OK;
}
