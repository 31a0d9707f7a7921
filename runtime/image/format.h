/* Formats of image files: one descriptor each, listed in image.def. To add one, write <name>.c (a family may share a
 * file, as pnm.c does) and add X(<name>); reading, writing, folders, messages and help take it from the list.
 *
 * Reading chooses by what a file begins with, writing by the file name's extension. A reader tells three failures
 * apart:
 *   LN_EFORMAT       "damaged: ...": pixels are lost or cannot be trusted. What loses no pixel is read.
 *   LN_EUNSUPPORTED  "not supported: 12-bit JPEG": a sound file of a kind that is not read.
 *   LN_ELIMIT        "too large: ...": more than the limits of the process allow (base/limits.h).
 * Messages lack the file's name; the caller adds it. */
#ifndef LUNET_IMAGE_FORMAT_H
#define LUNET_IMAGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tensor/tensor.h"

/* What a file holds. */
typedef struct LnImage {
  LnTensor *pixels; /* C,H,W in [0, 1], as stored; C is 1 or 3 */
  int orientation;  /* how to turn it upright, 1 to 8 as in EXIF (image/exif.h); 0 as 1: it is upright */
} LnImage;

/* What a file is to hold: pixel by pixel, row by row, bytes or native uint16_t. */
typedef struct LnSamples {
  const void *samples;
  int bits; /* 8: bytes, 16: uint16_t */
  int channels;
  int64_t height, width;
} LnSamples;

/* What a file begins with. */
typedef struct LnMagic {
  const char *bytes;
  size_t n;
} LnMagic;

typedef struct LnImageFormat {
  const char *name;          /* "PNG" */
  LnMagic magic[4];          /* any of these; ended by n = 0 */
  const char *extensions[4]; /* ".png" in lower case, ended by NULL */
  int bits;                  /* the most bits of a sample that its files keep */
  bool colour;               /* whether its files keep three channels as well as one */
  bool orientation;          /* whether its files may say how they are to be turned */
  /* From the n bytes of a file, which begin with a magic. *out is zeroed before; after a failure the caller drops what
   * is in it. Sizes are compared with the limits and with n before memory is taken. */
  LnStatus (*read)(LnImage *out, const uint8_t *bytes, size_t n, LnError *err);
  /* The bytes of a file, ln_alloc'ed; the same samples give the same bytes. NULL: not written. */
  LnStatus (*write)(uint8_t **out, size_t *n, const LnSamples *in, LnError *err);
} LnImageFormat;

#define X(name) extern const LnImageFormat ln_image_##name;
#include "image/image.def"
#undef X

#endif
