/* See suite.h. */
#include "augment/suite.h"

LnTensor *changed(const LnAugmentType *type, const char *options, LnTensor *x, uint64_t stream) {
  LnError err;
  LnItem *item = test_item(&type->type, options);
  LnTensor *y = NULL;
  CK_OK(ln_augment_apply(&y, item, x, (LnAugmentDraw){.stream = stream}, &err));
  ln_item_unref(item);
  return y;
}

LnTensor *counted(int64_t n, int64_t height, int64_t width) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(n, 1, height, width), &err));
  for (int64_t i = 0; i < n * height * width; i++) t->data[i] = (float)(i % (height * width));
  return t;
}

bool same_bits(const LnTensor *a, const LnTensor *b) {
  return ln_shape_equal(a->shape, b->shape) &&
         memcmp(a->data, b->data, (size_t)ln_shape_count(a->shape) * sizeof(float)) == 0;
}
