/* Tests that walk the lists of items: what is listed is tested.
 *
 * To add an item, here a layer, to be ln.nn.<name>:
 *   1. runtime/nn/<name>.c ends in its descriptor, with two cases or more: options as JSON, shapes of inputs. The tests
 *      of this folder and tests/<kind>/generic.c run them all. Give a case
 *        .kinks = LN_KINKS(0)   where the derivative jumps: gradient checks keep inputs away from there,
 *        .tolerance = 5e-3      where finite differences are less exact than 1e-3.
 *      Every word of an option with words must differ from every other in at least one case (words.c).
 *   2. runtime/nn/nn.def lists it: X(<name>).
 *      A function applied number by number is one entry of runtime/kernels/activation.def instead of these two.
 *   3. tests/nn/<name>.py says what PyTorch makes of it: start from tests/nn/tanh.py. Then
 *        python3 tests/reference/write.py tests/nn/<name>.py
 *      writes tests/nn/<name>_values.c. tests/reference/<kind>.py says what such a file defines. For what nothing else
 *      computes, a test in tests/nn/<name>.c computes it in double and is added by tcase_add_known (support/known.h).
 *   4. make -j build/tests/generic/suite build/tests/nn/suite && build/tests/generic/suite && build/tests/nn/suite
 *      (CK_RUN_CASE=gradients runs one file's tests alone), then make test check.
 *
 * To add a case, add a line to `cases` in the item's file; for known numbers, to CASES in its .py, and write again. To
 * add a test, write tests/<folder>/<name>.c that ends in TESTS { ... } (support/support.h): it is found, not listed. */
#ifndef LUNET_TESTS_GENERIC_GENERIC_H
#define LUNET_TESTS_GENERIC_GENERIC_H

#include "support/items.h"
#include "lunet.h"
#include "nets.h"
#include "support/support.h"
#include "support/train.h"

/* The checks of gradients.c and instruction_sets.c, of one layer case. */
void check_gradients(ItemCase it);
void check_instruction_sets(ItemCase it);

/* A test that walks `count` things in one process, for what takes no time and leaves nothing behind: WALK(test, count)
 * { about the _i-th of them }. Other walks are loop tests, with a process for each. */
#define WALK(test, count)                                 \
  static void test##_at(int _i);                          \
  START_TEST(test) {                                      \
    for (int i = 0, n = (count); i < n; i++) test##_at(i); \
  }                                                       \
  END_TEST                                                \
  static void test##_at(int _i)

#endif
