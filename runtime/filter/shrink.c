/* See shrink.h. */
#include "filter/shrink.h"

#include <float.h>
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/radix.h"

static double square_sum(const LnSubband *band) {
  enum { LANES = 4 };
  double sums[LANES] = {0};
  for (int64_t r = 0; r < band->height; r++) {
    const float *row = band->data + r * band->stride;
    int64_t c = 0;
    for (; c + LANES <= band->width; c += LANES)
      for (int lane = 0; lane < LANES; lane++) sums[lane] += (double)row[c + lane] * (double)row[c + lane];
    for (; c < band->width; c++) sums[0] += (double)row[c] * (double)row[c];
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

/* Let s_0 <= s_1 ... be the squares over sigma^2. The risk of the threshold sqrt(s_k) is, up to d, estimated as
 * s_0 + ... + s_k + (d - k - 1) s_k - 2 (k + 1), and between two of them it only grows. A threshold of 0 risks d. */
static double least_risk(const uint64_t *sorted, int64_t d, double sigma, double limit) {
  double sum = 0, least = 0, best = 0;
  for (int64_t k = 0; k < d; k++) {
    double value = (double)ln_key_value((uint32_t)(sorted[k] >> 32), false) / sigma, square = value * value;
    if (value > limit) break;
    sum += square;
    double risk = sum + (double)(d - k - 1) * square - 2 * (double)(k + 1);
    if (risk < least) least = risk, best = value;
  }
  return best;
}

static LnStatus sure_threshold(double *threshold, double sigma, const LnSubband *band, LnError *err) {
  int64_t d = band->height * band->width, i = 0;
  double limit = sqrt(2 * log((double)d)), excess = square_sum(band) / (sigma * sigma) / (double)d - 1;
  *threshold = sigma * limit;
  if (excess <= pow(log2((double)d), 1.5) / sqrt((double)d)) return LN_OK;
  size_t sorting = (size_t)ln_items_memory(d) * sizeof(uint64_t), bytes = sorting + (size_t)d * sizeof(float);
  uint64_t *memory = ln_alloc(bytes);
  if (memory == NULL) return ln_fail_memory(err, "wavelet", bytes);
  float *sizes = (float *)(void *)((char *)memory + sorting);
  for (int64_t r = 0; r < band->height; r++)
    for (int64_t c = 0; c < band->width; c++) sizes[i++] = fabsf(band->data[r * band->stride + c]);
  LnItems items = ln_items_in(memory, d);
  ln_items_order(&items, sizes, 1, false);
  if (!ln_interrupted()) *threshold = sigma * least_risk(items.item, d, sigma, limit);
  ln_free(memory);
  return LN_OK;
}

LnStatus ln_shrink_threshold(double *threshold, const LnShrink *shrink, const LnSubband *band, LnError *err) {
  double variance = shrink->sigma * shrink->sigma;
  if (shrink->method == LN_SURE_SHRINK) return sure_threshold(threshold, shrink->sigma, band, err);
  if (shrink->method == LN_VISU_SHRINK) {
    *threshold = shrink->sigma * sqrt(2 * log((double)shrink->pixels));
  } else {
    double signal = square_sum(band) / (double)(band->height * band->width) - variance;
    *threshold = signal > 0 ? variance / sqrt(signal) : INFINITY;
  }
  return LN_OK;
}

void ln_shrink_apply(const LnSubband *band, double threshold, bool hard) {
  const float t = (float)fmin(threshold, FLT_MAX);
  for (int64_t r = 0; r < band->height; r++) {
    float *row = band->data + r * band->stride;
    if (hard)
      for (int64_t c = 0; c < band->width; c++) row[c] = fabsf(row[c]) < t ? 0 : row[c];
    else
      for (int64_t c = 0; c < band->width; c++) {
        float size = fabsf(row[c]) - t;
        row[c] = copysignf(size > 0 ? size : 0, row[c]);
      }
  }
}
