/* lstsq: see solve.h. */
#include <string.h>

#include "base/interrupt.h"
#include "tensor/decompose.h"
#include "tensor/lapack.h"
#include "tensor/solve.h"
#include "tensor/systems.h"
#include "tensor/terms.h"

static int64_t most(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* One system; b: the longer of m and n floats a column. */
static LnStatus lstsq_one(float *x, float *a, float *b, float *values, const LnWorkspace *work, int size,
                          const LnSystems *s, int64_t i, LnError *err) {
  const int m = (int)s->a.rows, n = (int)s->a.columns, columns = (int)s->b.columns, longer = (int)most(m, n);
  const float least = (float)longer * 0x1p-23f;
  int info = 0, rank;
  ln_matrices_read(a, &s->a, i, true);
  ln_matrices_read(x, &s->b, i, true); /* room for m floats a column: see lstsq_all */
  for (int64_t c = 0; c < columns; c++) memcpy(b + c * longer, x + c * m, (size_t)m * sizeof(float));
  sgelsd_(&m, &n, &columns, a, &m, b, &longer, values, &least, &rank, work->floats, &size, work->ints, &info);
  if (info > 0)
    return ln_matrices_fail(&s->a, i, err, "has no singular values that could be found: sgelsd did not converge");
  return LN_OK;
}

static LnStatus lstsq_all(const LnSystems *s, LnError *err) {
  const int m = (int)s->a.rows, n = (int)s->a.columns, columns = (int)s->b.columns, longer = (int)most(m, n);
  const float rcond = 0;
  int info = 0, size = -1, rank, ints;
  float asked;
  LnWorkspace work;
  sgelsd_(&m, &n, &columns, NULL, &m, NULL, &longer, NULL, &rcond, &rank, &asked, &size, &ints, &info);
  int64_t a = (int64_t)m * n, b = (int64_t)longer * columns;
  LN_TRY(ln_workspace_new(&work, &size, asked, a + 2 * b + longer, ints, "lstsq", err));
  float *side = work.matrix + a, *read = side + b, *values = read + b, *x = s->x->data;
  LnStatus status = LN_OK;
  for (int64_t i = 0; i < s->a.count && status == LN_OK; i++) {
    status = lstsq_one(read, work.matrix, side, values, &work, size, s, i, err);
    for (int64_t c = 0; c < columns; c++, x += n) memcpy(x, side + c * longer, (size_t)n * sizeof(float));
    if (status == LN_OK) status = ln_interrupt_check(err);
  }
  ln_workspace_free(&work);
  return status;
}

/* The pseudoinverse, with the singular values that lstsq takes as zero. */
static LnTensor *pseudoinverse(LnTerms *t, LnTensor *a) {
  LnTensor *u = NULL, *s = NULL, *vt = NULL;
  LnStatus status = ln_tensor_svd(&u, &s, &vt, a, t->err);
  ln_term(t, status, &u), ln_term(t, status, &s), ln_term(t, status, &vt);
  if (status != LN_OK) return NULL;
  int64_t m = a->shape.d[a->shape.n - 2], n = a->shape.d[a->shape.n - 1], k = m < n ? m : n;
  for (int64_t first = 0; k > 0 && first < ln_shape_count(s->shape); first += k) {
    float least = (float)most(m, n) * 0x1p-23f * s->data[first];
    for (int64_t i = first; i < first + k; i++) s->data[i] = s->data[i] > least ? 1 / s->data[i] : 0.0f;
  }
  return ln_product(t, ln_turn(t, vt), ln_times(t, ln_column(t, s), ln_turn(t, u)));
}

/* With p the pseudoinverse and w = p' dx: db = w, da = -w x' + (b - a x) (p w)' + (p' x) (dx - p a dx)'.
 * Source: Golub, Pereyra: The differentiation of pseudo-inverses and nonlinear least squares problems (1973), where the
 * rank does not change. */
static LnStatus lstsq_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  bool vector = of->in[1]->shape.n == 1;
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *a = of->in[0], *b = of->in[1], *x = of->out[0], *dx = of->dout[0];
  if (vector) b = ln_column(t, b), x = ln_column(t, x), dx = ln_column(t, dx);
  LnTensor *p = pseudoinverse(t, a), *across = ln_turn(t, p), *w = ln_product(t, across, dx);
  if (ln_wanted(of, 0)) {
    LnTensor *rest = ln_minus(t, b, ln_product(t, a, x));
    LnTensor *hidden = ln_minus(t, dx, ln_product(t, p, ln_product(t, a, dx)));
    LnTensor *fitted =
        ln_minus(t, ln_product(t, rest, ln_turn(t, ln_product(t, p, w))), ln_product(t, w, ln_turn(t, x)));
    din[0] = ln_plus(t, fitted, ln_product(t, ln_product(t, across, x), ln_turn(t, hidden)));
    if (din[0] != NULL) ln_tensor_ref(din[0]);
  }
  if (w != NULL && vector) {
    LnShape shape = w->shape;
    shape.d[--shape.n] = 0;
    w = ln_shaped(t, w, shape);
  }
  return ln_terms_end(t, &din[1], w);
}

LnStatus ln_tensor_lstsq(LnTensor **x, LnTensor *a, LnTensor *b, LnError *err) {
  LnSystems s;
  LN_TRY(ln_systems(&s, "lstsq", a, b, false, err));
  bool empty = s.a.rows == 0 || s.a.columns == 0 || s.b.columns == 0;
  LnStatus status = empty ? LN_OK : lstsq_all(&s, err);
  return ln_systems_finish(x, &s, status, &(LnOperation){"lstsq", lstsq_adjoint, LN_INPUTS(a, b)}, err);
}
