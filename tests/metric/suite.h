/* The test cases of this folder. */
#ifndef LUNET_TESTS_METRIC_SUITE_H
#define LUNET_TESTS_METRIC_SUITE_H

#include "support/support.h"

TCase *generic_tests(void);
TCase *known_tests(void);

#endif
