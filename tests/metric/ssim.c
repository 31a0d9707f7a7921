/* ssim: outliers, channels, the smallest images; and options that metrics refuse. */
#include "metric/metric.h"
#include "support/support.h"

/* A row far outside the data range is seen by the windows on it only. */
START_TEST(forgets_outliers) {
  LnError err;
  enum { ROWS = 40, WIDTH = 12, WINDOWS = ROWS - 6 };
  LnItem *metric = test_item(&ln_metric_ssim.type, "{\"weights\": \"uniform\"}");
  LnTensor *x = test_random(LN_SHAPE(ROWS, WIDTH), 1, 0, 1), *y = test_random(LN_SHAPE(ROWS, WIDTH), 2, 0, 1);
  LnTensor *x_below = NULL, *y_below = NULL;
  double all, below;
  for (int i = 0; i < WIDTH; i++) x->data[i] = 1e9f;
  CK_OK(ln_tensor_slice(&x_below, x, 0, 1, ROWS - 1, 1, &err));
  CK_OK(ln_tensor_slice(&y_below, y, 0, 1, ROWS - 1, 1, &err));
  CK_OK(ln_metric_apply(NULL, &all, metric, x, y, &err));
  CK_OK(ln_metric_apply(NULL, &below, metric, x_below, y_below, &err));
  ck_assert_double_eq_tol(all * WINDOWS, below * (WINDOWS - 1), 1e-3); /* a window with such a row is nearly 0 */
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(x_below), ln_tensor_unref(y_below);
  ln_item_unref(metric);
}
END_TEST

/* The mean over channels; the smallest image there can be. */
START_TEST(takes_channels_and_small_images) {
  LnError err;
  LnItem *metric = test_item(&ln_metric_ssim.type, "{}");
  LnTensor *x = test_random(LN_SHAPE(2, 11, 11), 1, 0, 1), *y = test_random(LN_SHAPE(2, 11, 11), 2, 0, 1);
  LnTensor *first = NULL, *second = NULL, *small = test_random(LN_SHAPE(1, 11, 10), 1, 0, 1);
  double both, one, other;
  CK_OK(ln_metric_apply(NULL, &both, metric, x, y, &err));
  CK_OK(ln_tensor_select(&first, x, 0, 0, &err));
  CK_OK(ln_tensor_select(&second, y, 0, 0, &err));
  CK_OK(ln_metric_apply(NULL, &one, metric, first, second, &err));
  ln_tensor_unref(first), ln_tensor_unref(second);
  CK_OK(ln_tensor_select(&first, x, 0, 1, &err));
  CK_OK(ln_tensor_select(&second, y, 0, 1, &err));
  CK_OK(ln_metric_apply(NULL, &other, metric, first, second, &err));
  ck_assert_double_eq_tol(both, (one + other) / 2, 1e-12);
  CK_FAILS(ln_metric_apply(NULL, &both, metric, small, small, &err), LN_ESHAPE,
           "ssim: image of 11x10 is smaller than the window of 11x11");
  ln_tensor_unref(first), ln_tensor_unref(second), ln_tensor_unref(small), ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(metric);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"window\": 8}", &err), LN_EARG, "must be odd, got 8");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"window\": 1}", &err), LN_EARG, "from 3 to 255");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"preset\": \"wang\"}", &err), LN_EARG, "'gondara2016'");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"sigma\": 0}", &err), LN_EARG, "sigma");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"windo\": 7}", &err), LN_EARG, "did you mean 'window'");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_psnr.type, "{\"range\": 0}", &err), LN_EARG, "range");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_mse.type, "{\"range\": 1}", &err), LN_EARG, "mse");
}
END_TEST

/* One pixel has all the weight, so a covariance of n - 1 would divide by 0. */
START_TEST(narrow_weights_are_finite) {
  LnError err;
  double value;
  LnItem *metric = test_item(&ln_metric_ssim.type, "{\"sigma\": 0.1, \"covariance\": \"sample\"}");
  LnTensor *x = test_random(LN_SHAPE(24, 20), 1, 0, 1), *y = test_random(LN_SHAPE(24, 20), 2, 0, 1);
  CK_OK(ln_metric_apply(NULL, &value, metric, x, y, &err));
  ck_assert(isfinite(value));
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(metric);
}
END_TEST

TESTS {
  tcase_add_test(tests, forgets_outliers);
  tcase_add_test(tests, takes_channels_and_small_images);
  tcase_add_test(tests, narrow_weights_are_finite);
  tcase_add_test(tests, bad_options_are_refused);
}
