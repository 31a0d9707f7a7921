/* BMP, PBM, PGM and PPM files, and the rest that is known by its first bytes. */
#include "fuzz/fuzz.h"

const char *const fuzz_covers = "runtime/image/bmp.c runtime/image/pnm.c";

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  return fuzz_image(bytes, n);
}
