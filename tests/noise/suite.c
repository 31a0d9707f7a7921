/* See suite.h. */
#include "noise/suite.h"

LnTensor *corrupted(LnItem *noise, LnTensor *x, uint64_t stream) {
  LnError err;
  LnTensor *y = NULL;
  CK_OK(ln_noise_apply(&y, noise, x, stream, &err));
  ck_assert(ln_shape_equal(y->shape, x->shape) && ln_tensor_contiguous(y) && !ln_tensor_same_storage(x, y));
  return y;
}

LnTensor *constant(LnShape shape, double value) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, shape, &err));
  ln_tensor_fill(t, (float)value, NULL);
  return t;
}

bool same_bits(const LnTensor *a, const LnTensor *b) {
  return ln_shape_equal(a->shape, b->shape) &&
         memcmp(a->data, b->data, (size_t)ln_shape_count(a->shape) * sizeof(float)) == 0;
}
