/* Tests of runtime/store. */
#include "store/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("store");
  suite_add_tcase(suite, safetensors_tests());
  suite_add_tcase(suite, model_file_tests());
  return suite;
}
