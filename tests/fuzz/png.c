/* PNG files. */
#include "fuzz/fuzz.h"

const char *const fuzz_covers = "runtime/image/png.c";

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  return fuzz_image(bytes, n);
}
