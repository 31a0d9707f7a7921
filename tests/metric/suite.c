/* Metrics: what must hold for all of them, and known numbers. */
#include "metric/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("metric");
  suite_add_tcase(suite, generic_tests());
  suite_add_tcase(suite, known_tests());
  return suite;
}
