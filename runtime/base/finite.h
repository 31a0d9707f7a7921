/* Whether numbers are finite, or within bounds, many at a time. */
#ifndef LUNET_BASE_FINITE_H
#define LUNET_BASE_FINITE_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Whether all are from -most to most; NaN is not. Without their sign, the bits of numbers are ordered as the numbers are,
 * NaN last: integer arithmetic without a way out, so that the loop goes by vectors. */
static inline bool ln_all_within(const float *x, int64_t n, float most) {
  int32_t limit, beyond = 0;
  memcpy(&limit, &most, sizeof limit);
  for (int64_t i = 0; i < n; i++) {
    int32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    beyond |= (bits & INT32_MAX) > limit;
  }
  return !beyond;
}

static inline bool ln_all_finite(const float *x, int64_t n) {
  return ln_all_within(x, n, FLT_MAX);
}

#endif
