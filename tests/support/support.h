/* What all test programs share. A folder tests/<folder> is one program: its suite.c defines test_suite(), which
 * collects the test cases of the folder's files, each exported as `TCase *<name>_tests(void)`. */
#ifndef LUNET_TESTS_SUPPORT_H
#define LUNET_TESTS_SUPPORT_H

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/type.h"
#include "tensor/tensor.h"

Suite *test_suite(void);

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

/* |got - want| <= tolerance * max(1, |want|), for a whole array. */
void ck_assert_close(const float *got, const float *want, int64_t n, double tolerance);

/* An item from its JSON options; fails the test when that fails. */
LnItem *test_item(const LnType *type, const char *json);

/* A contiguous tensor with values of a fixed pseudo-random sequence in [low, high). */
LnTensor *test_random(LnShape shape, uint64_t seed, double low, double high);

#endif
