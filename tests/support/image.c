/* See image.h. */
#include "support/image.h"

#include "support/support.h"

static LnTensor *image(LnShape shape, int64_t noise) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, shape, &err));
  int64_t height = shape.d[shape.n - 2], width = shape.d[shape.n - 1];
  for (int64_t i = 0; i < ln_shape_count(shape); i++) {
    int64_t r = i / width % height, c = i % width;
    int64_t value = (r / 6 + c / 5) % 3 * 64 + (r * r + 3 * c) % 31 + noise * ((r * 193 + c * 71 + r * c * 29) % 47);
    t->data[i] = (float)value / 256;
  }
  return t;
}

LnTensor *test_image(LnShape shape) {
  return image(shape, 0);
}

LnTensor *test_image_noisy(LnShape shape) {
  return image(shape, 1);
}
