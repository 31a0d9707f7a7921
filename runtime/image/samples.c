/* See samples.h. */
#include "image/samples.h"

#include "base/limits.h"

LnStatus ln_image_begin(LnImage *out, const LnClaim *claim, size_t n, LnError *err) {
  int64_t height = claim->height, width = claim->width;
  if (height < 1 || width < 1)
    return ln_fail(err, LN_EFORMAT, "damaged: a size of %lldx%lld pixels holds no image", (long long)height,
                   (long long)width);
  LN_TRY(ln_limit_pixels(claim->format, claim->channels, height, width, err));
  LN_TRY(ln_limit_bytes(claim->format, (double)claim->channels * (double)height * (double)width * sizeof(float), err));
  if (claim->least > (double)n)
    return ln_fail(err, LN_EFORMAT, "damaged: %lldx%lld pixels need at least %.0f bytes, the file has %zu",
                   (long long)height, (long long)width, claim->least, n);
  return ln_tensor_new(&out->pixels, LN_SHAPE(claim->channels, height, width), err);
}

void ln_image_put_row(LnImage *image, int64_t y, const void *samples, bool wide, int channels, int maximum) {
  const uint8_t *narrow = samples;
  const uint16_t *broad = samples;
  int64_t kept = image->pixels->shape.d[0], height = image->pixels->shape.d[1], width = image->pixels->shape.d[2];
  float one = (float)maximum;
  for (int64_t c = 0; c < kept; c++) {
    float *row = image->pixels->data + (c * height + y) * width;
    if (wide)
      for (int64_t x = 0; x < width; x++) row[x] = (float)broad[x * channels + c] / one;
    else
      for (int64_t x = 0; x < width; x++) row[x] = (float)narrow[x * channels + c] / one;
  }
}
