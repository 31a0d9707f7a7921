/* Means over pixels: see pixel_means.h. */
#include "metric/pixel_means.h"

#include <math.h>

#include "metric/mask.h"

#define INLINE static inline __attribute__((always_inline))

typedef double Term(double image, double reference);

/* The sum of n terms; where mask is not NULL, of those where it is 1. Terms that do not count may be NaN. */
INLINE double sum_of(Term *term, const float *a, const float *b, const float *mask, int64_t n) {
  double sum = 0;
  if (mask == NULL) {
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < n; i++) sum += term((double)a[i], (double)b[i]);
    return sum;
  }
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += mask[i] != 0 ? term((double)a[i], (double)b[i]) : 0;
  return sum;
}

INLINE double mean_of(Term *term, const LnMetricPair *pair) {
  int64_t n = ln_shape_count(pair->shape), height = pair->shape.d[1], width = pair->shape.d[2], plane = height * width;
  if (pair->mask == NULL) return sum_of(term, pair->image, pair->reference, NULL, n) / (double)n;
  double sum = 0;
  for (int64_t at = 0; at < n; at += plane)
    sum += sum_of(term, pair->image + at, pair->reference + at, pair->mask, plane);
  return sum / (double)(pair->shape.d[0] * ln_mask_count(pair->mask, height, width, 0));
}

INLINE double squared_error(double image, double reference) {
  return (image - reference) * (image - reference);
}

INLINE double absolute_error(double image, double reference) {
  return fabs(image - reference);
}

INLINE double squared_reference(double image, double reference) {
  (void)image;
  return reference * reference;
}

double ln_mean_squared_error(const LnMetricPair *pair) {
  return mean_of(squared_error, pair);
}

double ln_mean_absolute_error(const LnMetricPair *pair) {
  return mean_of(absolute_error, pair);
}

double ln_mean_squared_reference(const LnMetricPair *pair) {
  return mean_of(squared_reference, pair);
}
