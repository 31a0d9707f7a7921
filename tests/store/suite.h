/* The test cases of this folder. */
#ifndef LUNET_TESTS_STORE_SUITE_H
#define LUNET_TESTS_STORE_SUITE_H

#include "support/files.h"

TCase *safetensors_tests(void);
TCase *model_file_tests(void);

#endif
