/* The tests of runtime/model. */
#include "suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("model");
  suite_add_tcase(suite, arena_tests());
  suite_add_tcase(suite, fusion_tests());
  suite_add_tcase(suite, lanes_tests());
  suite_add_tcase(suite, bands_tests());
  suite_add_tcase(suite, network_tests());
  suite_add_tcase(suite, trainer_tests());
  suite_add_tcase(suite, profile_tests());
  suite_add_tcase(suite, reference_steps_tests());
  return suite;
}
