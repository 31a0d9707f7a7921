/* The test cases of this folder. */
#ifndef LUNET_TESTS_OPTIM_SUITE_H
#define LUNET_TESTS_OPTIM_SUITE_H

#include "support/support.h"

TCase *generic_tests(void);
TCase *reference_tests(void);

#endif
