/* Images: files in, PNG out, resizing, grids. An image is a tensor C,H,W with values in [0, 1]; C is 1 or 3. */
#ifndef LUNET_IMAGE_IMAGE_H
#define LUNET_IMAGE_IMAGE_H

#include <stdbool.h>

#include "tensor/tensor.h"

/* Read PNG, JPEG, BMP or PGM/PPM (8 or 16 bit; 16-bit values are divided by 65535, 8-bit ones by 255, PGM by its own
 * maximum). gray: turn colour into luma (Rec. 601), the result is 1,H,W; otherwise 1,H,W or 3,H,W. Alpha is dropped. */
LnStatus ln_image_read(LnTensor **out, const char *path, bool gray, LnError *err);

/* Write an 8-bit PNG; values are clipped to [0, 1]. image: C,H,W or H,W, C 1 or 3, sides up to 65500. Never half there.
 * Fails for a path that does not end in .png, and with LN_ENUMERIC for NaN. */
LnStatus ln_image_write(const char *path, LnTensor *image, LnError *err);

typedef enum LnResize { LN_RESIZE_AREA, LN_RESIZE_BILINEAR } LnResize;

/* Resize the last two dimensions. AREA: every output pixel is the mean of the source rectangle it covers, edges
 * weighted by the covered share (OpenCV INTER_AREA when shrinking). BILINEAR: half-pixel centres, edges repeated, no
 * antialiasing (PyTorch interpolate(mode="bilinear", align_corners=False)). */
LnStatus ln_image_resize(LnTensor **out, LnTensor *image, int64_t height, int64_t width, LnResize method, LnError *err);

/* Images side by side: rows[r] is N,C,H,W and gives one row of the first `columns` images (0: all). gap: pixels
 * between images, white. The result is C,H',W'. */
LnStatus ln_image_grid(LnTensor **out, LnTensor *const *rows, int n_rows, int64_t columns, int64_t gap, LnError *err);

#endif
