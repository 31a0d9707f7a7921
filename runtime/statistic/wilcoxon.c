/* The Wilcoxon signed-rank test: see wilcoxon.h. */
#include "statistic/wilcoxon.h"

#include <math.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "statistic/normal.h"

static int by_size(const void *a, const void *b) {
  double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
  return (x > y) - (x < y);
}

/* Sums the ranks of n differences sorted by size. Returns the sum of t^3 - t over groups of t ties. */
static double sum_ranks(LnWilcoxon *test, const double *sorted, int64_t n) {
  double ties = 0;
  for (int64_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && fabs(sorted[end]) == fabs(sorted[first]);) end++;
    double rank = 0.5 * (double)(first + 1 + end), t = (double)(end - first);
    for (int64_t i = first; i < end; i++) *(sorted[i] > 0 ? &test->plus : &test->minus) += rank;
    ties += t * t * t - t;
  }
  test->ties = ties > 0;
  return ties;
}

static void approximate(LnWilcoxon *test, double ties, bool correction) {
  double n = (double)test->n, least = fmin(test->plus, test->minus), mean = n * (n + 1) / 4;
  double variance = (n * (n + 1) * (2 * n + 1) - 0.5 * ties) / 24;
  double off = least - mean;
  if (correction && off < 0) off += 0.5;
  double z = off / sqrt(variance);
  test->z = test->plus < test->minus ? z : -z;
  test->p = fmin(1, 2 * ln_normal_cdf(z));
}

/* P(sum <= k) for the sum of those of the ranks 1 .. n that a coin chooses, into *p: rank by rank, share[s] is the
 * probability of the sum s. Only sums up to k matter. */
static LnStatus exact_tail(double *p, int64_t n, int64_t k, LnError *err) {
  double *share = ln_calloc((size_t)k + 1, sizeof *share);
  if (share == NULL) return ln_fail_memory(err, "wilcoxon", ((size_t)k + 1) * sizeof *share);
  LnStatus status = LN_OK;
  share[0] = 1;
  for (int64_t rank = 1; rank <= n && status == LN_OK; rank++) {
    for (int64_t s = k; s >= 0; s--) share[s] = 0.5 * (share[s] + (s >= rank ? share[s - rank] : 0));
    status = ln_interrupt_check(err);
  }
  *p = 0;
  for (int64_t s = 0; s <= k; s++) *p += share[s];
  ln_free(share);
  return status;
}

static LnStatus find_exact(LnWilcoxon *test, LnError *err) {
  if (test->ties)
    return ln_fail(err, LN_EARG, "wilcoxon: method 'exact' needs differences of different sizes, and some are equal");
  if (test->n > LN_WILCOXON_MOST_EXACT)
    return ln_fail(err, LN_EARG, "wilcoxon: method 'exact' takes up to %d differences, got %lld", LN_WILCOXON_MOST_EXACT,
                   (long long)test->n);
  double tail = 0;
  LN_TRY(exact_tail(&tail, test->n, (int64_t)fmin(test->plus, test->minus), err));
  test->exact = true;
  test->p = fmin(1, 2 * tail);
  return LN_OK;
}

LnStatus ln_wilcoxon(LnWilcoxon *test, const double *differences, int64_t n, LnWilcoxonMethod method, bool correction,
                     LnError *err) {
  *test = (LnWilcoxon){.z = NAN, .p = 1};
  double *sorted = ln_alloc((size_t)n * sizeof *sorted);
  if (sorted == NULL) return ln_fail_memory(err, "wilcoxon", (size_t)n * sizeof *sorted);
  for (int64_t i = 0; i < n; i++)
    if (differences[i] != 0) sorted[test->n++] = differences[i];
  test->zeros = n - test->n;
  qsort(sorted, (size_t)test->n, sizeof *sorted, by_size);
  double ties = sum_ranks(test, sorted, test->n);
  ln_free(sorted);
  if (test->n == 0) return LN_OK;
  bool small = test->n <= LN_WILCOXON_SMALL && !test->ties && test->zeros == 0;
  if (method == LN_WILCOXON_EXACT || (method == LN_WILCOXON_AUTO && small)) return find_exact(test, err);
  approximate(test, ties, correction);
  return LN_OK;
}
