/* Formulas of several operations: see terms.h. */
#include "tensor/terms.h"

#include <assert.h>
#include <stddef.h>

LnTensor *ln_term(LnTerms *t, LnStatus status, LnTensor *const *made) {
  if (t->status == LN_OK) t->status = status;
  if (status != LN_OK) return NULL;
  assert(t->n < LN_MOST_TERMS);
  return t->made[t->n++] = *made;
}

LnStatus ln_terms_end(LnTerms *t, LnTensor **out, LnTensor *y) {
  if (t->status == LN_OK && y != NULL) *out = ln_tensor_ref(y);
  for (int i = 0; i < t->n; i++) ln_tensor_unref(t->made[i]);
  t->n = 0;
  return t->status;
}

LnTensor *ln_turn(LnTerms *t, LnTensor *a) {
  int dims[LN_MAX_DIMS];
  LnTensor *y = NULL;
  if (a == NULL) return NULL;
  for (int i = 0, n = a->shape.n; i < n; i++) dims[i] = i == n - 1 ? n - 2 : i == n - 2 ? n - 1 : i;
  return ln_term(t, ln_tensor_permute(&y, a, dims, t->err), &y);
}

static LnTensor *binary(LnTerms *t, LnBinary op, LnTensor *a, LnTensor *b) {
  LnTensor *y = NULL;
  return a == NULL || b == NULL ? NULL : ln_term(t, ln_tensor_binary(&y, op, a, b, t->err), &y);
}

LnTensor *ln_plus(LnTerms *t, LnTensor *a, LnTensor *b) {
  return binary(t, LN_ADD, a, b);
}

LnTensor *ln_minus(LnTerms *t, LnTensor *a, LnTensor *b) {
  return binary(t, LN_SUB, a, b);
}

LnTensor *ln_times(LnTerms *t, LnTensor *a, LnTensor *b) {
  return binary(t, LN_MUL, a, b);
}

LnTensor *ln_scaled(LnTerms *t, LnTensor *a, double factor) {
  LnTensor *number = ln_blank(t, (LnShape){0});
  if (number != NULL) number->data[0] = (float)factor;
  return ln_times(t, a, number);
}

LnTensor *ln_shaped(LnTerms *t, LnTensor *a, LnShape shape) {
  LnTensor *y = NULL;
  return a == NULL ? NULL : ln_term(t, ln_tensor_reshape(&y, a, shape, t->err), &y);
}

LnTensor *ln_wider(LnTerms *t, LnTensor *a, int dim) {
  if (a == NULL) return NULL;
  LnShape shape = {.n = a->shape.n + 1};
  assert(shape.n <= LN_MAX_DIMS);
  for (int i = 0; i < shape.n; i++) shape.d[i] = i == dim ? 1 : a->shape.d[i - (i > dim)];
  return ln_shaped(t, a, shape);
}

LnTensor *ln_column(LnTerms *t, LnTensor *a) {
  return a == NULL ? NULL : ln_wider(t, a, a->shape.n);
}

LnTensor *ln_blank(LnTerms *t, LnShape shape) {
  LnTensor *y = NULL;
  return t->status != LN_OK ? NULL : ln_term(t, ln_tensor_new(&y, shape, t->err), &y);
}
