/* The data of tests/reference/statistics.py. */
#ifndef LUNET_TESTS_STATISTIC_SUPPORT_H
#define LUNET_TESTS_STATISTIC_SUPPORT_H

#include <stdbool.h>

void test_differences(double *out, int n, bool ties);
void test_sample(double *out, int n); /* skew */

#endif
