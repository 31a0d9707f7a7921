/* Intervals of a mean: Student's t, and the bootstrap's BCa.
 *
 * Values come in groups that are independent of each other, of one value each where nothing is grouped; the mean is that
 * of all values, and what is drawn again, or left out, are whole groups.
 * Sources: Efron, "Better Bootstrap Confidence Intervals", JASA 82 (1987); Efron and Tibshirani, "An Introduction to the
 * Bootstrap" (1993), chapters 8 and 14; groups of unequal size: the ratio of the sums, Cochran, "Sampling Techniques"
 * (1977), section 9A.1. */
#ifndef LUNET_STATISTIC_BOOTSTRAP_H
#define LUNET_STATISTIC_BOOTSTRAP_H

#include <stdint.h>

#include "base/rng.h"
#include "base/status.h"

/* sums[g]: of the values of group g; counts[g]: how many they are, NULL for one each */
typedef struct LnGroups {
  const double *sums, *counts;
  int64_t n;
} LnGroups;

typedef struct LnInterval {
  double mean, low, high;
} LnInterval;

double ln_groups_mean(LnGroups groups);

/* level: of confidence, e.g. 0.95. At least two groups; groups.n below 2^31. */
LnInterval ln_interval_t(LnGroups groups, double level);

/* means[r] of the r-th resample: as many groups as there are, drawn with replacement. Each resample has a stream of its
 * own, so threads do not matter; rng.stream is not used. */
LnStatus ln_bootstrap_means(double *means, int64_t resamples, LnGroups groups, LnRng rng, LnError *err);

/* BCa, bias-corrected and accelerated: percentiles of resampled means, moved by the bias and the skewness that the
 * resamples and the jackknife show. Where all groups have one mean, it has no width. */
LnStatus ln_interval_bca(LnInterval *out, LnGroups groups, double level, int64_t resamples, LnRng rng, LnError *err);

#endif
