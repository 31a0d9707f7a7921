/* Reading images: which format a file has, and samples to tensors. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "image/codec.h"

LnStatus ln_image_check_size(int64_t height, int64_t width, LnError *err) {
  if (height < 1 || width < 1)
    return ln_fail(err, LN_EFORMAT, "a size of %lldx%lld pixels holds no image", (long long)height, (long long)width);
  if (height > LN_IMAGE_MAX_SIDE || width > LN_IMAGE_MAX_SIDE || height * width > LN_IMAGE_MAX_PIXELS)
    return ln_fail(err, LN_EFORMAT, "%lldx%lld pixels is more than the limit of %d a side and %d million in all",
                   (long long)height, (long long)width, LN_IMAGE_MAX_SIDE, LN_IMAGE_MAX_PIXELS >> 20);
  return LN_OK;
}

LnStatus ln_image_from_samples(LnTensor **out, const void *samples, bool wide, int channels, int64_t height,
                               int64_t width, int maximum, LnError *err) {
  const uint8_t *narrow = samples;
  const uint16_t *broad = samples;
  LnTensor *image = NULL;
  int kept = channels >= 3 ? 3 : 1;
  LN_TRY(ln_tensor_new(&image, LN_SHAPE(kept, height, width), err));
  for (int c = 0; c < kept; c++) {
    float *plane = image->data + c * height * width;
    for (int64_t i = 0; i < height * width; i++) {
      int sample = wide ? broad[i * channels + c] : narrow[i * channels + c];
      if (sample > maximum) {
        ln_tensor_unref(image);
        return ln_fail(err, LN_EFORMAT, "damaged: pixel %lld has the value %d, above the maximum %d", (long long)i + 1,
                       sample, maximum);
      }
      plane[i] = (float)sample / (float)maximum;
    }
  }
  *out = image;
  return LN_OK;
}

static LnStatus decode(LnTensor **out, const uint8_t *bytes, size_t n, LnError *err) {
  if (n == 0) return ln_fail(err, LN_EFORMAT, "the file is empty");
  if (n >= 2 && (memcmp(bytes, "P5", 2) == 0 || memcmp(bytes, "P6", 2) == 0))
    return ln_image_decode_pnm(out, bytes, n, err);
  bool png = n >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
  bool jpeg = n >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0;
  bool bmp = n >= 2 && memcmp(bytes, "BM", 2) == 0;
  if (!png && !jpeg && !bmp) return ln_fail(err, LN_EFORMAT, "not a PNG, JPEG, BMP or binary PGM or PPM file");
  if (png) LN_TRY(ln_png_check(bytes, n, err));
  if (jpeg) LN_TRY(ln_jpeg_check(bytes, n, err));
  return ln_image_decode_stb(out, bytes, n, err);
}

/* Luma of Rec. 601: 0.299 R + 0.587 G + 0.114 B. */
static LnStatus to_gray(LnTensor **image, LnError *err) {
  LnTensor *gray = NULL;
  int64_t height = (*image)->shape.d[1], width = (*image)->shape.d[2], plane = height * width;
  const float *r = (*image)->data, *g = r + plane, *b = g + plane;
  LN_TRY(ln_tensor_new(&gray, LN_SHAPE(1, height, width), err));
  for (int64_t i = 0; i < plane; i++) gray->data[i] = (float)(0.299 * r[i] + 0.587 * g[i] + 0.114 * b[i]);
  ln_tensor_unref(*image);
  *image = gray;
  return LN_OK;
}

LnStatus ln_image_read(LnTensor **out, const char *path, bool gray, LnError *err) {
  void *bytes = NULL;
  size_t n = 0;
  LnTensor *image = NULL;
  LnStatus status = ln_file_read(&bytes, &n, path, err);
  if (status != LN_OK) return status;
  status = decode(&image, bytes, n, err);
  ln_free(bytes);
  if (status == LN_OK && gray && image->shape.d[0] == 3) status = to_gray(&image, err);
  if (status != LN_OK)
    return ln_tensor_unref(image), ln_error_prefix(err, status, "cannot read image '%.300s': ", path);
  *out = image;
  return LN_OK;
}
