/* Filters: what must hold for all of them, and known results of each. */
#include "filter/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("filter");
  suite_add_tcase(suite, generic_tests());
  suite_add_tcase(suite, median_tests());
  suite_add_tcase(suite, gaussian_tests());
  suite_add_tcase(suite, nlmeans_tests());
  suite_add_tcase(suite, mias_tests());
  return suite;
}
