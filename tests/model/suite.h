/* The test cases of this folder. */
#ifndef LUNET_TESTS_MODEL_SUITE_H
#define LUNET_TESTS_MODEL_SUITE_H

#include "support/support.h"

TCase *arena_tests(void);
TCase *fusion_tests(void);
TCase *bands_tests(void);
TCase *lanes_tests(void);
TCase *network_tests(void);
TCase *trainer_tests(void);
TCase *profile_tests(void);
TCase *reference_steps_tests(void);

#endif
