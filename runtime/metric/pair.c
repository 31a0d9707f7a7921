/* Whether images can be measured: see pair.h. */
#include "metric/pair.h"

#include <math.h>
#include <stddef.h>

static bool counts(const LnMetricPair *pair, int64_t k) {
  return pair->mask == NULL || pair->mask[k % (pair->shape.d[1] * pair->shape.d[2])] != 0;
}

static LnStatus check_finite(const LnMetricPair *pair, const float *sample, const char *name,
                             const char *which, LnError *err) {
  int64_t height = pair->shape.d[1], width = pair->shape.d[2];
  for (int64_t k = 0; k < ln_shape_count(pair->shape); k++) {
    if (isfinite(sample[k]) || !counts(pair, k)) continue;
    return ln_fail(err, LN_ENUMERIC, "%s: %s %lld is %s at channel %lld, row %lld, column %lld", name, which,
                   (long long)pair->number, isnan(sample[k]) ? "NaN" : "infinite",
                   (long long)(k / (height * width)) + 1, (long long)(k / width % height) + 1,
                   (long long)(k % width) + 1);
  }
  return LN_OK;
}

LnStatus ln_pair_check_finite(const LnMetricPair *pair, const char *name, LnError *err) {
  LN_TRY(check_finite(pair, pair->image, name, "image", err));
  return check_finite(pair, pair->reference, name, "reference", err);
}

/* How far outside of the data range a reference may lie, as a share of the range. */
static const double tolerance = 0.01;

static bool within(const float *x, const float *mask, int64_t n, float low, float high) {
  bool outside = false;
  if (mask == NULL)
    for (int64_t i = 0; i < n; i++) outside |= x[i] < low || x[i] > high;
  else
    for (int64_t i = 0; i < n; i++) outside |= mask[i] != 0 && (x[i] < low || x[i] > high);
  return !outside;
}

static bool all_within(const LnMetricPair *pair, float low, float high) {
  int64_t n = ln_shape_count(pair->shape), plane = pair->shape.d[1] * pair->shape.d[2];
  if (pair->mask == NULL) return within(pair->reference, NULL, n, low, high);
  for (int64_t at = 0; at < n; at += plane)
    if (!within(pair->reference + at, pair->mask, plane, low, high)) return false;
  return true;
}

/* Images of 0 to 255 measured with a range of 1 give a number that looks right. The reference alone tells: noise may
 * lead anywhere. Where the user gave the range, what lies in it may begin below 0, as CT numbers do. */
LnStatus ln_pair_check_range(const LnMetricPair *pair, const char *name, double range, bool given, LnError *err) {
  double slack = tolerance * range;
  if (all_within(pair, (float)-slack, (float)(range + slack))) return LN_OK;
  LN_TRY(check_finite(pair, pair->reference, name, "reference", err));
  float low = INFINITY, high = -INFINITY;
  for (int64_t k = 0; k < ln_shape_count(pair->shape); k++) {
    if (!counts(pair, k)) continue;
    low = fminf(low, pair->reference[k]);
    high = fmaxf(high, pair->reference[k]);
  }
  if (given && (double)high - (double)low <= range + slack) return LN_OK;
  return ln_fail(err, LN_EARG,
                 "%s: reference %lld goes from %.4g to %.4g, but the data range is %.4g; give option 'range', the "
                 "largest possible value minus the smallest (255 for 8 bits)",
                 name, (long long)pair->number, (double)low, (double)high, range);
}
