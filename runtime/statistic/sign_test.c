/* The sign test: see sign_test.h. P(X <= k) = I_{1/2}(n - k, k + 1) for X from Binomial(n, 1/2): DLMF 8.17.5. */
#include "statistic/sign_test.h"

#include <math.h>

#include "statistic/beta.h"

LnSignTest ln_sign_test(const double *differences, int64_t n) {
  LnSignTest test = {.p = 1};
  for (int64_t i = 0; i < n; i++) {
    if (differences[i] > 0) test.plus++;
    else if (differences[i] < 0) test.minus++;
    else test.zeros++;
  }
  int64_t fewer = test.plus < test.minus ? test.plus : test.minus, more = test.plus + test.minus - fewer;
  if (more > fewer) test.p = fmin(1, 2 * ln_beta_regularised(0.5, (double)more, (double)fewer + 1));
  return test;
}
