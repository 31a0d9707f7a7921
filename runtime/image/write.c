/* Writing images as 8-bit PNG. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/memory.h"
#include "image/codec.h"

/* C,H,W in [0, 1] to bytes, pixel by pixel, rounded half up. */
static LnStatus to_bytes(uint8_t *out, const LnTensor *image, int channels, int64_t plane, LnError *err) {
  for (int c = 0; c < channels; c++) {
    for (int64_t i = 0; i < plane; i++) {
      float value = image->data[c * plane + i];
      if (isnan(value)) return ln_fail(err, LN_ENUMERIC, "pixel %lld of channel %d is NaN", (long long)i + 1, c + 1);
      value = value < 0 ? 0 : value > 1 ? 1 : value;
      out[i * channels + c] = (uint8_t)floorf(value * 255.0f + 0.5f);
    }
  }
  return LN_OK;
}

/* image: contiguous, C,H,W or H,W */
static LnStatus encode(uint8_t **out, size_t *n, const LnTensor *image, LnError *err) {
  const LnShape *s = &image->shape;
  int channels = s->n == 3 ? (int)s->d[0] : 1;
  int64_t height = s->d[s->n - 2], width = s->d[s->n - 1];
  LN_TRY(ln_image_check_size(height, width, err));
  size_t size = (size_t)(channels * height * width);
  uint8_t *pixels = ln_alloc(size);
  if (pixels == NULL) return ln_fail_memory(err, "pixels", size);
  LnStatus status = to_bytes(pixels, image, channels, height * width, err);
  if (status == LN_OK) status = ln_png_encode(out, n, pixels, channels, height, width, err);
  ln_free(pixels);
  return status;
}

LnStatus ln_image_write(const char *path, LnTensor *image, LnError *err) {
  LnShape s = image->shape;
  LnTensor *packed = NULL;
  uint8_t *bytes = NULL;
  size_t n = 0, length = strlen(path);
  LnError why;
  if (length < 4 || strcasecmp(path + length - 4, ".png") != 0)
    return ln_fail(err, LN_EARG,
                   "cannot write image '%.300s': images are written as PNG, so the name must end in .png", path);
  if (!(s.n == 2 || (s.n == 3 && (s.d[0] == 1 || s.d[0] == 3))))
    return ln_fail(err, LN_ESHAPE,
                   "cannot write image '%.300s': expected height x width, or 1 or 3 channels x height x width, got %s",
                   path, LN_SHAPE_TEXT(s));
  LnStatus status = ln_tensor_as_contiguous(&packed, image, &why);
  if (status == LN_OK) status = encode(&bytes, &n, packed, &why);
  ln_tensor_unref(packed);
  if (status != LN_OK) return ln_fail(err, status, "cannot write image '%.300s': %s", path, why.msg);
  status = ln_file_write(path, bytes, n, err);
  ln_free(bytes);
  return status;
}
