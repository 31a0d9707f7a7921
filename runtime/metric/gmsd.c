/* Gradient magnitude similarity deviation.
 *
 * Images are halved by 2x2 means, their gradients' magnitudes m_x and m_r taken by Prewitt's operators (thirds), with
 * zeros beyond the edges. The deviation is the standard deviation over the pixels of
 *
 *   (2 m_x m_r + c) / (m_x^2 + m_r^2 + c) = 1 - (m_x - m_r)^2 / (m_x^2 + m_r^2 + c),   c = t range^2
 *
 * Source: Xue, Zhang, Mou, Bovik, "Gradient magnitude similarity deviation: a highly efficient perceptual image quality
 * index", IEEE Trans. Image Processing 23(2), 2014; their code divides by n - 1, piq and this file by n. */
#include <float.h>
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "metric/mask.h"
#include "metric/metric.h"
#include "metric/scales.h"

typedef struct Gmsd {
  LnTensor *mask;
  double range, t;
} Gmsd;

/* A halved plane. */
typedef struct Half {
  float *x, *y, *mask; /* mask: NULL without one */
  int64_t height, width;
} Half;

static double pixel(const float *plane, const Half *half, int64_t r, int64_t c) {
  bool inside = r >= 0 && c >= 0 && r < half->height && c < half->width;
  return inside ? (double)plane[r * half->width + c] : 0;
}

static double gradient(const float *plane, const Half *half, int64_t r, int64_t c) {
  double across = 0, down = 0;
  for (int k = -1; k <= 1; k++) {
    across += pixel(plane, half, r + k, c + 1) - pixel(plane, half, r + k, c - 1);
    down += pixel(plane, half, r + 1, c + k) - pixel(plane, half, r - 1, c + k);
  }
  return sqrt(across * across + down * down) / 3;
}

static double dissimilarity(const Half *half, double c, int64_t row, int64_t column) {
  double x = gradient(half->x, half, row, column), y = gradient(half->y, half, row, column);
  return (x - y) * (x - y) / (x * x + y * y + c);
}

/* The standard deviation, from the sums of deviations from the first value: all the same is exactly 0. */
static double deviation(const Half *half, double c) {
  double first = 0, sum = 0, squares = 0, count = 0;
  for (int64_t row = 0; row < half->height && !ln_interrupted(); row++)
    for (int64_t column = 0; column < half->width; column++) {
      if (half->mask != NULL && half->mask[row * half->width + column] == 0) continue;
      double value = dissimilarity(half, c, row, column);
      if (count == 0) first = value;
      sum += value - first, squares += (value - first) * (value - first), count += 1;
    }
  double variance = (squares - sum * sum / count) / count;
  return variance < 0 ? 0 : sqrt(variance); /* NaN passes */
}

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  const Gmsd *o = options;
  int64_t height = pair->shape.d[1], width = pair->shape.d[2];
  Half half = {.height = (height + 1) / 2, .width = (width + 1) / 2};
  int64_t n = half.height * half.width;
  half.x = ln_alloc((size_t)(3 * n) * sizeof(float));
  if (half.x == NULL) return ln_fail_memory(err, "gmsd", (size_t)(3 * n) * sizeof(float));
  half.y = half.x + n;
  half.mask = pair->mask == NULL ? NULL : half.y + n;
  LnStatus status = LN_OK;
  if (half.mask != NULL) ln_halve_mask(half.mask, half.height, half.width, pair->mask, height, width);
  if (half.mask != NULL && ln_mask_count(half.mask, half.height, half.width, 0) == 0)
    status = ln_fail(err, LN_EARG, "gmsd: mask of image %lld is empty at half the size", (long long)pair->number);
  double sum = 0;
  for (int64_t c = 0; c < pair->shape.d[0] && status == LN_OK; c++) {
    ln_halve_padded(half.x, pair->image + c * height * width, height, width);
    ln_halve_padded(half.y, pair->reference + c * height * width, height, width);
    sum += deviation(&half, o->t * o->range * o->range);
  }
  ln_free(half.x);
  *value = sum / (double)pair->shape.d[0];
  return status;
}

static double range_of(const void *options) {
  return ((const Gmsd *)options)->range;
}

static const LnParam params[] = {
    {.name = "range", .kind = LN_PARAM_FLOAT, .offset = offsetof(Gmsd, range), .def = 1, .max = DBL_MAX,
     .help = "data range: largest possible pixel value minus the smallest", .flags = LN_ABOVE_MIN},
    {.name = "t", .kind = LN_PARAM_FLOAT, .offset = offsetof(Gmsd, t), .def = 170.0 / (255 * 255), .max = 1,
     .help = "c = t range^2 steadies flat regions; 170 / 255^2", .flags = LN_ABOVE_MIN},
    LN_METRIC_MASK_PARAM(Gmsd),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 20, 24), LN_SHAPE(1, 20, 24)}},
    {.options = "{\"range\": 2, \"t\": 0.01}", .inputs = {LN_SHAPE(2, 15, 18), LN_SHAPE(2, 15, 18)}},
    {0}};

const LnMetricType ln_metric_gmsd = {
    .type = {.kind = "metric",
             .name = "gmsd",
             .doc = "Gradient magnitude similarity deviation: the standard deviation over the pixels of\n"
                "(2 m_x m_r + c) / (m_x^2 + m_r^2 + c); 0 is best.\n"
                "m: the magnitude of the gradient by Prewitt's operators, after halving by 2x2 means, with zeros\n"
                "beyond the edges; per channel, then averaged. A mask is halved too, a pixel of it being 1 where at\n"
                "least half of the finer ones are. The range as in ln.metric.psnr. Agrees with piq's gmsd.\n"
                "Source: Xue, Zhang, Mou, Bovik, IEEE Trans. Image Processing 23(2), 2014.",
             .size = sizeof(Gmsd),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = range_of,
    .best = 0,
    .higher_is_better = false,
};
