/* JPEG files, with the EXIF data in them. */
#include "fuzz/fuzz.h"

const char *const fuzz_covers = "runtime/image/jpeg.c runtime/image/exif.c";

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  return fuzz_image(bytes, n);
}
