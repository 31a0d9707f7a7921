/* The test cases of this folder. */
#ifndef LUNET_TESTS_BASE_SUITE_H
#define LUNET_TESTS_BASE_SUITE_H

#include "support/support.h"

TCase *rng_tests(void);
TCase *distributions_tests(void);
TCase *param_tests(void);
TCase *item_tests(void);
TCase *memory_tests(void);
TCase *text_tests(void);
TCase *parallel_tests(void);
TCase *file_tests(void);

#endif
