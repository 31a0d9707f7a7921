/* The test cases of this folder. */
#ifndef LUNET_TESTS_IMAGE_SUITE_H
#define LUNET_TESTS_IMAGE_SUITE_H

#include "support/files.h"

TCase *read_tests(void);
TCase *write_tests(void);
TCase *resize_tests(void);
TCase *grid_tests(void);

#endif
