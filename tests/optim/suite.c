/* Optimizers: what must hold for all of them, and known numbers of each. */
#include "optim/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("optim");
  suite_add_tcase(suite, generic_tests());
  suite_add_tcase(suite, reference_tests());
  return suite;
}
