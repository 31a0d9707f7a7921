/* Intervals of a mean: see bootstrap.h. */
#include "statistic/bootstrap.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "statistic/normal.h"
#include "statistic/student.h"

static double count_of(LnGroups groups, int64_t g) {
  return groups.counts == NULL ? 1 : groups.counts[g];
}

static void totals(double *sum, double *count, LnGroups groups) {
  *sum = *count = 0;
  for (int64_t g = 0; g < groups.n; g++) *sum += groups.sums[g], *count += count_of(groups, g);
}

double ln_groups_mean(LnGroups groups) {
  double sum, count;
  totals(&sum, &count, groups);
  return sum / count;
}

/* ---- Student's t ---- */

LnInterval ln_interval_t(LnGroups groups, double level) {
  assert(groups.n >= 2);
  double sum, count, squares = 0, n = (double)groups.n;
  totals(&sum, &count, groups);
  double mean = sum / count;
  for (int64_t g = 0; g < groups.n; g++) {
    double off = groups.sums[g] - mean * count_of(groups, g);
    squares += off * off;
  }
  double error = sqrt(n / (n - 1) * squares) / count;
  double half = error * ln_student_quantile(0.5 + 0.5 * level, n - 1);
  return (LnInterval){mean, mean - half, mean + half};
}

/* ---- Resampling ---- */

enum { RESAMPLES_A_TASK = 32 };

typedef struct Resampling {
  double *means;
  int64_t resamples;
  LnGroups groups;
  uint64_t seed;
} Resampling;

/* A word w of 32 bits draws group w n / 2^32: probabilities differ by less than n / 2^32 of their size. */
static double resampled_mean(LnGroups groups, LnRng rng) {
  enum { BATCH = 4 * LN_RNG_BATCH };
  uint32_t word[4][LN_RNG_BATCH];
  double sum = 0, count = 0;
  for (int64_t done = 0; done < groups.n; done += BATCH) {
    int64_t here = groups.n - done < BATCH ? groups.n - done : BATCH;
    ln_rng_words(word, rng, (uint64_t)done / 4);
    for (int64_t i = 0; i < here; i++) {
      uint64_t g = (uint64_t)word[i / LN_RNG_BATCH][i % LN_RNG_BATCH] * (uint64_t)groups.n >> 32;
      sum += groups.sums[g];
      if (groups.counts != NULL) count += groups.counts[g];
    }
  }
  return sum / (groups.counts == NULL ? (double)groups.n : count);
}

static void resample(void *context, int64_t index, int worker) {
  (void)worker;
  Resampling *r = context;
  int64_t first = index * RESAMPLES_A_TASK, end = first + RESAMPLES_A_TASK;
  for (int64_t i = first; i < end && i < r->resamples; i++)
    r->means[i] = resampled_mean(r->groups, (LnRng){r->seed, (uint64_t)i});
}

LnStatus ln_bootstrap_means(double *means, int64_t resamples, LnGroups groups, LnRng rng, LnError *err) {
  assert(groups.n >= 1 && groups.n < INT32_MAX);
  Resampling work = {means, resamples, groups, rng.seed};
  return ln_parallel_stoppable((resamples + RESAMPLES_A_TASK - 1) / RESAMPLES_A_TASK, resample, &work, err);
}

/* ---- BCa ---- */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The p-quantile of sorted values, between neighbours on a straight line: NumPy's default. */
static double quantile(const double *sorted, int64_t n, double p) {
  double at = p * (double)(n - 1), below = floor(at);
  int64_t i = (int64_t)below;
  if (i >= n - 1) return sorted[n - 1];
  return sorted[i] + (at - below) * (sorted[i + 1] - sorted[i]);
}

/* The share of resampled means below the mean, equal ones half. Sums in another order differ in their last digits, so
 * what is that near is equal. Never 0 or 1, whose normal quantiles are infinite. */
static double share_below(const double *means, int64_t n, double mean, double slack) {
  double below = 0;
  for (int64_t i = 0; i < n; i++) below += means[i] < mean - slack ? 1 : means[i] <= mean + slack ? 0.5 : 0;
  return fmin(fmax(below, 0.5), (double)n - 0.5) / (double)n;
}

/* The acceleration, a sixth of the skewness of the means with one group left out; 0 where these are all the same. */
static double acceleration(LnGroups groups) {
  double sum, count, centre = 0, squares = 0, cubes = 0;
  totals(&sum, &count, groups);
  for (int64_t g = 0; g < groups.n; g++) centre += (sum - groups.sums[g]) / (count - count_of(groups, g));
  centre /= (double)groups.n;
  for (int64_t g = 0; g < groups.n; g++) {
    double off = centre - (sum - groups.sums[g]) / (count - count_of(groups, g));
    squares += off * off, cubes += off * off * off;
  }
  return squares > 0 ? cubes / (6 * squares * sqrt(squares)) : 0;
}

/* Which percentile of the resampled means stands for the normal quantile z. */
static double moved(double z, double bias, double a) {
  double shifted = bias + z, scale = 1 - a * shifted;
  if (!(scale > 0)) return z < 0 ? 0 : 1; /* so skew that the formula leaves its range */
  return ln_normal_cdf(bias + shifted / scale);
}

/* The largest distance of a group's mean from the mean, and the largest size of one. */
static void spread_of(double *spread, double *size, LnGroups groups, double mean) {
  *spread = *size = 0;
  for (int64_t g = 0; g < groups.n; g++) {
    double value = groups.sums[g] / count_of(groups, g);
    *spread = fmax(*spread, fabs(value - mean)), *size = fmax(*size, fabs(value));
  }
}

LnStatus ln_interval_bca(LnInterval *out, LnGroups groups, double level, int64_t resamples, LnRng rng, LnError *err) {
  assert(groups.n >= 2 && resamples >= 1);
  double mean = ln_groups_mean(groups), spread, size;
  spread_of(&spread, &size, groups, mean);
  *out = (LnInterval){mean, mean, mean};
  if (spread <= 1e-15 * size) return LN_OK;
  double *means = ln_alloc((size_t)resamples * sizeof *means);
  if (means == NULL) return ln_fail_memory(err, "bootstrap", (size_t)resamples * sizeof *means);
  LnStatus status = ln_bootstrap_means(means, resamples, groups, rng, err);
  if (status == LN_OK) {
    double bias = ln_normal_quantile(share_below(means, resamples, mean, 1e-14 * size)), a = acceleration(groups);
    double z = ln_normal_quantile(0.5 + 0.5 * level);
    qsort(means, (size_t)resamples, sizeof *means, by_value);
    out->low = quantile(means, resamples, moved(-z, bias, a));
    out->high = quantile(means, resamples, moved(z, bias, a));
  }
  ln_free(means);
  return status;
}
