/* The test cases of this folder. */
#ifndef LUNET_TESTS_NN_SUITE_H
#define LUNET_TESTS_NN_SUITE_H

#include "support/support.h"

TCase *conv2d_tests(void);
TCase *dense_tests(void);
TCase *dropout_tests(void);
TCase *reference_tests(void);
TCase *nan_tests(void);
TCase *refusals_tests(void);
TCase *winograd_tests(void);
TCase *batch_norm_tests(void);

#endif
