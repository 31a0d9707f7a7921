/* Non-local means against scikit-image's. */
#include <stdio.h>

#include "filter/edge.h"
#include "filter/filter.h"
#include "filter/nlmeans_values.h"
#include "filter/suite.h"
#include "support/image.h"

static const struct {
  const char *options;
  LnShape size;
  const double *want;
} known[] = {
    {"{}", {2, {24, 20}}, fast_7_11},
    {"{\"fast\": false}", {2, {24, 20}}, plain_7_11},
    {"{\"patch_size\": 5, \"patch_distance\": 6, \"h\": 0.04, \"sigma\": 0.05}", {2, {33, 17}}, fast_5_6_sigma},
    {"{\"patch_size\": 5, \"patch_distance\": 6, \"h\": 0.04, \"sigma\": 0.05, \"fast\": false}", {2, {33, 17}},
     plain_5_6_sigma},
    {"{\"patch_size\": 3, \"patch_distance\": 21, \"h\": 0.2}", {2, {24, 20}}, fast_3_21},
    {"{\"patch_size\": 3, \"patch_distance\": 4, \"h\": 0.02, \"fast\": false}", {2, {24, 20}}, plain_3_4_small_h},
};

START_TEST(agrees_with_scikit_image) {
  check_filter(&ln_filter_nlmeans.type, known[_i].options, known[_i].size, known[_i].want, 2e-6);
}
END_TEST

static const struct {
  const char *options;
  const double *want;
} coloured[] = {
    {"{\"patch_size\": 5, \"patch_distance\": 3, \"sigma\": 0.05, \"joint\": true}", fast_joint},
    {"{\"patch_size\": 5, \"patch_distance\": 3, \"sigma\": 0.05, \"fast\": false, \"joint\": true}", plain_joint},
};

/* Three channels that differ, in a batch of two images. */
START_TEST(joint_channels_agree_with_scikit_image) {
  enum { N = 3 * 11 * 17 };
  LnError err;
  LnItem *filter = test_item(&ln_filter_nlmeans.type, coloured[_i].options);
  LnTensor *image = test_image_noisy(LN_SHAPE(33, 17)), *x = NULL, *y = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(2, 3, 11, 17), &err));
  for (int i = 0; i < 2 * N; i++) x->data[i] = image->data[i % N];
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  for (int i = 0; i < 2 * N; i++)
    ck_assert_msg(fabs((double)y->data[i] - coloured[_i].want[i % N]) <= 2e-6, "value %d: %.9g, want %.9g", i + 1,
                  (double)y->data[i], coloured[_i].want[i % N]);
  ln_tensor_unref(image), ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(filter);
}
END_TEST

/* Schraudolph's exp(-d), as scikit-image has it: the upper word of a double from an integer. */
static double fast_exp(double d) {
  int64_t bits = (int64_t)((int32_t)(-1512775.3951951856938 * d) + 1072632447) << 32;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

enum { HEIGHT = 75, WIDTH = 140, PATCH = 5, DISTANCE = 3 };

static double pixel(const LnTensor *x, int64_t r, int64_t c) {
  return x->data[ln_edge_index(LN_EDGE_MIRROR, r, HEIGHT) * WIDTH + ln_edge_index(LN_EDGE_MIRROR, c, WIDTH)];
}

/* The weight of the pixel (r + t, c + s) for (r, c), straight from the formula, with h = 0.1. */
static double pair_weight(const LnTensor *x, int64_t r, int64_t c, int64_t t, int64_t s, bool fast) {
  int64_t half = PATCH / 2;
  double sum = 0, side = 1 + 2 * exp(-0.5) + 2 * exp(-2.0); /* Gaussian weights of a row, before normalisation */
  for (int64_t i = fast ? 1 - half : -half; i <= half; i++) {
    if (!fast && sum > 5) return 0; /* looked at before each row only */
    for (int64_t j = fast ? 1 - half : -half; j <= half; j++) {
      double difference = pixel(x, r + i, c + j) - pixel(x, r + t + i, c + s + j);
      double g = fast ? 1.0 / (PATCH * PATCH) : exp(-(double)(i * i + j * j) / 2) / (side * side);
      sum += g * difference * difference / 0.01;
    }
  }
  return fast && sum > 5 ? 0 : fast_exp(sum);
}

/* On a plane of several tiles, both forms. */
START_TEST(tiles_do_not_show) {
  LnError err;
  bool fast = _i == 1;
  char options[80];
  snprintf(options, sizeof options, "{\"patch_size\": 5, \"patch_distance\": 3, \"fast\": %s}",
           fast ? "true" : "false");
  LnItem *filter = test_item(&ln_filter_nlmeans.type, options);
  LnTensor *x = test_image_noisy(LN_SHAPE(HEIGHT, WIDTH)), *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  for (int64_t r = 0; r < HEIGHT; r++)
    for (int64_t c = 0; c < WIDTH; c++) {
      double value = 0, total = 0;
      for (int64_t t = -DISTANCE; t <= DISTANCE; t++)
        for (int64_t s = -DISTANCE; s <= DISTANCE; s++) {
          if (!fast && (r + t < 0 || r + t >= HEIGHT || c + s < 0 || c + s >= WIDTH)) continue;
          double w = pair_weight(x, r, c, t, s, fast);
          value += w * pixel(x, r + t, c + s), total += w;
        }
      double error = fabs(y->data[r * WIDTH + c] - value / total);
      if (error > 1e-5) ck_abort_msg("row %d, column %d: off by %g", (int)r + 1, (int)c + 1, error);
    }
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(filter);
}
END_TEST

/* Numbers of any size and any h: no overflow, no division by zero. */
START_TEST(extreme_numbers_do_no_harm) {
  static const double scales[] = {1e-30, 1e-6, 1, 1e6, 1e30};
  static const char* const options[] = {"{\"h\": 1e-30}", "{\"h\": 1e30}",
                                        "{\"h\": 1e-3, \"sigma\": 1e6, \"fast\": false}",
                                        "{\"h\": 1e-30, \"fast\": false}"};
  LnError err;
  for (int i = 0; i < 20; i++) {
    LnItem *filter = test_item(&ln_filter_nlmeans.type, options[i / 5]);
    LnTensor *x = test_random(LN_SHAPE(13, 9), 1, 0, scales[i % 5]), *y = NULL;
    CK_OK(ln_filter_apply(&y, filter, x, &err));
    ck_assert_int_eq(ln_tensor_find_nonfinite(y), -1);
    ln_tensor_unref(x), ln_tensor_unref(y);
    ln_item_unref(filter);
  }
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *nlmeans = &ln_filter_nlmeans.type;
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"patch_size\": 6}", &err), LN_EARG, "'patch_size' must be odd, got 6");
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"patch_size\": 1}", &err), LN_EARG, "from 3 to 63");
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"h\": 0}", &err), LN_EARG, "'h' must be a number above 0");
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"patchsize\": 5}", &err), LN_EARG, "did you mean 'patch_size'");
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, joint_channels_agree_with_scikit_image, 0, 2);
  tcase_add_loop_test(tests, agrees_with_scikit_image, 0, (int)(sizeof known / sizeof known[0]));
  tcase_add_loop_test(tests, tiles_do_not_show, 0, 2);
  tcase_add_test(tests, extreme_numbers_do_no_harm);
  tcase_add_test(tests, bad_options_are_refused);
}
