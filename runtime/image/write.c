/* Writing images: a tensor to samples, and through its format's writer to a file. */
#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "image/formats.h"
#include "image/image.h"

/* C,H,W in [0, 1] to samples, pixel by pixel, rounded half up. bits: 8 gives bytes, 16 uint16_t. */
static LnStatus to_samples(void *out, int bits, const LnTensor *image, int channels, int64_t plane, LnError *err) {
  uint8_t *narrow = out;
  uint16_t *broad = out;
  float one = bits == 8 ? 255.0f : 65535.0f;
  for (int c = 0; c < channels; c++) {
    for (int64_t i = 0; i < plane; i++) {
      float value = image->data[c * plane + i];
      if (isnan(value)) return ln_fail(err, LN_ENUMERIC, "pixel %lld of channel %d is NaN", (long long)i + 1, c + 1);
      float sample = floorf((value < 0 ? 0 : value > 1 ? 1 : value) * one + 0.5f);
      if (bits == 8)
        narrow[i * channels + c] = (uint8_t)sample;
      else
        broad[i * channels + c] = (uint16_t)sample;
    }
  }
  return LN_OK;
}

/* image: contiguous, C,H,W or H,W */
static LnStatus encode_packed(uint8_t **out, size_t *n, const LnImageFormat *format, const LnTensor *image, int bits,
                       LnError *err) {
  const LnShape *s = &image->shape;
  LnSamples in = {.bits = bits, .channels = s->n == 3 ? (int)s->d[0] : 1, .height = s->d[s->n - 2],
                  .width = s->d[s->n - 1]};
  size_t size = (size_t)(ln_shape_count(*s) * (bits / 8));
  void *samples = ln_alloc(size);
  if (samples == NULL) return ln_fail_memory(err, "samples", size);
  LnStatus status = to_samples(samples, bits, image, in.channels, in.height * in.width, err);
  in.samples = samples;
  if (status == LN_OK) status = format->write(out, n, &in, err);
  ln_free(samples);
  return status;
}

/* Whether the format keeps what is to be written. */
static LnStatus check(const LnImageFormat *format, const LnShape *s, int bits, LnError *err) {
  char names[128];
  if (format == NULL || format->write == NULL)
    return ln_fail(err, LN_EARG, "the name must end in one of %s", ln_image_formats_written(names, sizeof names));
  if ((bits != 8 && bits != 16) || bits > format->bits)
    return ln_fail(err, LN_EARG, "bits must be 8%s, got %d", format->bits >= 16 ? " or 16" : "", bits);
  if (!(s->n == 2 || (s->n == 3 && (s->d[0] == 1 || s->d[0] == 3))))
    return ln_fail(err, LN_ESHAPE, "expected height x width, or 1 or 3 channels x height x width, got %s",
                   LN_SHAPE_TEXT(*s));
  if (!format->colour && s->n == 3 && s->d[0] == 3)
    return ln_fail(err, LN_ESHAPE, "%s keeps no colour: expected 1 channel, got %s", format->name, LN_SHAPE_TEXT(*s));
  for (int i = s->n - 2; i < s->n; i++)
    if (s->d[i] < 1 || s->d[i] > INT32_MAX)
      return ln_fail(err, LN_ESHAPE, "sides must be 1 to %d, got %s", INT32_MAX, LN_SHAPE_TEXT(*s));
  return LN_OK;
}

LnStatus ln_image_encode(uint8_t **out, size_t *n, const char *name, LnTensor *image, int bits, LnError *err) {
  const LnImageFormat *format = ln_image_format_of_name(name);
  LnTensor *packed = NULL;
  *out = NULL;
  LnStatus status = check(format, &image->shape, bits, err);
  if (status == LN_OK) status = ln_tensor_as_contiguous(&packed, image, err);
  if (status == LN_OK) status = encode_packed(out, n, format, packed, bits, err);
  ln_tensor_unref(packed);
  return status;
}

LnStatus ln_image_write(const char *path, LnTensor *image, int bits, LnError *err) {
  uint8_t *bytes = NULL;
  size_t n = 0;
  LnStatus status = ln_image_encode(&bytes, &n, path, image, bits, err);
  if (status != LN_OK) return ln_error_prefix(err, status, "cannot write image '%.300s': ", path);
  status = ln_file_write(path, bytes, n, err);
  ln_free(bytes);
  return status;
}
