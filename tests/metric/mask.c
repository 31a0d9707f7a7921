/* Masks: what they leave out may be anything; the mask of a call and that of an item; windows by their centres. */
#include <math.h>

#include "metric/metric.h"
#include "support/support.h"

enum { SIDE = 24 };

/* 1 in columns first .. SIDE - 1. */
static LnTensor *columns_from(int first) {
  LnTensor *mask = test_random(LN_SHAPE(SIDE, SIDE), 1, 0, 1);
  for (int i = 0; i < SIDE * SIDE; i++) mask->data[i] = i % SIDE >= first;
  return mask;
}

/* Columns first .. SIDE - 1 alone. */
static double cropped(LnItem *metric, LnTensor *x, LnTensor *y, int first) {
  LnError err;
  LnTensor *a = NULL, *b = NULL;
  double value;
  CK_OK(ln_tensor_slice(&a, x, x->shape.n - 1, first, SIDE - first, 1, &err));
  CK_OK(ln_tensor_slice(&b, y, y->shape.n - 1, first, SIDE - first, 1, &err));
  CK_OK(ln_metric_apply(NULL, &value, metric, a, b, &err));
  ln_tensor_unref(a), ln_tensor_unref(b);
  return value;
}

/* Metrics of single pixels see what a mask leaves in, and neither NaN nor a wrong range beyond it. */
START_TEST(pixels_outside_may_be_anything) {
  const LnType *types[] = {&ln_metric_mae.type, &ln_metric_mse.type, &ln_metric_psnr.type, &ln_metric_rmse.type,
                           &ln_metric_snr.type};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    LnError err;
    double value;
    LnItem *metric = test_item(types[i], "{}");
    LnTensor *x = test_random(LN_SHAPE(2, SIDE, SIDE), 1, 0, 1), *y = test_random(x->shape, 2, 0, 1);
    LnTensor *mask = columns_from(5);
    y->data[SIDE + 1] = 1000, y->data[2 * SIDE] = NAN, x->data[3] = INFINITY;
    CK_OK(ln_metric_apply_masked(NULL, &value, metric, x, y, mask, &err));
    ck_assert_double_eq_tol(value, cropped(metric, x, y, 5), 1e-12 * fabs(value));
    x->data[SIDE + 7] = NAN;
    CK_FAILS(ln_metric_apply_masked(NULL, &value, metric, x, y, mask, &err), LN_ENUMERIC, "row 2, column 8");
    ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(mask);
    ln_item_unref(metric);
  }
}
END_TEST

/* Windows whose centre is in the columns from 5 + 4 on are those of the image without its first four. */
START_TEST(windows_count_by_their_centres) {
  static const char *const options[] = {"{}", "{\"weights\": \"uniform\", \"window\": 11}"};
  for (int i = 0; i < 2; i++) {
    LnError err;
    double value;
    LnItem *metric = test_item(&ln_metric_ssim.type, options[i]);
    LnTensor *x = test_random(LN_SHAPE(2, SIDE, SIDE), 1, 0, 1), *y = test_random(x->shape, 2, 0, 1);
    LnTensor *mask = columns_from(5 + 4), *edge = columns_from(SIDE - 5);
    CK_OK(ln_metric_apply_masked(NULL, &value, metric, x, y, mask, &err));
    ck_assert_double_eq_tol(value, cropped(metric, x, y, 4), 1e-12);
    CK_FAILS(ln_metric_apply_masked(NULL, &value, metric, x, y, edge, &err), LN_EARG,
             "ssim: mask of image 1 has no centre of a window of 11x11 that lies inside the image");
    ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(mask), ln_tensor_unref(edge);
    ln_item_unref(metric);
  }
}
END_TEST

START_TEST(the_mask_of_a_call_goes_first) {
  LnError err;
  double of_item, of_call, want;
  LnTensor *x = test_random(LN_SHAPE(3, 1, SIDE, SIDE), 1, 0, 1), *y = test_random(x->shape, 2, 0, 1);
  LnTensor *mask = columns_from(5), *other = columns_from(9);
  LnItem *metric = test_item(&ln_metric_psnr.type, "{}"), *masked = test_item(&ln_metric_psnr.type, "{}");
  CK_OK(ln_item_set(masked, "mask", (LnValue){.kind = LN_OBJECT, .object = mask, .of = &ln_tensor_object}, &err));
  CK_OK(ln_metric_apply(NULL, &of_item, masked, x, y, &err));
  CK_OK(ln_metric_apply_masked(NULL, &want, metric, x, y, mask, &err));
  ck_assert(of_item == want);
  CK_OK(ln_metric_apply_masked(NULL, &of_call, masked, x, y, other, &err));
  CK_OK(ln_metric_apply_masked(NULL, &want, metric, x, y, other, &err));
  ck_assert(of_call == want && of_call != of_item);
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(mask), ln_tensor_unref(other);
  ln_item_unref(metric), ln_item_unref(masked);
}
END_TEST

START_TEST(there_must_be_a_signal) {
  LnError err;
  double value;
  LnItem *metric = test_item(&ln_metric_snr.type, "{}");
  LnTensor *x = test_random(LN_SHAPE(2, 1, 4, 4), 1, 0, 1), *y = test_random(x->shape, 2, 0, 1);
  for (int i = 0; i < 16; i++) y->data[16 + i] = 0;
  CK_FAILS(ln_metric_apply(NULL, &value, metric, x, y, &err), LN_EARG, "snr: reference 2 is 0 in all pixels");
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(metric);
}
END_TEST

/* One pixel is less than half of the pixels that become one. */
START_TEST(thin_masks_vanish_at_half_the_size) {
  LnError err;
  double value;
  LnItem *gmsd = test_item(&ln_metric_gmsd.type, "{}"), *haarpsi = test_item(&ln_metric_haarpsi.type, "{}");
  LnItem *ms_ssim = test_item(&ln_metric_ms_ssim.type, "{\"scales\": 2, \"window\": 5}");
  LnTensor *x = test_random(LN_SHAPE(2, SIDE, SIDE), 1, 0, 1), *mask = columns_from(SIDE);
  mask->data[9 * SIDE + 9] = 1;
  CK_FAILS(ln_metric_apply_masked(NULL, &value, gmsd, x, x, mask, &err), LN_EARG,
           "gmsd: mask of image 1 is empty at half the size");
  CK_FAILS(ln_metric_apply_masked(NULL, &value, haarpsi, x, x, mask, &err), LN_EARG,
           "haarpsi: mask of image 1 is empty at half the size");
  CK_FAILS(ln_metric_apply_masked(NULL, &value, ms_ssim, x, x, mask, &err), LN_EARG,
           "ms_ssim: mask of image 1 has no centre of a window of 5x5 inside the image at scale 2; give fewer "
           "'scales'");
  ln_tensor_unref(x), ln_tensor_unref(mask);
  ln_item_unref(gmsd), ln_item_unref(haarpsi), ln_item_unref(ms_ssim);
}
END_TEST

START_TEST(too_small_for_its_scales) {
  LnError err;
  double value;
  LnItem *metric = test_item(&ln_metric_ms_ssim.type, "{}");
  LnTensor *x = test_random(LN_SHAPE(2, 64, 70), 1, 0, 1);
  CK_FAILS(ln_metric_apply(NULL, &value, metric, x, x, &err), LN_ESHAPE,
           "ms_ssim: images of 2x64x70, halved 4 times, are smaller than the window of 11x11; give scales = 3, or a "
           "smaller 'window', or images of at least 176x176");
  ln_tensor_unref(x);
  ln_item_unref(metric);
}
END_TEST

TESTS {
  tcase_add_test(tests, pixels_outside_may_be_anything);
  tcase_add_test(tests, windows_count_by_their_centres);
  tcase_add_test(tests, the_mask_of_a_call_goes_first);
  tcase_add_test(tests, thin_masks_vanish_at_half_the_size);
  tcase_add_test(tests, too_small_for_its_scales);
  tcase_add_test(tests, there_must_be_a_signal);
}
