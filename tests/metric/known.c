/* Metrics against scikit-image, to 1e-9. */
#include "metric/known.h"
#include "metric/metric.h"
#include "support/image.h"

static LnTensor *changed(LnTensor *x, const KnownMetric *how) {
  for (int64_t i = 0; i < ln_shape_count(x->shape); i++) x->data[i] = (float)(how->scale * x->data[i] + how->shift);
  return x;
}

START_TEST(agrees_with_scikit_image) {
  const LnType *type;
  const KnownMetric *want = known_at(&type, _i);
  LnError err;
  double value;
  LnItem *metric = test_item(type, want->options);
  LnTensor *x = changed(test_image_noisy(want->size), want), *reference = changed(test_image(want->size), want);
  CK_OK(ln_metric_apply(NULL, &value, metric, x, reference, &err));
  ck_assert_double_eq_tol(value, want->value, 1e-9 * fabs(want->value));
  ln_tensor_unref(x), ln_tensor_unref(reference);
  ln_item_unref(metric);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_scikit_image, 0, known_count());
}
