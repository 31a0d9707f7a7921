/* The files of this folder. */
#ifndef LUNET_TESTS_GENERIC_GENERIC_H
#define LUNET_TESTS_GENERIC_GENERIC_H

#include "support/support.h"

TCase *descriptor_tests(void);
TCase *options_tests(void);
TCase *layers_tests(void);
TCase *gradients_tests(void);
TCase *losses_tests(void);
TCase *instruction_sets_tests(void);
TCase *threads_tests(void);
TCase *memory_tests(void);

#endif
