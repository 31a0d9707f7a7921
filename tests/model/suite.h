/* The test cases of this folder. */
#ifndef LUNET_TESTS_MODEL_SUITE_H
#define LUNET_TESTS_MODEL_SUITE_H

#include "support/support.h"

TCase *reference_steps_tests(void);

#endif
