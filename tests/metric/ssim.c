/* ssim: outliers, channels, the smallest images; and options that metrics refuse. */
#include <math.h>

#include "base/memory.h"
#include "metric/metric.h"
#include "support/image.h"
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

/* structural_similarity(noisy, image, full=True) of the images of tests/support/image.h, of scikit-image 0.26; the
 * outer pixels left out, the mean of the map is the metric. */
START_TEST(maps_are_of_every_pixel) {
  static const struct { const char *options; int border; double mean, at[6]; } cases[] = {
      {"{}", 5, 0.857252633938, {0.238357497, 0.505951386, 0.44106258, 0.681047248, 0.919417242, 0.33630428}},
      {"{\"preset\": \"gondara2016\"}", 3, 0.889329052394,
       {0.343198665, 0.586247484, 0.456830989, 0.839397116, 0.918227389, 0.464271413}}};
  static const int place[6][2] = {{0, 0}, {0, 19}, {23, 0}, {3, 2}, {12, 10}, {23, 19}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    LnError err;
    LnItem *metric = test_item(&ln_metric_ssim.type, cases[i].options);
    LnTensor *x = test_image_noisy(LN_SHAPE(2, 1, 24, 20)), *y = test_image(x->shape), *map = NULL, *inside = NULL;
    double mean;
    CK_OK(ln_metric_map(&map, metric, x, y, &err));
    ck_assert(ln_shape_equal(map->shape, x->shape));
    for (int k = 0; k < 6; k++)
      ck_assert_double_eq_tol(map->data[480 + place[k][0] * 20 + place[k][1]], cases[i].at[k], 1e-6);
    ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_MEAN, map), cases[i].mean, 1e-7);
    int border = cases[i].border;
    CK_OK(ln_tensor_slice(&inside, map, 3, border, 20 - 2 * border, 1, &err));
    ln_tensor_unref(map), map = inside, inside = NULL;
    CK_OK(ln_tensor_slice(&inside, map, 2, border, 24 - 2 * border, 1, &err));
    CK_OK(ln_metric_apply(NULL, &mean, metric, x, y, &err));
    ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_MEAN, inside), mean, 1e-7);
    ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(map), ln_tensor_unref(inside);
    ln_item_unref(metric);
  }
}
END_TEST

START_TEST(bad_maps_are_refused) {
  LnError err;
  LnTensor *map = NULL, *x = test_random(LN_SHAPE(2, 2, 16, 16), 1, 0, 1), *y = test_random(x->shape, 2, 0, 1);
  LnItem *metric = test_item(&ln_metric_ssim.type, "{}"), *psnr = test_item(&ln_metric_psnr.type, "{}");
  CK_FAILS(ln_metric_map(&map, psnr, x, y, &err), LN_EARG, "psnr: has no map; ssim has one");
  CK_EVERY_ALLOCATION(ln_metric_map(&map, metric, x, y, &err), ln_tensor_unref(map));
  map = NULL;
  x->data[16 * 16 * 3 + 20] = NAN;
  CK_FAILS(ln_metric_map(&map, metric, x, y, &err), LN_ENUMERIC, "image 2 is NaN at channel 2, row 2, column 5");
  ck_assert(map == NULL);
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(metric), ln_item_unref(psnr);
}
END_TEST

TESTS {
  tcase_add_test(tests, forgets_outliers);
  tcase_add_test(tests, takes_channels_and_small_images);
  tcase_add_test(tests, narrow_weights_are_finite);
  tcase_add_test(tests, bad_options_are_refused);
  tcase_add_test(tests, maps_are_of_every_pixel);
  tcase_add_test(tests, bad_maps_are_refused);
}
