/* The list of image formats: see formats.h. */
#include "image/formats.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const LnImageFormat *const ln_image_formats[] = {
#define X(name) &ln_image_##name,
#include "image/image.def"
#undef X
    NULL};

/* Formats that people have and this program does not read: their users learn more than "not an image". */
static const struct {
  const char *name;
  size_t at, n; /* where the magic lies, how long it is */
  const char *bytes;
} unread[] = {
    {.name = "TIFF", .bytes = "II*\0", .n = 4},
    {.name = "TIFF", .bytes = "MM\0*", .n = 4},
    {.name = "GIF", .bytes = "GIF8", .n = 4},
    {.name = "WebP", .at = 8, .bytes = "WEBP", .n = 4},
    {.name = "DICOM", .at = 128, .bytes = "DICM", .n = 4},
    {.name = "JPEG 2000", .bytes = "\0\0\0\x0cjP  ", .n = 8},
    {.name = "JPEG 2000", .bytes = "\xff\x4f\xff\x51", .n = 4},
    {.name = "JPEG XL", .bytes = "\0\0\0\x0cJXL ", .n = 8},
    {.name = "JPEG XL", .bytes = "\xff\x0a", .n = 2},
    {.name = "HEIF or AVIF", .at = 4, .bytes = "ftyp", .n = 4},
    {.name = "Photoshop", .bytes = "8BPS", .n = 4},
    {.name = "OpenEXR", .bytes = "v/1\x01", .n = 4},
    {.name = "Radiance", .bytes = "#?RADIANCE", .n = 10},
    {.name = "PAM (P7)", .bytes = "P7\n", .n = 3},
    {.name = "PFM", .bytes = "PF\n", .n = 3},
    {.name = "PFM", .bytes = "Pf\n", .n = 3},
};

static bool begins(const uint8_t *bytes, size_t n, size_t at, const char *magic, size_t length) {
  return n >= at + length && memcmp(bytes + at, magic, length) == 0;
}

const LnImageFormat *ln_image_format_of_bytes(const uint8_t *bytes, size_t n, LnError *err) {
  char names[128];
  for (const LnImageFormat *const *f = ln_image_formats; *f != NULL; f++)
    for (const LnMagic *magic = (*f)->magic; magic->n > 0; magic++)
      if (begins(bytes, n, 0, magic->bytes, magic->n)) return *f;
  for (size_t i = 0; i < sizeof unread / sizeof *unread; i++)
    if (begins(bytes, n, unread[i].at, unread[i].bytes, unread[i].n))
      return ln_fail(err, LN_EUNSUPPORTED, "not supported: %s", unread[i].name), NULL;
  if (n == 0)
    ln_fail(err, LN_EFORMAT, "the file is empty");
  else
    ln_fail(err, LN_EFORMAT, "not an image file of a kind that is read (%s)",
            ln_image_formats_read(names, sizeof names));
  return NULL;
}

const LnImageFormat *ln_image_format_of_name(const char *name) {
  const char *dot = strrchr(name, '.');
  for (const LnImageFormat *const *f = ln_image_formats; dot != NULL && *f != NULL; f++)
    for (const char *const *extension = (*f)->extensions; *extension != NULL; extension++)
      if (strcasecmp(dot, *extension) == 0) return *f;
  return NULL;
}

static void append(char *out, size_t room, const char *text) {
  size_t used = strlen(out);
  snprintf(out + used, room - used, "%s%s", used == 0 ? "" : ", ", text);
}

const char *ln_image_formats_read(char *out, size_t room) {
  out[0] = '\0';
  for (const LnImageFormat *const *f = ln_image_formats; *f != NULL; f++) append(out, room, (*f)->name);
  return out;
}

const char *ln_image_formats_written(char *out, size_t room) {
  out[0] = '\0';
  for (const LnImageFormat *const *f = ln_image_formats; *f != NULL; f++)
    for (const char *const *extension = (*f)->extensions; (*f)->write != NULL && *extension != NULL; extension++)
      append(out, room, *extension);
  return out;
}
