/* Images: files in and out, resizing, grids. An image is a tensor C,H,W with values in [0, 1]; C is 1 or 3.
 *
 * The formats of files are listed in image.def; what each keeps stands in its descriptor (image/format.h). */
#ifndef LUNET_IMAGE_IMAGE_H
#define LUNET_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tensor/tensor.h"

typedef struct LnImageOptions {
  bool gray;   /* colour becomes luma (Rec. 601), the result is 1,H,W; otherwise 1,H,W or 3,H,W */
  bool stored; /* rows and columns as they are stored; otherwise turned as the file's EXIF orientation says */
} LnImageOptions;

/* Read an image file; what it is shows in its first bytes. 16-bit samples are divided by 65535, 8-bit ones by 255,
 * those of PGM and PPM by their own maximum. CMYK becomes RGB as (1 - ink)(1 - black). Alpha is dropped.
 * Fails with LN_EIO; LN_EFORMAT "damaged: ..." when pixels are lost; LN_EUNSUPPORTED "not supported: KIND"; LN_ELIMIT
 * "too large: ..." above the limits of base/limits.h. */
LnStatus ln_image_read(LnTensor **out, const char *path, LnImageOptions options, LnError *err);
/* The same from the n bytes of a file; messages begin without its name. */
LnStatus ln_image_decode(LnTensor **out, const void *bytes, size_t n, LnImageOptions options, LnError *err);

/* Write an image file, atomically; the extension of the path chooses the format. Values are clipped to [0, 1] and
 * rounded to 8 or 16 bits. image: C,H,W or H,W. Fails for an extension that is not written, for bits or channels that
 * the format does not keep, and with LN_ENUMERIC for NaN. */
LnStatus ln_image_write(const char *path, LnTensor *image, int bits, LnError *err);
/* The bytes that such a file would hold, ln_alloc'ed; the extension of the name chooses the format. */
LnStatus ln_image_encode(uint8_t **out, size_t *n, const char *name, LnTensor *image, int bits, LnError *err);

typedef enum LnResize { LN_RESIZE_AREA, LN_RESIZE_BILINEAR } LnResize;

/* Resize the last two dimensions. AREA: every output pixel is the mean of the source rectangle it covers, edges
 * weighted by the covered share (OpenCV INTER_AREA when shrinking). BILINEAR: half-pixel centres, edges repeated, no
 * antialiasing (PyTorch interpolate(mode="bilinear", align_corners=False)). */
LnStatus ln_image_resize(LnTensor **out, LnTensor *image, int64_t height, int64_t width, LnResize method, LnError *err);

/* Images side by side: rows[r] is N,C,H,W and gives one row of the first `columns` images (0: all). gap: pixels
 * between images, white. The result is C,H',W'. */
LnStatus ln_image_grid(LnTensor **out, LnTensor *const *rows, int n_rows, int64_t columns, int64_t gap, LnError *err);

#endif
