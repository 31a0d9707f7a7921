/* solve, inv and det: see solve.h, and lapack.h for why LAPACK is asked of the transpose. */
#include "tensor/solve.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/lapack.h"
#include "tensor/systems.h"
#include "tensor/terms.h"

/* a = p l u of matrix i, or rather of its transpose. */
static LnStatus factor(float *a, int *pivots, const LnMatrices *m, int64_t i, LnError *err) {
  const int n = (int)m->rows;
  int info = 0;
  ln_matrices_read(a, m, i, false);
  sgetrf_(&n, &n, a, &n, pivots, &info);
  return info > 0 ? ln_matrices_fail(m, i, err, "is singular: pivot %d of its LU decomposition is zero", info) : LN_OK;
}

/* ---- solve ---- */

/* The same a for several right sides, as a broadcast gives it, is factored once. */
static LnStatus solve_all(const LnSystems *s, LnError *err) {
  const int n = (int)s->a.rows, columns = (int)s->b.columns;
  size_t bytes = (size_t)n * (size_t)n * sizeof(float) + (size_t)n * sizeof(int);
  float *a = ln_alloc(bytes), *x = s->x->data;
  if (a == NULL) return ln_fail_memory(err, "solve", bytes);
  int *pivots = (int *)(void *)(a + (int64_t)n * n), info = 0;
  LnStatus status = LN_OK;
  for (int64_t i = 0; i < s->a.count && status == LN_OK; i++, x += (int64_t)n * columns) {
    if (i == 0 || ln_matrices_at(&s->a, i) != ln_matrices_at(&s->a, i - 1)) status = factor(a, pivots, &s->a, i, err);
    if (status != LN_OK) break;
    ln_matrices_read(x, &s->b, i, true);
    sgetrs_("T", &n, &columns, a, &n, pivots, x, &n, &info, 1);
    status = ln_interrupt_check(err);
  }
  ln_free(a);
  return status;
}

static LnTensor *solved(LnTerms *t, LnTensor *a, LnTensor *b) {
  LnTensor *x = NULL;
  return a == NULL || b == NULL ? NULL : ln_term(t, ln_tensor_solve(&x, a, b, t->err), &x);
}

/* db = a'^-1 dx, da = -db x'. Source: Giles (2008), see eigh.c. */
static LnStatus solve_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  bool vector = of->in[1]->shape.n == 1;
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *x = of->out[0], *dx = of->dout[0];
  LnTensor *side = solved(t, ln_turn(t, of->in[0]), vector ? ln_column(t, dx) : dx);
  if (side != NULL && ln_wanted(of, 0))
    din[0] = ln_scaled(t, ln_product(t, side, ln_turn(t, vector ? ln_column(t, x) : x)), -1);
  if (din[0] != NULL) ln_tensor_ref(din[0]);
  return ln_terms_end(t, &din[1], side == NULL || !vector ? side : ln_shaped(t, side, dx->shape));
}

LnStatus ln_tensor_solve(LnTensor **x, LnTensor *a, LnTensor *b, LnError *err) {
  LnSystems s;
  LN_TRY(ln_systems(&s, "solve", a, b, true, err));
  LnStatus status = s.a.rows > 0 && s.b.columns > 0 ? solve_all(&s, err) : LN_OK;
  return ln_systems_finish(x, &s, status, &(LnOperation){"solve", solve_adjoint, LN_INPUTS(a, b)}, err);
}

/* ---- inv and det ---- */

static LnStatus inv_all(float *y, const LnMatrices *m, LnError *err) {
  const int n = (int)m->rows;
  int info = 0, size = -1;
  float asked;
  LnWorkspace work;
  sgetri_(&n, NULL, &n, NULL, &asked, &size, &info);
  LN_TRY(ln_workspace_new(&work, &size, asked, 0, n, "inv", err));
  LnStatus status = LN_OK;
  for (int64_t i = 0; i < m->count && status == LN_OK; i++, y += (int64_t)n * n) {
    status = factor(y, work.ints, m, i, err);
    if (status == LN_OK) sgetri_(&n, y, &n, work.ints, work.floats, &size, &info);
    if (status == LN_OK) status = ln_interrupt_check(err);
  }
  ln_workspace_free(&work);
  return status;
}

/* da = -y' dy y' */
static LnStatus inv_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *y = ln_turn(t, of->out[0]);
  return ln_terms_end(t, &din[0], ln_scaled(t, ln_product(t, y, ln_product(t, of->dout[0], y)), -1));
}

LnStatus ln_tensor_inv(LnTensor **out, LnTensor *a, LnError *err) {
  LnMatrices m;
  LnTensor *y = NULL;
  LN_TRY(ln_matrices(&m, "inv", a, true, err));
  LN_TRY(ln_matrices_result(&y, &m, 2, m.rows, m.rows, err));
  LnStatus status = m.rows > 0 ? inv_all(y->data, &m, err) : LN_OK;
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"inv", inv_adjoint, LN_INPUTS(a)}, err);
}

static LnStatus det_all(float *y, const LnMatrices *m, LnError *err) {
  const int n = (int)m->rows;
  size_t bytes = (size_t)n * (size_t)n * sizeof(float) + (size_t)n * sizeof(int);
  float *a = ln_alloc(bytes);
  if (a == NULL) return ln_fail_memory(err, "det", bytes);
  int *pivots = (int *)(void *)(a + (int64_t)n * n), info = 0;
  for (int64_t i = 0; i < m->count && !ln_interrupted(); i++) {
    double product = 1;
    ln_matrices_read(a, m, i, false);
    if (n > 0) sgetrf_(&n, &n, a, &n, pivots, &info);
    for (int64_t k = 0; k < n; k++) product *= (double)a[k * n + k] * (pivots[k] == k + 1 ? 1 : -1);
    y[i] = (float)product;
  }
  ln_free(a);
  return ln_interrupt_check(err);
}

/* da = dy det(a) a'^-1 */
static LnStatus det_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *inverse = NULL;
  LnStatus status = ln_error_prefix(err, ln_tensor_inv(&inverse, of->in[0], err), "det: its gradient: ");
  LnTensor *across = ln_turn(t, ln_term(t, status, &inverse)), *factor = ln_times(t, of->dout[0], of->out[0]);
  return ln_terms_end(t, &din[0], ln_times(t, ln_column(t, ln_column(t, factor)), across));
}

LnStatus ln_tensor_det(LnTensor **out, LnTensor *a, LnError *err) {
  LnMatrices m;
  LnTensor *y = NULL;
  LN_TRY(ln_matrices(&m, "det", a, true, err));
  LN_TRY(ln_matrices_result(&y, &m, 0, 0, 0, err));
  LnStatus status = det_all(y->data, &m, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"det", det_adjoint, LN_INPUTS(a)}, err);
}
