/* stb_image, for formats whose header has been checked before. */
#ifndef LUNET_IMAGE_STB_H
#define LUNET_IMAGE_STB_H

#include "image/format.h"

/* The pixels of a file into an image that has been begun, of the same size. */
LnStatus ln_stb_decode(LnImage *image, const uint8_t *bytes, size_t n, LnError *err);

#endif
