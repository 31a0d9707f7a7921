/* Are the numbers distributed as they should? Chi-square over bins of equal or known probability; all seeds are fixed,
 * so a test that passes once passes always. */
#include "base/rng.h"
#include "support/support.h"

enum { N = 400000 };

static float *numbers;

static void setup(void) {
  numbers = malloc(N * sizeof *numbers);
}

static void teardown(void) {
  free(numbers);
}

/* chi2 of `bins` cells stays within five standard deviations of its mean. */
static void check_chi_square(const char *what, const double *count, const double *expected, int bins) {
  double chi2 = 0;
  for (int i = 0; i < bins; i++) chi2 += (count[i] - expected[i]) * (count[i] - expected[i]) / expected[i];
  ck_assert_msg(chi2 < bins - 1 + 5 * sqrt(2.0 * bins), "%s: chi-square %g in %d bins", what, chi2, bins);
}

START_TEST(uniform) {
  enum { BINS = 200 };
  double count[BINS] = {0}, expected[BINS];
  ln_rng_fill_uniform(numbers, N, (LnRng){11, 0}, 0);
  for (int i = 0; i < N; i++) {
    ck_assert(numbers[i] >= 0 && numbers[i] < 1);
    count[(int)(numbers[i] * BINS)]++;
  }
  for (int i = 0; i < BINS; i++) expected[i] = (double)N / BINS;
  check_chi_square("uniform", count, expected, BINS);
}
END_TEST

static double normal_cdf(double x) {
  return 0.5 * erfc(-x / sqrt(2.0));
}

START_TEST(normal) {
  enum { BINS = 80 }; /* of 0.1, from -4; the ends take the tails */
  double count[BINS] = {0}, expected[BINS], sum = 0, sum2 = 0, sum4 = 0;
  ln_rng_fill_normal(numbers, N, (LnRng){12, 0}, 0);
  for (int i = 0; i < N; i++) {
    double x = numbers[i];
    sum += x, sum2 += x * x, sum4 += x * x * x * x;
    count[(int)fmin(fmax(floor(x * 10) + BINS / 2, 0), BINS - 1)]++;
  }
  for (int i = 0; i < BINS; i++) {
    double low = i == 0 ? 0 : normal_cdf((i - BINS / 2) / 10.0), high = normal_cdf((i + 1 - BINS / 2) / 10.0);
    expected[i] = N * ((i == BINS - 1 ? 1 : high) - low);
  }
  check_chi_square("normal", count, expected, BINS);
  ck_assert_double_lt(fabs(sum / N), 4 / sqrt(N));
  ck_assert_double_lt(fabs(sum2 / N - 1), 4 * sqrt(2.0 / N));
  ck_assert_double_lt(fabs(sum4 / N - 3), 4 * sqrt(96.0 / N));
}
END_TEST

/* The short series are those of Box and Muller's formula in double. */
START_TEST(normal_follows_the_formula) {
  LnRng rng = {13, 0};
  for (uint64_t i = 0; i < 100000; i++) {
    uint32_t word[4];
    ln_rng_block(word, rng, i / 4);
    double u = ((word[i & 2] >> 1) + 0.5) * 0x1p-31, angle = 2 * acos(-1) * 0x1p-32 * word[(i & 2) + 1];
    double radius = sqrt(-2 * log(u)), want = radius * (i % 2 == 0 ? cos(angle) : sin(angle));
    ck_assert_double_eq_tol(ln_rng_normal(rng, i), want, radius > 0.1 ? 1e-6 : 1e-5);
  }
}
END_TEST

START_TEST(poisson) {
  static const double rates[] = {0.05, 1, 5, 10, 29.9, 30, 300};
  const double lambda = rates[_i];
  double sum = 0, sum2 = 0, *count = calloc(1000, sizeof *count), *expected = calloc(1000, sizeof *expected);
  ln_rng_fill_poisson(numbers, N, (LnRng){14, 0}, 0, lambda);
  for (int i = 0; i < N; i++) {
    sum += numbers[i], sum2 += (numbers[i] - lambda) * (numbers[i] - lambda);
    count[(int)fmin(numbers[i], 999)]++;
  }
  int first = 0, bins; /* cells with few expected numbers go into the last one that has enough */
  for (int k = 0; k < 1000; k++) expected[k] = N * exp(k * log(lambda) - lambda - lgamma(k + 1.0));
  for (; expected[first] < 10 && first < lambda; first++)
    expected[first + 1] += expected[first], count[first + 1] += count[first];
  for (bins = first; bins < 1000 && (expected[bins] >= 10 || bins < lambda); bins++) continue;
  for (int k = bins; k < 1000; k++) expected[bins - 1] += expected[k], count[bins - 1] += count[k];
  check_chi_square("poisson", count + first, expected + first, bins - first);
  ck_assert_double_lt(fabs(sum / N - lambda), 4 * sqrt(lambda / N));
  ck_assert_double_lt(fabs(sum2 / N - lambda), 4 * sqrt((lambda + 2 * lambda * lambda) / N));
  free(count);
  free(expected);
}
END_TEST

START_TEST(poisson_at_the_ends) {
  LnRng rng = {15, 0};
  ck_assert_int_eq(ln_rng_poisson(rng, 0, 0), 0);
  ck_assert_int_eq(ln_rng_poisson(rng, 0, 1e-300), 0);
  for (uint64_t i = 0; i < 1000; i++) {
    double k = (double)ln_rng_poisson(rng, i, 1e6);
    ck_assert_double_lt(fabs(k - 1e6), 6e3);
  }
}
END_TEST

/* Children of one generator, and streams of one seed, have nothing to do with each other. */
START_TEST(generators_are_unrelated) {
  enum { LENGTH = 100000 };
  LnRng parent = {16, 0}, pairs[][2] = {
      {ln_rng_derive(parent, 0), ln_rng_derive(parent, 1)}, {parent, ln_rng_derive(parent, 0)},
      {{16, 0}, {16, 1}},                                   {{16, 0}, {17, 0}},
      {ln_rng_derive((LnRng){16, 0}, 3), ln_rng_derive((LnRng){16, 1}, 3)},
  };
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
    double product = 0;
    ln_rng_fill_normal(numbers, LENGTH, pairs[k][0], 0);
    ln_rng_fill_normal(numbers + LENGTH, LENGTH, pairs[k][1], 0);
    for (int i = 0; i < LENGTH; i++) product += (double)numbers[i] * (double)numbers[LENGTH + i];
    ck_assert_double_lt(fabs(product / LENGTH), 4 / sqrt(LENGTH));
  }
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, uniform);
  tcase_add_test(tests, normal);
  tcase_add_test(tests, normal_follows_the_formula);
  tcase_add_loop_test(tests, poisson, 0, 7);
  tcase_add_test(tests, poisson_at_the_ends);
  tcase_add_test(tests, generators_are_unrelated);
}
