/* See image.h. */
#include "support/image.h"

#include <stdio.h>

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

LnTensor *test_image_file(const char *path) {
  enum { SIDE = 64, HEADER = 13 };
  LnError err;
  LnTensor *t = NULL;
  unsigned char bytes[SIDE * SIDE];
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  ck_assert_msg(fseek(file, HEADER, SEEK_SET) == 0 && fread(bytes, 1, sizeof bytes, file) == sizeof bytes, "%s", path);
  fclose(file);
  CK_OK(ln_tensor_new(&t, LN_SHAPE(SIDE, SIDE), &err));
  for (int i = 0; i < SIDE * SIDE; i++) t->data[i] = bytes[i] / 255.0f;
  return t;
}
