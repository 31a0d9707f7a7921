/* svd: see decompose.h. LAPACK is asked of the transpose (lapack.h): a' = v s u' by columns, so vt and u by rows. */
#include "base/interrupt.h"
#include "tensor/decompose.h"
#include "tensor/lapack.h"
#include "tensor/matrices.h"
#include "tensor/record.h"
#include "tensor/terms.h"

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static LnStatus svd_all(float *u, float *s, float *vt, const LnMatrices *m, LnError *err) {
  const int rows = (int)m->columns, columns = (int)m->rows, k = (int)least(m->rows, m->columns);
  int info = 0, size = -1;
  float asked;
  LnWorkspace work;
  sgesdd_("S", &rows, &columns, NULL, &rows, NULL, NULL, &rows, NULL, &k, &asked, &size, NULL, &info, 1);
  LN_TRY(ln_workspace_new(&work, &size, asked, m->rows * m->columns, 8 * (int64_t)k, "svd", err));
  LnStatus status = LN_OK;
  for (int64_t i = 0; i < m->count && status == LN_OK; i++) {
    ln_matrices_read(work.matrix, m, i, false);
    sgesdd_("S", &rows, &columns, work.matrix, &rows, s + i * k, vt + i * k * rows, &rows, u + i * k * columns, &k,
            work.floats, &size, work.ints, &info, 1);
    status = info > 0
                 ? ln_matrices_fail(m, i, err, "has no singular values that could be found: sgesdd did not converge")
                 : ln_interrupt_check(err);
  }
  ln_workspace_free(&work);
  return status;
}

/* 1 / (s_j^2 - s_i^2) off the diagonal, of every matrix. Where two are equal, vectors are determined up to a rotation
 * among themselves and have no gradient. */
static LnTensor *gaps(LnTerms *t, const LnTensor *s) {
  int64_t k = s->shape.d[s->shape.n - 1], count = k > 0 ? ln_shape_count(s->shape) / k : 0;
  LnShape shape = s->shape;
  shape.d[shape.n++] = k;
  LnTensor *f = ln_blank(t, shape);
  for (int64_t at = 0; f != NULL && at < count * k * k; at++) {
    int64_t i = at / k % k, j = at % k, first = at / k / k * k;
    double si = (double)s->data[first + i], sj = (double)s->data[first + j];
    if (i != j && si == sj) {
      ln_term(t,
              ln_fail(t->err, LN_ENUMERIC,
                      "svd: no gradient of u and vt exists where singular values are equal, here "
                      "both %g",
                      si),
              NULL);
      return NULL;
    }
    f->data[at] = i == j ? 0.0f : (float)(1 / ((sj - si) * (sj + si)));
  }
  return f;
}

static LnTensor *inverse(LnTerms *t, const LnTensor *s) {
  LnTensor *y = ln_blank(t, s->shape);
  for (int64_t i = 0; y != NULL && i < ln_shape_count(s->shape); i++) {
    if (s->data[i] == 0) {
      ln_term(t,
              ln_fail(t->err, LN_ENUMERIC,
                      "svd: no gradient of u and vt exists where a singular value is 0 and the "
                      "matrix is not square"),
              NULL);
      return NULL;
    }
    y->data[i] = 1 / s->data[i];
  }
  return y;
}

/* f o (w' dw - dw' w) */
static LnTensor *rotation(LnTerms *t, LnTensor *f, LnTensor *w, LnTensor *dw) {
  LnTensor *p = ln_product(t, ln_turn(t, w), dw);
  return ln_times(t, f, ln_minus(t, p, ln_turn(t, p)));
}

/* (dw - w w' dw) / s: what of dw leaves the space that the columns of w span. */
static LnTensor *outside(LnTerms *t, LnTensor *w, LnTensor *dw, LnTensor *row) {
  return ln_times(t, ln_minus(t, dw, ln_product(t, w, ln_product(t, ln_turn(t, w), dw))), row);
}

/* Whether a gradient is not all zeros: where only s is used, u and v may be what they like. */
static bool is_used(const LnTensor *dw) {
  return ln_shape_count(dw->shape) > 0 &&
         (ln_tensor_reduce_all(LN_RMIN, dw) != 0 || ln_tensor_reduce_all(LN_RMAX, dw) != 0);
}

/* da = u ((f o (u' du - du' u)) S + S (f o (v' dv - dv' v)) + diag(ds)) v' + (1 - u u') du S^-1 v' + u S^-1 dv' (1 - v
 * v') Source: Townsend: Differentiating the singular value decomposition (2016). */
static LnStatus svd_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *u = of->out[0], *s = of->out[1], *vt = of->out[2], *du = of->dout[0], *dvt = of->dout[2];
  LnTensor *v = ln_turn(t, vt), *dv = ln_turn(t, dvt), *row = ln_wider(t, s, s->shape.n - 1);
  int64_t m = u->shape.d[u->shape.n - 2], n = vt->shape.d[vt->shape.n - 1], k = s->shape.d[s->shape.n - 1];
  LnTensor *da = ln_product(t, ln_times(t, u, ln_wider(t, of->dout[1], s->shape.n - 1)), vt);
  if (t->status == LN_OK && (is_used(du) || is_used(dvt))) {
    LnTensor *f = gaps(t, s);
    LnTensor *inner =
        ln_plus(t, ln_times(t, rotation(t, f, u, du), row), ln_times(t, ln_column(t, s), rotation(t, f, v, dv)));
    da = ln_plus(t, da, ln_product(t, ln_product(t, u, inner), vt));
    LnTensor *over = m > k || n > k ? inverse(t, s) : s;
    over = over == NULL ? NULL : ln_wider(t, over, s->shape.n - 1);
    if (m > k) da = ln_plus(t, da, ln_product(t, outside(t, u, du, over), vt));
    if (n > k) da = ln_plus(t, da, ln_product(t, u, ln_turn(t, outside(t, v, dv, over))));
  }
  return ln_terms_end(t, &din[0], da);
}

LnStatus ln_tensor_svd(LnTensor **u, LnTensor **s, LnTensor **vt, LnTensor *a, LnError *err) {
  LnMatrices m;
  LnTensor *made[3] = {NULL};
  LN_TRY(ln_matrices(&m, "svd", a, false, err));
  int64_t k = least(m.rows, m.columns);
  LnStatus status = ln_matrices_result(&made[0], &m, 2, m.rows, k, err);
  if (status == LN_OK) status = ln_matrices_result(&made[1], &m, 1, k, 0, err);
  if (status == LN_OK) status = ln_matrices_result(&made[2], &m, 2, k, m.columns, err);
  if (status == LN_OK && k > 0) status = svd_all(made[0]->data, made[1]->data, made[2]->data, &m, err);
  if (status == LN_OK) status = ln_interrupt_check(err);
  if (status == LN_OK) status = ln_tape_record(made, 3, &(LnOperation){"svd", svd_adjoint, LN_INPUTS(a)}, err);
  if (status != LN_OK) {
    for (int i = 0; i < 3; i++) ln_tensor_unref(made[i]);
    return status;
  }
  *u = made[0], *s = made[1], *vt = made[2];
  return LN_OK;
}
