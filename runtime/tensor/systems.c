/* Systems of linear equations: see systems.h. */
#include "tensor/systems.h"

#include <inttypes.h>
#include <stdio.h>

static LnStatus fail_sides(const char *what, const LnTensor *a, const LnTensor *b, const char *why, LnError *err) {
  return ln_fail(err, LN_ESHAPE, "%s: shapes %s and %s do not fit: %s", what, LN_SHAPE_TEXT(a->shape),
                 LN_SHAPE_TEXT(b->shape), why);
}

LnStatus ln_systems(LnSystems *s, const char *what, LnTensor *a, LnTensor *b, bool square, LnError *err) {
  LnTensor column = *b; /* counts as no reference */
  LnShape batch;
  *s = (LnSystems){.vector = b->shape.n == 1};
  LN_TRY(ln_matrices(&s->a, what, a, square, err));
  if (b->shape.n == 0) return fail_sides(what, a, b, "the second must be a vector or matrices", err);
  if (s->vector) column.shape = LN_SHAPE(b->shape.d[0], 1), column.stride[1] = 1;
  LN_TRY(ln_matrices(&s->b, what, &column, false, err));
  s->b.given = b;
  if (s->b.rows != s->a.rows) {
    char why[96];
    snprintf(why, sizeof why, "%" PRId64 " equations and %" PRId64 " right sides", s->a.rows, s->b.rows);
    return fail_sides(what, a, b, why, err);
  }
  int64_t longer = s->a.rows > s->a.columns ? s->a.rows : s->a.columns;
  if ((double)longer * (double)s->b.columns > LN_MOST_OF_MATRIX)
    return fail_sides(what, a, b, "too many elements", err);
  if (ln_tensor_broadcast(&batch, s->a.batch, s->b.batch, err) != LN_OK)
    return fail_sides(what, a, b, "the dimensions before the last two do not broadcast", err);
  ln_matrices_expand(&s->a, batch);
  ln_matrices_expand(&s->b, batch);
  return ln_matrices_result(&s->x, &s->a, 2, s->b.columns, s->a.columns, err);
}

/* The solutions as users get them: a vector, or columns. */
static LnStatus take_x(LnTensor **out, const LnSystems *s, LnError *err) {
  int dims[LN_MAX_DIMS], n = s->x->shape.n;
  if (s->vector) return ln_tensor_select(out, s->x, n - 2, 0, err);
  for (int i = 0; i < n; i++) dims[i] = i == n - 1 ? n - 2 : i == n - 2 ? n - 1 : i;
  return ln_tensor_permute(out, s->x, dims, err);
}

LnStatus ln_systems_finish(LnTensor **out, LnSystems *s, LnStatus status, const LnOperation *op, LnError *err) {
  LnTensor *x = NULL;
  if (status == LN_OK) status = take_x(&x, s, err);
  ln_tensor_unref(s->x);
  return status == LN_OK ? ln_tape_finish(out, x, op, err) : status;
}
