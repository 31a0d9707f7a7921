/* Non-local means against scikit-image's. */
#include <stdio.h>

#include "filter/edge.h"
#include "filter/filter.h"
#include "support/image.h"
#include "support/support.h"

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
  tcase_add_loop_test(tests, tiles_do_not_show, 0, 2);
  tcase_add_test(tests, extreme_numbers_do_no_harm);
  tcase_add_test(tests, bad_options_are_refused);
}
