/* Reading images: from bytes through their format's reader to a tensor, upright and, if wanted, gray. */
#include "base/file.h"
#include "base/memory.h"
#include "image/exif.h"
#include "image/formats.h"
#include "image/image.h"

/* Luma of Rec. 601: 0.299 R + 0.587 G + 0.114 B. */
static LnStatus to_gray(LnTensor **out, const LnTensor *image, LnError *err) {
  int64_t height = image->shape.d[1], width = image->shape.d[2], plane = height * width;
  const float *r = image->data, *g = r + plane, *b = g + plane;
  LN_TRY(ln_tensor_new(out, LN_SHAPE(1, height, width), err));
  for (int64_t i = 0; i < plane; i++) (*out)->data[i] = (float)(0.299 * r[i] + 0.587 * g[i] + 0.114 * b[i]);
  return LN_OK;
}

/* Puts `to` in the place of *image. */
static void replace(LnTensor **image, LnTensor *to) {
  ln_tensor_unref(*image);
  *image = to;
}

static LnStatus finish(LnImage *image, LnImageOptions options, LnError *err) {
  LnTensor *gray = NULL, *upright = NULL;
  if (options.gray && image->pixels->shape.d[0] == 3) {
    LN_TRY(to_gray(&gray, image->pixels, err));
    replace(&image->pixels, gray);
  }
  if (options.stored || image->orientation <= 1) return LN_OK;
  LN_TRY(ln_exif_turn(&upright, image->pixels, image->orientation, err));
  replace(&image->pixels, upright);
  return LN_OK;
}

LnStatus ln_image_decode(LnTensor **out, const void *bytes, size_t n, LnImageOptions options, LnError *err) {
  LnError why; /* says which of the failures it is, though the caller may not want to know */
  LnImage image = {0};
  const LnImageFormat *format = ln_image_format_of_bytes(bytes, n, &why);
  LnStatus status = format == NULL ? why.status : format->read(&image, bytes, n, &why);
  if (status == LN_OK) status = finish(&image, options, &why);
  if (status != LN_OK) return ln_tensor_unref(image.pixels), ln_fail(err, status, "%s", why.msg);
  *out = image.pixels;
  return LN_OK;
}

LnStatus ln_image_read(LnTensor **out, const char *path, LnImageOptions options, LnError *err) {
  void *bytes = NULL;
  size_t n = 0;
  LN_TRY(ln_file_read(&bytes, &n, path, err));
  LnStatus status = ln_image_decode(out, bytes, n, options, err);
  ln_free(bytes);
  return ln_error_prefix(err, status, "cannot read image '%.300s': ", path);
}
