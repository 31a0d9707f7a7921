/* Distributions of noises against SciPy: mean, variance, and the distribution function at five points. */
#include "noise/known.h"

#include "base/memory.h"
#include "noise/suite.h"

/* Pixels of a channel, and channels. Every STEP-th pixel is looked at, along rows and columns: further apart than
 * correlated noise reaches. */
enum { SIDE = 700, SAMPLES = 16, STEP = 7, N = SAMPLES * (SIDE / STEP) * (SIDE / STEP) };

static void apart(double *out, const LnTensor *y) {
  for (int s = 0, at = 0; s < SAMPLES; s++)
    for (int row = 0; row < SIDE; row += STEP)
      for (int column = 0; column < SIDE; column += STEP)
        out[at++] = (double)y->data[((int64_t)s * SIDE + row) * SIDE + column];
}

static void check_moments(const double *values, const KnownNoise *want) {
  double mean = 0, variance = 0, fourth = 0;
  for (int i = 0; i < N; i++) mean += values[i] / N;
  for (int i = 0; i < N; i++) variance += pow(values[i] - mean, 2) / N;
  for (int i = 0; i < N; i++) fourth += pow(values[i] - mean, 4) / N;
  ck_assert_double_eq_tol(mean, want->mean, 4 * sqrt(want->variance / N) + 1e-6);
  ck_assert_double_eq_tol(variance, want->variance, 4 * sqrt((fourth - variance * variance) / N) + 1e-7);
}

START_TEST(agrees_with_scipy) {
  const LnType *type;
  const KnownNoise *want = known_at(&type, _i);
  LnItem *noise = test_item(type, want->options);
  LnTensor *x = constant(LN_SHAPE(SAMPLES, 1, SIDE, SIDE), want->clean), *y = corrupted(noise, x, 3);
  double *values = ln_alloc(N * sizeof *values);
  apart(values, y);
  check_moments(values, want);
  for (int k = 0; k < N_POINTS; k++) {
    double share = want->shares[k], got = 0;
    for (int i = 0; i < N; i++) got += values[i] <= want->points[k];
    ck_assert_msg(fabs(got / N - share) < 4.5 * sqrt(share * (1 - share) / N) + 1e-6,
                  "%s %s on %g: a share of %g is at most %g, wanted %g", type->name, want->options, want->clean,
                  got / N, want->points[k], share);
  }
  ln_free(values);
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(noise);
}
END_TEST

/* What ln_noise_expect works out, to eight digits. */
START_TEST(expects_the_same) {
  const LnType *type;
  const KnownNoise *want = known_at(&type, _i);
  LnItem *noise = test_item(type, want->options);
  double mean, variance;
  if (ln_noise_expect(&mean, &variance, noise, want->clean)) {
    ck_assert_double_eq_tol(mean, want->mean, 1e-8 * fabs(want->mean) + 1e-12);
    ck_assert_double_eq_tol(variance, want->variance, 2e-6 * want->variance);
  }
  ln_item_unref(noise);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, agrees_with_scipy, 0, known_count());
  tcase_add_loop_test(tests, expects_the_same, 0, known_count());
}
