/* Losses: what must hold for all of them, and known numbers of each. */
#include "loss/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("loss");
  suite_add_tcase(suite, generic_tests());
  suite_add_tcase(suite, bce_tests());
  suite_add_tcase(suite, mse_tests());
  suite_add_tcase(suite, mae_tests());
  return suite;
}
