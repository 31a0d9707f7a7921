/* What everything else stands on: memory, messages, random numbers, options, threads, files. */
#include "base/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("base");
  suite_add_tcase(suite, memory_tests());
  suite_add_tcase(suite, text_tests());
  suite_add_tcase(suite, rng_tests());
  suite_add_tcase(suite, distributions_tests());
  suite_add_tcase(suite, param_tests());
  suite_add_tcase(suite, item_tests());
  suite_add_tcase(suite, parallel_tests());
  suite_add_tcase(suite, file_tests());
  return suite;
}
