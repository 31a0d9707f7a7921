/* Correlated noise: how pixels depend on each other. */
#include <stdio.h>

#include "noise/suite.h"

enum { SIDE = 400 };

/* The mean of the product of pixels `down` and `right` apart, noise of mean 0. */
static double product(const LnTensor *y, int down, int right) {
  double sum = 0;
  int64_t n = 0;
  for (int row = 0; row + down < SIDE; row++)
    for (int column = 0; column + right < SIDE; column++, n++)
      sum += (double)y->data[row * SIDE + column] * (double)y->data[(row + down) * SIDE + column + right];
  return sum / (double)n;
}

/* exp(-d^2 / (4 sigma^2)), in every direction. */
START_TEST(neighbours_correlate) {
  static const double sigmas[] = {1, 2};
  for (size_t i = 0; i < sizeof sigmas / sizeof *sigmas; i++) {
    char options[64];
    snprintf(options, sizeof options, "{\"sd\": 1, \"sigma\": %g}", sigmas[i]);
    LnItem *noise = test_item(&ln_noise_correlated.type, options);
    LnTensor *x = constant(LN_SHAPE(SIDE, SIDE), 0), *y = corrupted(noise, x, 1);
    for (int down = 0; down < 5; down++)
      for (int right = 0; right < 5; right++)
        ck_assert_double_eq_tol(product(y, down, right),
                                exp(-(down * down + right * right) / (4 * sigmas[i] * sigmas[i])), 0.04 * sigmas[i]);
    ln_tensor_unref(x), ln_tensor_unref(y);
    ln_item_unref(noise);
  }
}
END_TEST

/* Many small images: no pixel at a border has another variance than one in the middle. */
START_TEST(borders_are_like_the_middle) {
  enum { N = 4000, SMALL = 5 };
  LnItem *noise = test_item(&ln_noise_correlated.type, "{\"sd\": 0.5, \"sigma\": 2}");
  LnTensor *x = constant(LN_SHAPE(N, 1, SMALL, SMALL), 0), *y = corrupted(noise, x, 1);
  for (int pixel = 0; pixel < SMALL * SMALL; pixel++) {
    double sum = 0;
    for (int i = 0; i < N; i++) sum += pow((double)y->data[i * SMALL * SMALL + pixel], 2) / N;
    ck_assert_double_eq_tol(sum, 0.25, 4 * 0.25 * sqrt(2.0 / N));
  }
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(noise);
}
END_TEST

TESTS {
  tcase_add_test(tests, neighbours_correlate);
  tcase_add_test(tests, borders_are_like_the_middle);
}
