/* Gaussian blur against SciPy's. */
#include <stdio.h>

#include "filter/filter.h"
#include "support/image.h"
#include "support/support.h"

static LnTensor *blurred(const char *options, LnTensor *x) {
  LnError err;
  LnItem *filter = test_item(&ln_filter_gaussian.type, options);
  LnTensor *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ln_item_unref(filter);
  return y;
}

/* A constant image of 1 stays 1 to the last bit, whatever the weights: 200 values of sigma, every edge. */
START_TEST(ones_stay_ones) {
  LnError err;
  static const char *const edges[] = {"reflect", "nearest", "mirror", "wrap"};
  LnTensor *x = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(19, 37), &err));
  ln_tensor_fill(x, 1, NULL);
  for (int i = 1; i <= 200; i++) {
    char options[80];
    double sigma = i <= 100 ? 0.05 * i : 0.7 * (i - 90);
    snprintf(options, sizeof options, "{\"sigma\": %g, \"edge\": \"%s\"}", sigma, edges[i % 4]);
    LnTensor *y = blurred(options, x);
    for (int64_t k = 0; k < 19 * 37; k++)
      ck_assert_msg(y->data[k] == 1, "%s: pixel %d is %.9g", options, (int)k, (double)y->data[k]);
    ln_tensor_unref(y);
  }
  ln_tensor_unref(x);
}
END_TEST

START_TEST(sigma_0_changes_nothing) {
  LnTensor *x = test_image_noisy(LN_SHAPE(13, 21)), *y = blurred("{\"sigma\": 0}", x);
  ck_assert_mem_eq(x->data, y->data, 13 * 21 * sizeof(float));
  ln_tensor_unref(x);
  ln_tensor_unref(y);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *gaussian = &ln_filter_gaussian.type;
  CK_FAILS(ln_item_from_json(&item, gaussian, "{\"sigma\": -1}", &err), LN_EARG, "gaussian: option 'sigma'");
  CK_FAILS(ln_item_from_json(&item, gaussian, "{\"sigma\": 1000}", &err), LN_EARG, "at most 2000 pixels, got 4000");
  CK_FAILS(ln_item_from_json(&item, gaussian, "{\"sigm\": 1}", &err), LN_EARG, "did you mean 'sigma'");
}
END_TEST

TESTS {
  tcase_add_test(tests, ones_stay_ones);
  tcase_add_test(tests, sigma_0_changes_nothing);
  tcase_add_test(tests, bad_options_are_refused);
}
