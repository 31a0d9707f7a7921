/* The test cases of this folder. */
#ifndef LUNET_TESTS_FILTER_SUITE_H
#define LUNET_TESTS_FILTER_SUITE_H

#include "support/support.h"

TCase *generic_tests(void);
TCase *median_tests(void);
TCase *gaussian_tests(void);
TCase *nlmeans_tests(void);
TCase *mias_tests(void);

/* The filter with these options makes `want` of the noisy test picture, within the tolerance. */
void check_filter(const LnType *type, const char *options, LnShape size, const double *want, double tolerance);

#endif
