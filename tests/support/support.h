/* What all test programs share.
 *
 * A folder tests/<folder> is one program. Its files are found, not listed: the Makefile links whatever lies in it, and
 * each file with tests ends in a block that makes a test case named like the file:
 *
 *   TESTS {
 *     tcase_add_test(tests, adds_up);
 *   }
 */
#ifndef LUNET_TESTS_SUPPORT_H
#define LUNET_TESTS_SUPPORT_H

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/type.h"
#include "tensor/tensor.h"

/* One file's tests; made by TESTS. A constructor is safe here, where object files are linked as they are: from a static
 * library the linker would drop it. */
typedef struct TestFile {
  const char *path;
  void (*add)(TCase *tests);
  char name[64]; /* of the test case */
  struct TestFile *next;
} TestFile;
void test_register(TestFile *file);

#define TESTS                                                      \
  static void add_tests_(TCase *tests);                            \
  __attribute__((constructor)) static void register_tests_(void) { \
    static TestFile file = {.path = __FILE__, .add = add_tests_};  \
    test_register(&file);                                          \
  }                                                                \
  static void add_tests_(TCase *tests)

/* Fail with the message when a call does not succeed. Uses a variable `LnError err` of the caller. */
#define CK_OK(call)                                            \
  do {                                                         \
    LnStatus ck_status_ = (call);                              \
    ck_assert_msg(ck_status_ == LN_OK, "%s: %s", #call, err.msg); \
  } while (0)

/* The call must fail with this status and a message that contains the text. */
#define CK_FAILS(call, status_, text)                                                             \
  do {                                                                                            \
    err.msg[0] = '\0';                                                                            \
    LnStatus ck_status_ = (call);                                                                 \
    ck_assert_msg(ck_status_ == (status_), "%s: status %d, expected %d: %s", #call, ck_status_, status_, err.msg); \
    ck_assert_msg(strstr(err.msg, text) != NULL, "%s: message '%s' lacks '%s'", #call, err.msg, text); \
  } while (0)

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

/* |got - want| <= tolerance * max(1, |want|), for a whole array. */
void ck_assert_close(const float *got, const float *want, int64_t n, double tolerance);

/* An item from its JSON options; fails the test when that fails. */
LnItem *test_item(const LnType *type, const char *json);

/* A contiguous tensor with values of a fixed pseudo-random sequence in [low, high). */
LnTensor *test_random(LnShape shape, uint64_t seed, double low, double high);

#endif
