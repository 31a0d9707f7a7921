/* eigh: see decompose.h. */
#include "base/interrupt.h"
#include "tensor/decompose.h"
#include "tensor/lapack.h"
#include "tensor/matrices.h"
#include "tensor/record.h"
#include "tensor/terms.h"

/* The mean of both triangles, in the one that lies below the diagonal by rows. */
static void take_mean(float *a, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < i; j++) a[i * n + j] = 0.5f * (a[i * n + j] + a[j * n + i]);
}

/* An eigenvector a row of `rows`. */
static LnStatus eigh_all(float *w, float *rows, const LnMatrices *m, LnError *err) {
  const int n = (int)m->rows;
  int info = 0, size = -1, size_ints = -1, ints;
  float asked;
  LnWorkspace work;
  ssyevd_("V", "U", &n, NULL, &n, NULL, &asked, &size, &ints, &size_ints, &info, 1, 1);
  size_ints = ints;
  LN_TRY(ln_workspace_new(&work, &size, asked, 0, ints, "eigh", err));
  LnStatus status = LN_OK;
  for (int64_t i = 0; i < m->count && status == LN_OK; i++, rows += m->rows * m->rows) {
    ln_matrices_read(rows, m, i, false);
    take_mean(rows, n);
    ssyevd_("V", "U", &n, rows, &n, w + i * n, work.floats, &size, work.ints, &size_ints, &info, 1, 1);
    status = info > 0 ? ln_matrices_fail(m, i, err, "has no eigenvalues that could be found: ssyevd did not converge")
                      : ln_interrupt_check(err);
  }
  ln_workspace_free(&work);
  return status;
}

/* A view with the last two dimensions exchanged. */
static LnStatus transposed(LnTensor **out, LnTensor *t, LnError *err) {
  int dims[LN_MAX_DIMS], n = t->shape.n;
  for (int i = 0; i < n; i++) dims[i] = i == n - 1 ? n - 2 : i == n - 2 ? n - 1 : i;
  return ln_tensor_permute(out, t, dims, err);
}

/* 1 / (w_j - w_i) off the diagonal, of every matrix. */
static LnTensor *gaps(LnTerms *t, const LnTensor *w) {
  int64_t n = w->shape.d[w->shape.n - 1], count = n > 0 ? ln_shape_count(w->shape) / n : 0;
  LnShape shape = w->shape;
  shape.d[shape.n++] = n;
  LnTensor *f = ln_blank(t, shape);
  for (int64_t at = 0; f != NULL && at < count * n * n; at++) {
    int64_t i = at / n % n, j = at % n, first = at / n / n * n;
    double wi = (double)w->data[first + i], wj = (double)w->data[first + j];
    if (i != j && wi == wj) {
      ln_term(
          t,
          ln_fail(t->err, LN_ENUMERIC, "eigh: no gradient of v exists where eigenvalues are equal, here both %g", wi),
          NULL);
      return NULL;
    }
    f->data[at] = i == j ? 0.0f : (float)(1 / (wj - wi));
  }
  return f;
}

/* da = v (diag(dw) + f o (v' dv)) v', the mean of it and its transpose.
 * Source: Giles: Collected matrix derivative results for forward and reverse mode algorithmic differentiation (2008).
 */
static LnStatus eigh_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *w = of->out[0], *v = of->out[1], *dw = of->dout[0], *dv = of->dout[1], *across = ln_turn(t, v);
  LnTensor *da = ln_product(t, ln_times(t, v, ln_wider(t, dw, dw->shape.n - 1)), across);
  bool used = ln_shape_count(dv->shape) > 0 &&
              (ln_tensor_reduce_all(LN_RMIN, dv) != 0 || ln_tensor_reduce_all(LN_RMAX, dv) != 0);
  if (t->status == LN_OK && used) {
    LnTensor *inner = ln_times(t, gaps(t, w), ln_product(t, across, dv));
    da = ln_plus(t, da, ln_product(t, ln_product(t, v, inner), across));
  }
  return ln_terms_end(t, &din[0], ln_scaled(t, ln_plus(t, da, ln_turn(t, da)), 0.5));
}

LnStatus ln_tensor_eigh(LnTensor **w, LnTensor **v, LnTensor *a, LnError *err) {
  LnMatrices m;
  LnTensor *values = NULL, *rows = NULL, *vectors = NULL;
  LN_TRY(ln_matrices(&m, "eigh", a, true, err));
  LN_TRY(ln_matrices_check_symmetric(&m, err));
  LnStatus status = ln_matrices_result(&values, &m, 1, m.rows, 0, err);
  if (status == LN_OK) status = ln_matrices_result(&rows, &m, 2, m.rows, m.rows, err);
  if (status == LN_OK && m.rows > 0) status = eigh_all(values->data, rows->data, &m, err);
  if (status == LN_OK) status = transposed(&vectors, rows, err);
  ln_tensor_unref(rows);
  if (status == LN_OK) status = ln_interrupt_check(err);
  if (status == LN_OK)
    status =
        ln_tape_record((LnTensor *[]){values, vectors}, 2, &(LnOperation){"eigh", eigh_adjoint, LN_INPUTS(a)}, err);
  if (status != LN_OK) return ln_tensor_unref(values), ln_tensor_unref(vectors), status;
  *w = values, *v = vectors;
  return LN_OK;
}
