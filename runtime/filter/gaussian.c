/* Gaussian blur, as scipy.ndimage.gaussian_filter. */
#include <math.h>

#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"

enum { MAX_RADIUS = 2000 };

typedef struct Gaussian {
  double sigma, truncate;
  int edge;
} Gaussian;

static int64_t radius_of(const Gaussian *o) {
  return (int64_t)(o->truncate * o->sigma + 0.5);
}

/* taps[k]: the weight at distance k; taps[0] + 2 (taps[1] + ... + taps[radius]) = 1. */
static void make_taps(float *taps, double sigma, int64_t radius) {
  double sum = 1;
  for (int64_t k = 1; k <= radius; k++) sum += 2 * exp(-0.5 * (double)(k * k) / (sigma * sigma));
  taps[0] = (float)(1 / sum);
  for (int64_t k = 1; k <= radius; k++) taps[k] = (float)(exp(-0.5 * (double)(k * k) / (sigma * sigma)) / sum);
}

/* out[i] = sum over k of taps[|k|] rows[k][i]; rows: the middle one. */
static void blur_column(float *restrict out, const float *const *rows, const float *taps, int64_t radius, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = taps[0] * rows[0][i];
  for (int64_t k = 1; k <= radius; k++) {
    const float *above = rows[-k], *below = rows[k];
    for (int64_t i = 0; i < n; i++) out[i] += taps[k] * (above[i] + below[i]);
  }
}

/* out[i] = sum over k of taps[|k|] in[i + k]; in is readable `radius` beyond both ends. */
static void blur_row(float *restrict out, const float *in, const float *taps, int64_t radius, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = taps[0] * in[i];
  for (int64_t k = 1; k <= radius; k++)
    for (int64_t i = 0; i < n; i++) out[i] += taps[k] * (in[i - k] + in[i + k]);
}

/* Each output row: the rows around it are summed into a buffer, its ends are filled, and it is summed along. */
static LnStatus apply(const void *options, float *y, const float *x, int64_t height, int64_t width, LnError *err) {
  const Gaussian *o = options;
  int64_t radius = radius_of(o);
  size_t floats = (size_t)(radius + 1 + width + 2 * radius), rows_bytes = (size_t)(2 * radius + 1) * sizeof(float *);
  float *taps = ln_alloc(floats * sizeof(float));
  const float **rows = ln_alloc(rows_bytes);
  if (taps == NULL || rows == NULL) {
    ln_free(taps), ln_free(rows);
    return ln_fail_memory(err, "gaussian", floats * sizeof(float) + rows_bytes);
  }
  float *blurred = taps + radius + 1 + radius;
  make_taps(taps, o->sigma, radius);
  for (int64_t row = 0; row < height; row++) {
    for (int64_t k = -radius; k <= radius; k++)
      rows[k + radius] = x + ln_edge_index((LnEdge)o->edge, row + k, height) * width;
    blur_column(blurred, rows + radius, taps, radius, width);
    ln_edge_fill(blurred, (LnEdge)o->edge, width, radius);
    blur_row(y + row * width, blurred, taps, radius, width);
  }
  ln_free(taps), ln_free(rows);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  int64_t radius = radius_of(options);
  if (radius > MAX_RADIUS)
    return ln_fail(err, LN_EARG, "gaussian: truncate * sigma must be at most %d pixels, got %lld", MAX_RADIUS,
                   (long long)radius);
  return LN_OK;
}

static const LnParam params[] = {
    {"sigma", LN_PARAM_FLOAT, offsetof(Gaussian, sigma), 1, 0, MAX_RADIUS, "standard deviation in pixels", NULL,
     LN_POSITIONAL | LN_ABOVE_MIN},
    {"truncate", LN_PARAM_FLOAT, offsetof(Gaussian, truncate), 4, 0, 100, "where the window ends, in sigma", NULL,
     LN_ABOVE_MIN},
    {"edge", LN_PARAM_CHOICE, offsetof(Gaussian, edge), LN_EDGE_REFLECT, 0, 0, LN_EDGE_HELP, ln_edge_words, 0},
    {0}};

static const LnCase cases[] = {{"{}", {LN_SHAPE(1, 16, 20)}},
                               {"{\"sigma\": 0.7, \"truncate\": 3, \"edge\": \"nearest\"}", {LN_SHAPE(3, 9, 5)}},
                               {"{\"sigma\": 3, \"edge\": \"mirror\"}", {LN_SHAPE(1, 4, 7)}},
                               {0}};

const LnFilterType ln_filter_gaussian = {
    .type = {.kind = "filter",
             .name = "gaussian",
             .doc = "Gaussian blur: the mean of the pixels around, weighted by exp(-r^2 / (2 sigma^2)).\n"
                    "The window reaches out to truncate * sigma pixels (rounded) to each side.\n"
                    "Agrees with scipy.ndimage.gaussian_filter.",
             .size = sizeof(Gaussian),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
