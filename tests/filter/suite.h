/* What the tests of this folder share. */
#ifndef LUNET_TESTS_FILTER_SUITE_H
#define LUNET_TESTS_FILTER_SUITE_H

#include "support/support.h"

/* The filter with these options makes `want` of the noisy test image, within the tolerance. */
void check_filter(const LnType *type, const char *options, LnShape size, const double *want, double tolerance);

#endif
