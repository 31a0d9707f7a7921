/* Runs a folder's suite; exit status 1 if anything failed. */
#include "support/support.h"

#include "base/rng.h"

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

int main(void) {
  SRunner *runner = srunner_create(test_suite());
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
