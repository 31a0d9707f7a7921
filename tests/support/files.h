/* For tests that need files: a temporary folder per test case, and small files in it. */
#ifndef LUNET_TESTS_FILES_H
#define LUNET_TESTS_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "support/support.h"

/* Give the test case a folder of its own, removed at its end with all that is in it. */
void test_use_folder(TCase *tcase);

/* The path of a name in the folder ("" is the folder itself); good until eight more have been asked for. */
const char *test_path(const char *name);

/* Make a file in the folder; returns its path as above. */
const char *test_file(const char *name, const void *bytes, size_t n);

/* How many entries the folder has. */
int test_folder_count(void);

/* A file of ../shared/data, or, for a name that begins with "cases/", of ../shared/cases: its path as above, or NULL,
 * said aloud, where it is not at hand. */
const char *test_shared(const char *name);

#endif
