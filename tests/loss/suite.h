/* The test cases of this folder. */
#ifndef LUNET_TESTS_LOSS_SUITE_H
#define LUNET_TESTS_LOSS_SUITE_H

#include "support/support.h"

TCase *generic_tests(void);
TCase *bce_tests(void);
TCase *mse_tests(void);
TCase *mae_tests(void);

#endif
