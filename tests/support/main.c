/* Runs the tests of a folder's files; exit status 1 if anything failed. */
#include "support/support.h"

#include <stdio.h>

#include "base/rng.h"
#include "support/known.h"

void ck_assert_close(const float *got, const float *want, int64_t n, double tolerance) {
  for (int64_t i = 0; i < n; i++) {
    double scale = fmax(1.0, fabs((double)want[i]));
    if (!(fabs((double)got[i] - (double)want[i]) <= tolerance * scale)) /* an assertion per element would be slow */
      ck_abort_msg("element %lld: got %.9g, want %.9g", (long long)i + 1, (double)got[i], (double)want[i]);
  }
}

LnItem *test_item(const LnType *type, const char *json) {
  LnError err;
  LnItem *item = NULL;
  CK_OK(ln_item_from_json(&item, type, json, &err));
  return item;
}

LnTensor *test_random(LnShape shape, uint64_t seed, double low, double high) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, shape, &err));
  ln_rng_fill_uniform(t->data, ln_shape_count(shape), (LnRng){seed, 0}, 0);
  for (int64_t i = 0; i < ln_shape_count(shape); i++) t->data[i] = (float)(low + (high - low) * t->data[i]);
  return t;
}

static TestFile *files; /* sorted by path */

void test_register(TestFile *file) {
  TestFile **at = &files;
  while (*at != NULL && strcmp((*at)->path, file->path) < 0) at = &(*at)->next;
  file->next = *at;
  *at = file;
}

/* tests/nn/conv2d.c in a suite "nn": the test case "conv2d". */
static TCase *make_case(TestFile *file) {
  const char *name = strrchr(file->path, '/') + 1;
  snprintf(file->name, sizeof file->name, "%.*s", (int)strcspn(name, "."), name);
  TCase *tests = tcase_create(file->name);
  file->add(tests);
  return tests;
}

/* "nn" of build/tests/nn/suite. */
static const char *folder_of(char *program) {
  char *end = strrchr(program, '/');
  if (end == NULL) return program;
  *end = '\0';
  return strrchr(program, '/') == NULL ? program : strrchr(program, '/') + 1;
}

int main(int argc, char **argv) {
  (void)argc;
  const char *folder = folder_of(argv[0]);
  Suite *suite = suite_create(folder);
  for (TestFile *file = files; file != NULL; file = file->next) suite_add_tcase(suite, make_case(file));
  known_add_tests(suite, folder);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
