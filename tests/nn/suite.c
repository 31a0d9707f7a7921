/* The tests of runtime/nn. */
#include "suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("nn");
  suite_add_tcase(suite, conv2d_tests());
  suite_add_tcase(suite, dense_tests());
  suite_add_tcase(suite, dropout_tests());
  suite_add_tcase(suite, reference_tests());
  suite_add_tcase(suite, nan_tests());
  suite_add_tcase(suite, refusals_tests());
  suite_add_tcase(suite, winograd_tests());
  suite_add_tcase(suite, batch_norm_tests());
  return suite;
}
