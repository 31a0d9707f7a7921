/* The data of tests/reference/statistics.py. */
#include "statistic/support.h"

#include <math.h>
#include <stdint.h>

#include "statistic/normal.h"

static uint32_t hashed(uint32_t i, uint32_t n) {
  return ((i + 1) * 2654435761u ^ n * 40503u * 65537u) >> 16;
}

void test_differences(double *out, int n, bool ties) {
  for (int i = 0; i < n; i++) {
    uint32_t h = hashed((uint32_t)i, (uint32_t)n);
    out[i] = ties ? (double)(h % 9) - 3 : (h % 3 == 0 ? -1 : 1) * (i + 1.0);
  }
}

void test_sample(double *out, int n) {
  for (int i = 0; i < n; i++)
    out[i] = exp(ln_normal_quantile((i + 0.5) / n)) + hashed((uint32_t)i, (uint32_t)n) / 65536.0 / 4;
}
