/* What readers of image files share: a checked beginning, and samples as they lie in files to rows of a tensor. */
#ifndef LUNET_IMAGE_SAMPLES_H
#define LUNET_IMAGE_SAMPLES_H

#include "image/format.h"

/* What a header says. */
typedef struct LnClaim {
  const char *format;    /* for messages: "PNG" */
  int channels;          /* that are kept: 1 or 3 */
  int64_t height, width; /* at most 2^32 */
  double least;          /* bytes that a file of this size has at the very least */
} LnClaim;

/* Begin an image once its claim has been compared with the limits and with the n bytes of the file. */
LnStatus ln_image_begin(LnImage *out, const LnClaim *claim, size_t n, LnError *err);

/* Row y, counted from 0, from pixels of `channels` samples: the first 1 (of 1 or 2) or 3 (of 3 or 4) are kept, the rest
 * is alpha. wide: native uint16_t, otherwise bytes. maximum: the sample that is 1. */
void ln_image_put_row(LnImage *image, int64_t y, const void *samples, bool wide, int channels, int maximum);

#endif
