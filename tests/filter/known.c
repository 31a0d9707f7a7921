/* Filters against SciPy and scikit-image. */
#include "filter/filter.h"
#include "filter/known.h"
#include "support/image.h"
#include "tensor/fft_plan.h"

/* In a batch of two that are the same. */
START_TEST(agrees) {
  const LnType *type;
  const KnownFilter *want = known_at(&type, _i);
  LnError err;
  if (type == &ln_filter_bls_gsm.type && !ln_fft_available()) return;
  const int64_t *d = want->image.d, n = ln_shape_count(want->image);
  LnShape batch = want->image.n == 2 ? LN_SHAPE(2, 1, d[0], d[1]) : LN_SHAPE(2, d[0], d[1], d[2]);
  LnItem *filter = test_item(type, want->options);
  LnTensor *plane = test_image_noisy(LN_SHAPE(n / d[want->image.n - 1], d[want->image.n - 1]));
  LnTensor *x = NULL, *y = NULL, *first = NULL;
  CK_OK(ln_tensor_new(&x, batch, &err));
  for (int64_t i = 0; i < 2 * n; i++) x->data[i] = plane->data[i % n];
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ck_assert(ln_shape_equal(y->shape, batch));
  CK_OK(ln_tensor_select(&first, y, 0, 0, &err));
  check_digest(&want->result, first, want->tolerance);
  ck_assert_mem_eq(y->data, y->data + n, (size_t)n * sizeof(float));
  ln_tensor_unref(plane), ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(first);
  ln_item_unref(filter);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees, 0, known_count());
}
