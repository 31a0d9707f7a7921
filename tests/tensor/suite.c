/* See suite.h. */
#include "tensor/suite.h"

LnTensor *counting(LnShape shape) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, shape, &err));
  for (int64_t i = 0; i < ln_shape_count(shape); i++) t->data[i] = (float)i;
  return t;
}

void check_tensor(LnTensor *t, LnShape shape, const float *want) {
  int64_t n = ln_shape_count(shape);
  ck_assert_msg(ln_shape_equal(t->shape, shape), "shape %s, expected %s", LN_SHAPE_TEXT(t->shape),
                LN_SHAPE_TEXT(shape));
  float *got = malloc((size_t)n * sizeof *got + 1);
  ln_tensor_read(got, t);
  for (int64_t i = 0; i < n; i++)
    ck_assert_msg(got[i] == want[i] || (isnan(got[i]) && isnan(want[i])), "element %lld: got %.9g, want %.9g",
                  (long long)i + 1, (double)got[i], (double)want[i]);
  free(got);
  ln_tensor_unref(t);
}
