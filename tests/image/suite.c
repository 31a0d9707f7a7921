/* Tests of runtime/image. */
#include "image/suite.h"

Suite *test_suite(void) {
  Suite *suite = suite_create("image");
  suite_add_tcase(suite, read_tests());
  suite_add_tcase(suite, write_tests());
  suite_add_tcase(suite, resize_tests());
  suite_add_tcase(suite, grid_tests());
  return suite;
}
