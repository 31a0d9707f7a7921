/* Tests that walk the registries: a new item is tested by being listed. */
#include "generic/generic.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("generic");
  suite_add_tcase(suite, descriptor_tests());
  suite_add_tcase(suite, options_tests());
  suite_add_tcase(suite, layers_tests());
  suite_add_tcase(suite, gradients_tests());
  suite_add_tcase(suite, losses_tests());
  suite_add_tcase(suite, instruction_sets_tests());
  suite_add_tcase(suite, threads_tests());
  suite_add_tcase(suite, memory_tests());
  return suite;
}
