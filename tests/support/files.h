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

/* Let every allocation of a call fail once. Each time it must report LN_EMEMORY and leave no memory behind; in the end
 * it must succeed, and `release` must give back all it took. Uses a variable `LnError err` of the caller. */
#define CK_EVERY_ALLOCATION(call, release)                                                              \
  do {                                                                                                  \
    LnStatus ck_status_ = LN_EMEMORY;                                                                   \
    int64_t ck_live_ = ln_memory_live();                                                                \
    for (int64_t ck_n_ = 0; ck_status_ != LN_OK; ck_n_++) {                                             \
      ln_memory_fail_after(ck_n_);                                                                      \
      ck_status_ = (call);                                                                              \
      ln_memory_fail_after(-1);                                                                         \
      ck_assert_msg(ck_status_ == LN_OK || ck_status_ == LN_EMEMORY, "%s, allocation %lld failing: %s", \
                    #call, (long long)ck_n_ + 1, err.msg);                                              \
      if (ck_status_ == LN_OK) { release; }                                                             \
      ck_assert_msg(ln_memory_live() == ck_live_, "%s, allocation %lld failing: %lld bytes stay held",  \
                    #call, (long long)ck_n_ + 1, (long long)(ln_memory_live() - ck_live_));             \
    }                                                                                                   \
  } while (0)

#endif
