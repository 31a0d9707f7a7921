/* Metrics against scikit-image's numbers, which tests/reference/metric.py prints, and their options. */
#include "metric/metric.h"
#include "support/support.h"
#include "support/image.h"

static const LnShape sizes[2] = {{2, {24, 20}}, {2, {33, 17}}};

/* The metric of the noisy test image, after scale * x + shift. */
static double measure(const LnType *type, const char *options, LnShape size, float scale, float shift) {
  LnError err;
  LnItem *metric = test_item(type, options);
  LnTensor *x = test_image_noisy(size), *reference = test_image(size);
  for (int64_t i = 0; i < ln_shape_count(size); i++) {
    x->data[i] = scale * x->data[i] + shift;
    reference->data[i] = scale * reference->data[i] + shift;
  }
  double mean;
  CK_OK(ln_metric_apply(NULL, &mean, metric, x, reference, &err));
  ln_tensor_unref(x), ln_tensor_unref(reference);
  ln_item_unref(metric);
  return mean;
}

START_TEST(mse_and_psnr_agree) {
  static const double mse[2] = {0.0108153978984, 0.0108549284638}, psnr[2] = {19.6595749824, 19.6437303429};
  for (int i = 0; i < 2; i++) {
    ck_assert_double_eq_tol(measure(&ln_metric_mse.type, "{}", sizes[i], 1, 0), mse[i], 1e-12);
    ck_assert_double_eq_tol(measure(&ln_metric_psnr.type, "{}", sizes[i], 1, 0), psnr[i], 1e-9);
    double wider = measure(&ln_metric_psnr.type, "{\"range\": 2}", sizes[i], 1, 0);
    ck_assert_double_eq_tol(wider, psnr[i] + 20 * log10(2), 1e-9);
  }
}
END_TEST

static const struct {
  const char *options;
  double want[2]; /* by size */
} ssim[] = {
    {"{}", {0.901869269342, 0.906689370915}},
    {"{\"preset\": \"gondara2016\"}", {0.926551732339, 0.927379720576}},
    {"{\"preset\": \"gondara2016\", \"window\": 3}", {0.738749534982, 0.766990110234}},
    {"{\"preset\": \"gondara2016\", \"window\": 13}", {0.938462254758, 0.938059523925}},
    {"{\"preset\": \"gondara2016\", \"window\": 5, \"range\": 1, \"covariance\": \"population\"}",
     {0.856086003452, 0.865904549}},
    {"{\"weights\": \"uniform\"}", {0.925105610908, 0.925894839026}},
    {"{\"sigma\": 0.5}", {0.682638360633, 0.699724757981}},
    {"{\"sigma\": 2.2, \"covariance\": \"sample\", \"range\": 2}", {0.923365193236, 0.920408177964}},
    {"{\"k1\": 0.02, \"k2\": 0.05}", {0.903338757173, 0.908460190382}},
};

START_TEST(ssim_agrees) {
  for (int i = 0; i < 2; i++)
    ck_assert_double_eq_tol(measure(&ln_metric_ssim.type, ssim[_i].options, sizes[i], 1, 0), ssim[_i].want[i], 1e-9);
}
END_TEST

/* Variances that are small beside the squared mean. */
START_TEST(ssim_of_bright_images_agrees) {
  static const double want[2] = {0.978294743378, 0.976649692901};
  for (int i = 0; i < 2; i++)
    ck_assert_double_eq_tol(measure(&ln_metric_ssim.type, "{\"range\": 1}", sizes[i], 0.125f, 5), want[i], 1e-9);
}
END_TEST

/* Uniform windows that have slid down a long way. */
START_TEST(ssim_of_tall_images_agrees) {
  double value = measure(&ln_metric_ssim.type, "{\"weights\": \"uniform\", \"range\": 1}", LN_SHAPE(300, 12),
                         0.125f, 5);
  ck_assert_double_eq_tol(value, 0.978822687321, 1e-9);
}
END_TEST

/* A row far outside the data range is seen by the windows on it only. */
START_TEST(ssim_forgets_outliers) {
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

/* Images of 0 to 255 are not measured as if they were of 0 to 1; a noisy image may go anywhere. */
START_TEST(the_reference_must_lie_in_the_range) {
  static const struct { const LnType *type; const char *options; double low, high; bool taken; } cases[] = {
      {&ln_metric_psnr.type, "{}", 0, 255, false},
      {&ln_metric_psnr.type, "{}", -0.005, 1.005, true},
      {&ln_metric_psnr.type, "{}", 0, 1.02, false},
      {&ln_metric_psnr.type, "{}", -0.02, 1, false},
      {&ln_metric_psnr.type, "{}", 0.25, 0.75, true},
      {&ln_metric_psnr.type, "{\"range\": 255}", 0, 255, true},
      {&ln_metric_psnr.type, "{\"range\": 255}", 0, 4095, false},
      {&ln_metric_psnr.type, "{\"range\": 1}", 0, 255, false},
      {&ln_metric_psnr.type, "{\"range\": 2}", -1, 1, true},
      {&ln_metric_psnr.type, "{\"range\": 4000}", -1000, 3000, true},
      {&ln_metric_ssim.type, "{}", 0, 255, false},
      {&ln_metric_ssim.type, "{}", 0, 1, true},
      {&ln_metric_ssim.type, "{\"preset\": \"gondara2016\"}", 0, 1.9, true},
      {&ln_metric_ssim.type, "{\"preset\": \"gondara2016\"}", 0, 255, false},
      {&ln_metric_ssim.type, "{\"preset\": \"gondara2016\", \"range\": 255}", 0, 255, true},
      {&ln_metric_mse.type, "{}", 0, 255, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    LnError err;
    double value;
    LnItem *metric = test_item(cases[i].type, cases[i].options);
    LnTensor *noisy = test_random(LN_SHAPE(2, 1, 12, 13), 1, -7, 8);
    LnTensor *reference = test_random(noisy->shape, 2, cases[i].low, cases[i].high);
    reference->data[200] = (float)cases[i].low, reference->data[300] = (float)cases[i].high;
    if (cases[i].taken)
      CK_OK(ln_metric_apply(NULL, &value, metric, noisy, reference, &err));
    else
      CK_FAILS(ln_metric_apply(NULL, &value, metric, noisy, reference, &err), LN_EARG, "give option 'range'");
    ln_tensor_unref(noisy), ln_tensor_unref(reference);
    ln_item_unref(metric);
  }
}
END_TEST

/* The mean over channels; the smallest image there can be. */
START_TEST(ssim_takes_channels_and_small_images) {
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
  ck_assert(isfinite(measure(&ln_metric_ssim.type, "{\"sigma\": 0.1, \"covariance\": \"sample\"}", sizes[0], 1, 0)));
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"window\": 1}", &err), LN_EARG, "from 3 to 255");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"preset\": \"wang\"}", &err), LN_EARG, "'gondara2016'");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"sigma\": 0}", &err), LN_EARG, "sigma");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_ssim.type, "{\"windo\": 7}", &err), LN_EARG, "did you mean 'window'");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_psnr.type, "{\"range\": 0}", &err), LN_EARG, "range");
  CK_FAILS(ln_item_from_json(&item, &ln_metric_mse.type, "{\"range\": 1}", &err), LN_EARG, "mse");
}
END_TEST

TESTS {
  tcase_add_test(tests, mse_and_psnr_agree);
  tcase_add_loop_test(tests, ssim_agrees, 0, (int)(sizeof ssim / sizeof ssim[0]));
  tcase_add_test(tests, ssim_of_bright_images_agrees);
  tcase_add_test(tests, ssim_of_tall_images_agrees);
  tcase_add_test(tests, ssim_forgets_outliers);
  tcase_add_test(tests, the_reference_must_lie_in_the_range);
  tcase_add_test(tests, ssim_takes_channels_and_small_images);
  tcase_add_test(tests, bad_options_are_refused);
}
