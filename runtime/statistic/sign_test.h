/* The sign test of paired differences: is one sign as likely as the other? Zeros count for neither. */
#ifndef LUNET_STATISTIC_SIGN_TEST_H
#define LUNET_STATISTIC_SIGN_TEST_H

#include <stdint.h>

typedef struct LnSignTest {
  int64_t plus, minus, zeros;
  double p; /* two-sided, exact: of Binomial(plus + minus, 1/2); 1 where all are zero */
} LnSignTest;

LnSignTest ln_sign_test(const double *differences, int64_t n);

#endif
