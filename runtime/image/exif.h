/* The orientation in EXIF data: how a camera was held. */
#ifndef LUNET_IMAGE_EXIF_H
#define LUNET_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

#include "tensor/tensor.h"

/* The orientation in n bytes of EXIF data, which begin with its TIFF header: 1 (upright) to 8. 1 where there is none,
 * or where it cannot be found in damaged data: no pixel is lost by that. */
int ln_exif_orientation(const uint8_t *exif, size_t n);

/* A stored image C,H,W turned upright, contiguous: C,W,H for orientations 5 to 8. */
LnStatus ln_exif_turn(LnTensor **out, const LnTensor *stored, int orientation, LnError *err);

#endif
