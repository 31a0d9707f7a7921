/* Intervals of a mean against SciPy and against their formulas. */
#include <math.h>

#include "base/interrupt.h"
#include "base/parallel.h"
#include "statistic/bootstrap.h"
#include "statistic/known.h"
#include "statistic/normal.h"
#include "statistic/student.h"
#include "statistic/support.h"
#include "support/support.h"

enum { MOST = 200, RESAMPLES = 20000 };
static LnError err;
static double x[MOST], means[RESAMPLES];

static LnGroups sample(int n) {
  test_sample(x, n);
  return (LnGroups){x, NULL, n};
}

START_TEST(t_as_scipy) {
  for (int i = 0; i < known_intervals_count; i++) {
    KnownInterval known = known_intervals[i];
    LnInterval got = ln_interval_t(sample((int)known.n), known.level);
    ck_assert_double_eq_tol(got.low, known.t_low, 1e-10);
    ck_assert_double_eq_tol(got.high, known.t_high, 1e-10);
    ck_assert_double_eq_tol(got.mean, 0.5 * (known.t_low + known.t_high), 1e-10);
  }
}
END_TEST

/* Both draw: the ends agree up to a few percent of the width. */
START_TEST(bca_near_scipy) {
  for (int i = 0; i < known_intervals_count; i++) {
    KnownInterval known = known_intervals[i];
    LnInterval got;
    CK_OK(ln_interval_bca(&got, sample((int)known.n), known.level, 100000, (LnRng){7, 0}, &err));
    double slack = 0.02 * (known.bca_high - known.bca_low);
    ck_assert_msg(fabs(got.low - known.bca_low) < slack && fabs(got.high - known.bca_high) < slack,
                  "n = %g: %.6g to %.6g, SciPy %.6g to %.6g", known.n, got.low, got.high, known.bca_low,
                  known.bca_high);
  }
}
END_TEST

static int by_value(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return (p > q) - (p < q);
}

/* The formulas, (14.10), (14.14) and (14.15) of Efron and Tibshirani, where the acceleration of a mean is a sixth of
 * the skewness of the sample over the root of n. */
START_TEST(bca_by_its_formulas) {
  LnGroups groups = sample(40);
  double mean = ln_groups_mean(groups), m2 = 0, m3 = 0, below = 0, ends[2];
  for (int i = 0; i < 40; i++) m2 += pow(x[i] - mean, 2), m3 += pow(x[i] - mean, 3);
  double a = m3 / (6 * pow(m2, 1.5)), z = ln_normal_quantile(0.95);
  CK_OK(ln_bootstrap_means(means, RESAMPLES, groups, (LnRng){3, 0}, &err));
  for (int i = 0; i < RESAMPLES; i++) below += means[i] < mean;
  double bias = ln_normal_quantile(below / RESAMPLES);
  qsort(means, RESAMPLES, sizeof *means, by_value);
  for (int k = 0; k < 2; k++) {
    double w = bias + (k == 0 ? -z : z), at = ln_normal_cdf(bias + w / (1 - a * w)) * (RESAMPLES - 1);
    int i = (int)at;
    ends[k] = means[i] + (at - i) * (means[i + 1] - means[i]);
  }
  LnInterval got;
  CK_OK(ln_interval_bca(&got, groups, 0.9, RESAMPLES, (LnRng){3, 99}, &err));
  ck_assert_double_eq_tol(got.low, ends[0], 1e-12);
  ck_assert_double_eq_tol(got.high, ends[1], 1e-12);
  ck_assert(got.mean == mean);
}
END_TEST

/* Mean and variance of resampled means are known: the mean, and the variance over n. */
START_TEST(resampled_means_have_their_moments) {
  LnGroups groups = sample(40);
  double mean = ln_groups_mean(groups), variance = 0, first = 0, second = 0;
  for (int i = 0; i < 40; i++) variance += pow(x[i] - mean, 2) / 40 / 40;
  CK_OK(ln_bootstrap_means(means, RESAMPLES, groups, (LnRng){5, 0}, &err));
  for (int i = 0; i < RESAMPLES; i++) first += (means[i] - mean) / RESAMPLES;
  for (int i = 0; i < RESAMPLES; i++) second += pow(means[i] - mean, 2) / RESAMPLES;
  ck_assert_double_eq_tol(first, 0, 4 * sqrt(variance / RESAMPLES));
  ck_assert_double_eq_tol(second / variance, 1, 0.06);
}
END_TEST

START_TEST(threads_do_not_matter) {
  static double again[1000];
  int threads = ln_threads();
  CK_OK(ln_bootstrap_means(means, 1000, sample(171), (LnRng){5, 0}, &err));
  ln_set_threads(threads == 1 ? 3 : 1);
  CK_OK(ln_bootstrap_means(again, 1000, sample(171), (LnRng){5, 0}, &err));
  ck_assert_mem_eq(means, again, sizeof again);
  CK_OK(ln_bootstrap_means(again, 10, sample(171), (LnRng){6, 0}, &err));
  ck_assert_mem_ne(means, again, 10 * sizeof *again);
  ln_set_threads(threads);
}
END_TEST

/* Groups of k values: the interval is that of the groups' means. Unequal ones: the ratio of the sums. */
START_TEST(groups_are_what_is_drawn) {
  double sums[20], threes[20];
  const double counts[4] = {1, 2, 3, 2}, unequal[4] = {0.5, 2, 3.6, 1.2};
  LnInterval one, grouped;
  LnGroups single = sample(20);
  for (int i = 0; i < 20; i++) sums[i] = 3 * x[i], threes[i] = 3;
  one = ln_interval_t(single, 0.95), grouped = ln_interval_t((LnGroups){sums, threes, 20}, 0.95);
  ck_assert_double_eq_tol(one.low, grouped.low, 1e-12);
  ck_assert_double_eq_tol(one.high, grouped.high, 1e-12);
  CK_OK(ln_interval_bca(&one, single, 0.95, 999, (LnRng){1, 0}, &err));
  CK_OK(ln_interval_bca(&grouped, (LnGroups){sums, threes, 20}, 0.95, 999, (LnRng){1, 0}, &err));
  ck_assert_double_eq_tol(one.low, grouped.low, 1e-12);
  ck_assert_double_eq_tol(one.high, grouped.high, 1e-12);
  /* mean 7.3 / 8; residuals sum - mean * count; error sqrt(4/3 sum of squares) / 8; t(3) */
  grouped = ln_interval_t((LnGroups){unequal, counts, 4}, 0.95);
  double r[4] = {0.5 - 0.9125, 2 - 1.825, 3.6 - 2.7375, 1.2 - 1.825};
  double error = sqrt(4.0 / 3 * (r[0] * r[0] + r[1] * r[1] + r[2] * r[2] + r[3] * r[3])) / 8;
  ck_assert_double_eq_tol(grouped.mean, 0.9125, 1e-14);
  ck_assert_double_eq_tol(grouped.high, 0.9125 + 3.18244630528371 * error, 1e-12);
}
END_TEST

START_TEST(equal_values_have_no_width) {
  double same[7], counts[7];
  for (int i = 0; i < 7; i++) counts[i] = i + 1, same[i] = 0.1 * counts[i];
  for (int grouped = 0; grouped < 2; grouped++) {
    LnInterval got;
    if (!grouped)
      for (int i = 0; i < 7; i++) same[i] = 0.1;
    CK_OK(ln_interval_bca(&got, (LnGroups){same, grouped ? counts : NULL, 7}, 0.95, 999, (LnRng){1, 0}, &err));
    ck_assert(got.low == got.mean && got.high == got.mean);
    for (int i = 0; i < 7; i++) same[i] = 0.1 * counts[i];
  }
}
END_TEST

/* Two values, one far off: the formula leaves its range, the interval stays within the values. */
START_TEST(extremes_stay_within_the_values) {
  const double far[5] = {0, 0, 0, 0, 1e6};
  LnInterval got;
  for (int n = 2; n <= 5; n++) {
    CK_OK(ln_interval_bca(&got, (LnGroups){far + 5 - n, NULL, n}, 0.9999, 999, (LnRng){1, 0}, &err));
    ck_assert(got.low >= 0 && got.low <= got.mean && got.mean <= got.high && got.high <= 1e6);
  }
}
END_TEST

/* Sums that overflow give no interval, and no trap. */
START_TEST(numbers_too_large_to_add) {
  const double large[4] = {1e308, 1e308, -1e308, 1e200};
  for (int n = 2; n <= 4; n++) {
    LnInterval got = ln_interval_t((LnGroups){large, NULL, n}, 0.95);
    CK_OK(ln_interval_bca(&got, (LnGroups){large, NULL, n}, 0.95, 999, (LnRng){1, 0}, &err));
    ck_assert(!isfinite(got.low) || got.low <= 1e308);
  }
}
END_TEST

static void release(void) {}

START_TEST(without_memory_or_time) {
  LnInterval got;
  LnGroups groups = sample(40);
  CK_EVERY_ALLOCATION(ln_interval_bca(&got, groups, 0.95, 999, (LnRng){1, 0}, &err), release());
  ln_interrupt();
  CK_FAILS(ln_interval_bca(&got, groups, 0.95, 999, (LnRng){1, 0}, &err), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, t_as_scipy);
  tcase_add_test(tests, bca_near_scipy);
  tcase_add_test(tests, bca_by_its_formulas);
  tcase_add_test(tests, resampled_means_have_their_moments);
  tcase_add_test(tests, threads_do_not_matter);
  tcase_add_test(tests, groups_are_what_is_drawn);
  tcase_add_test(tests, equal_values_have_no_width);
  tcase_add_test(tests, extremes_stay_within_the_values);
  tcase_add_test(tests, numbers_too_large_to_add);
  tcase_add_test(tests, without_memory_or_time);
}
