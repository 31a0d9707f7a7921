/* The list of image formats, and finding one in it. */
#ifndef LUNET_IMAGE_FORMATS_H
#define LUNET_IMAGE_FORMATS_H

#include "image/format.h"

extern const LnImageFormat *const ln_image_formats[]; /* ended by NULL */

/* The format of a file by its first bytes; NULL with an error for none: "not supported: TIFF" for what is known, but
 * not read. */
const LnImageFormat *ln_image_format_of_bytes(const uint8_t *bytes, size_t n, LnError *err);
/* The format by the extension of a file name, in any case; NULL for none. */
const LnImageFormat *ln_image_format_of_name(const char *name);

/* "PNG, JPEG, BMP", for messages; of those that are written, as extensions: ".png, .pgm". Returns out. */
const char *ln_image_formats_read(char *out, size_t room);
const char *ln_image_formats_written(char *out, size_t room);

#endif
