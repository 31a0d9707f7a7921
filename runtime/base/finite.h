/* Whether numbers are finite, many at a time. */
#ifndef LUNET_BASE_FINITE_H
#define LUNET_BASE_FINITE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* NaN and infinity have all bits of the exponent set; integer arithmetic without a way out, so that the loop goes by
 * vectors. */
static inline bool ln_all_finite(const float *x, int64_t n) {
  uint32_t found = 0;
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    found |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return found == 0;
}

#endif
