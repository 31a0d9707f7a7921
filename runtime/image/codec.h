/* Inside image/: file formats, from bytes to images and back. Messages lack the file's name; the caller adds it. */
#ifndef LUNET_IMAGE_CODEC_H
#define LUNET_IMAGE_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "image/image.h"

/* What a file may claim to hold before we believe that it is damaged. */
#define LN_IMAGE_MAX_SIDE 65500
#define LN_IMAGE_MAX_PIXELS (1 << 28)
LnStatus ln_image_check_size(int64_t height, int64_t width, LnError *err);

/* Samples as they lie in files, pixel by pixel, to an image C,H,W in [0, 1]: the first 1 (of 1 or 2) or 3 (of 3 or 4)
 * channels, the rest being alpha. wide: samples are native uint16_t, otherwise bytes. */
LnStatus ln_image_from_samples(LnTensor **out, const void *samples, bool wide, int channels, int64_t height,
                               int64_t width, int maximum, LnError *err);

LnStatus ln_image_decode_pnm(LnTensor **out, const uint8_t *bytes, size_t n, LnError *err); /* P5, P6 */
LnStatus ln_image_decode_stb(LnTensor **out, const uint8_t *bytes, size_t n, LnError *err); /* PNG, JPEG, BMP */

/* Whether all chunks or segments are there and whole: what stb_image does not look at. The signature has been seen. */
LnStatus ln_png_check(const uint8_t *bytes, size_t n, LnError *err);
LnStatus ln_jpeg_check(const uint8_t *bytes, size_t n, LnError *err);

/* An 8-bit PNG file, ln_alloc'ed, from rows of pixels with 1 or 3 channels. */
LnStatus ln_png_encode(uint8_t **out, size_t *n, const uint8_t *pixels, int channels, int64_t height, int64_t width,
                       LnError *err);

#endif
