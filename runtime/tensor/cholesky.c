/* cholesky: see decompose.h. LAPACK is asked of the transpose (lapack.h): a = u' u by columns, so l = u' by rows. */
#include <string.h>

#include "base/interrupt.h"
#include "tensor/decompose.h"
#include "tensor/lapack.h"
#include "tensor/matrices.h"
#include "tensor/record.h"
#include "tensor/solve.h"
#include "tensor/terms.h"

static LnStatus cholesky_all(float *l, const LnMatrices *m, LnError *err) {
  const int n = (int)m->rows;
  for (int64_t k = 0; k < m->count; k++, l += m->rows * m->rows) {
    int info = 0;
    ln_matrices_read(l, m, k, false);
    spotrf_("U", &n, l, &n, &info, 1);
    if (info > 0)
      return ln_matrices_fail(m, k, err, "is not positive definite: its first %d row%s and columns are not", info,
                              info == 1 ? "" : "s");
    for (int64_t i = 0; i < n; i++) memset(l + i * n + i + 1, 0, (size_t)(n - 1 - i) * sizeof(float));
    LN_TRY(ln_interrupt_check(err));
  }
  return LN_OK;
}

/* The lower triangle with half the diagonal. */
static LnTensor *halved(LnTerms *t, LnTensor *a) {
  LnTensor *y = a == NULL ? NULL : ln_blank(t, a->shape);
  int64_t n = a == NULL ? 0 : a->shape.d[a->shape.n - 1];
  for (int64_t at = 0; y != NULL && at < ln_shape_count(a->shape); at++) {
    int64_t i = at / n % n, j = at % n;
    y->data[at] = i > j ? a->data[at] : i == j ? 0.5f * a->data[at] : 0.0f;
  }
  return y;
}

static LnTensor *solved(LnTerms *t, LnTensor *a, LnTensor *b) {
  LnTensor *x = NULL;
  return a == NULL || b == NULL ? NULL : ln_term(t, ln_tensor_solve(&x, a, b, t->err), &x);
}

/* da = l'^-1 halved(l' dl) l^-1, the mean of it and its transpose.
 * Source: Murray: Differentiation of the Cholesky decomposition (2016). */
static LnStatus cholesky_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTerms terms = {.err = err}, *t = &terms;
  LnTensor *across = ln_turn(t, of->out[0]), *inner = halved(t, ln_product(t, across, of->dout[0]));
  LnTensor *da = solved(t, across, ln_turn(t, solved(t, across, inner)));
  return ln_terms_end(t, &din[0], ln_scaled(t, ln_plus(t, da, ln_turn(t, da)), 0.5));
}

LnStatus ln_tensor_cholesky(LnTensor **out, LnTensor *a, LnError *err) {
  LnMatrices m;
  LnTensor *l = NULL;
  LN_TRY(ln_matrices(&m, "cholesky", a, true, err));
  LN_TRY(ln_matrices_check_symmetric(&m, err));
  LN_TRY(ln_matrices_result(&l, &m, 2, m.rows, m.rows, err));
  LnStatus status = m.rows > 0 ? cholesky_all(l->data, &m, err) : LN_OK;
  if (status != LN_OK) return ln_tensor_unref(l), status;
  return ln_tape_finish(out, l, &(LnOperation){"cholesky", cholesky_adjoint, LN_INPUTS(a)}, err);
}
