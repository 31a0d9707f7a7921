/* Haar wavelet-based perceptual similarity.
 *
 * Images of 0 to 255 are halved by 2x2 means; h_k are the responses of 2^k x 2^k Haar wavelets, k = 1, 2, 3, across and
 * down, with zeros beyond the edges. At each pixel and for both directions
 *
 *   s = mean over k = 1, 2 of (2 |h_x h_r| + C) / (h_x^2 + h_r^2 + C),   weight = max(|h_x|, |h_r|) of k = 3
 *   HaarPSI = (l^-1(sum weight l(s) / sum weight))^2,   l(s) = 1 / (1 + exp(-alpha s))
 *
 * Source: Reisenhofer, Bosse, Kutyniok, Wiegand, "A Haar wavelet-based perceptual similarity index for image quality
 * assessment", Signal Processing: Image Communication 61, 2018, and the authors' haarPsi.py. */
#include <float.h>
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "metric/mask.h"
#include "metric/metric.h"
#include "metric/scales.h"

enum { SCALES = 3 };

typedef struct HaarPsi {
  LnTensor *mask;
  double range, c, alpha;
} HaarPsi;

/* A halved plane: sums[r][c] over the rows before r and columns before c, (height + 1) x (width + 1). */
typedef struct Sums {
  double *x, *y;
  int64_t height, width;
} Sums;

static void add_up(double *sums, const float *plane, int64_t height, int64_t width, double factor) {
  int64_t stride = width + 1;
  for (int64_t c = 0; c <= width; c++) sums[c] = 0;
  for (int64_t r = 0; r < height; r++) {
    double row = 0;
    sums[(r + 1) * stride] = 0;
    for (int64_t c = 0; c < width; c++) {
      row += factor * (double)plane[r * width + c];
      sums[(r + 1) * stride + c + 1] = sums[r * stride + c + 1] + row;
    }
  }
}

static int64_t clamped(int64_t i, int64_t n) {
  return i < 0 ? 0 : i > n ? n : i;
}

/* The sum over rows r0 .. r1 - 1 and columns c0 .. c1 - 1, as far as they are there. */
static double box(const double *sums, const Sums *s, int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
  int64_t stride = s->width + 1;
  r0 = clamped(r0, s->height), r1 = clamped(r1, s->height), c0 = clamped(c0, s->width), c1 = clamped(c1, s->width);
  return sums[r1 * stride + c1] - sums[r0 * stride + c1] - sums[r1 * stride + c0] + sums[r0 * stride + c0];
}

/* |h_k| at a pixel: the wavelet of `side` = 2^k begins side / 2 - 1 before it. */
static double response(const double *sums, const Sums *s, int k, bool across, int64_t row, int64_t column) {
  int64_t side = 1 << k, r = row - side / 2 + 1, c = column - side / 2 + 1;
  double first = across ? box(sums, s, r, r + side, c, c + side / 2) : box(sums, s, r, r + side / 2, c, c + side);
  double second = across ? box(sums, s, r, r + side, c + side / 2, c + side)
                         : box(sums, s, r + side / 2, r + side, c, c + side);
  return fabs(second - first) / (double)side;
}

static double logistic(double x) {
  return 1 / (1 + exp(-x));
}

/* s at a pixel, as 1 less what is missing: identical images give exactly 1. */
static double similarity(const Sums *sums, double c, bool across, int64_t row, int64_t column) {
  double missing = 0;
  for (int k = 1; k < SCALES; k++) {
    double x = response(sums->x, sums, k, across, row, column), y = response(sums->y, sums, k, across, row, column);
    missing += (x - y) * (x - y) / (x * x + y * y + c) / (SCALES - 1);
  }
  return 1 - missing;
}

/* mask: of the halved plane, or NULL. Where nothing has weight, nothing differs that the eye would see. */
static double plane_value(const HaarPsi *o, const Sums *sums, const float *mask) {
  double weights = 0, missing = 0, best = logistic(o->alpha);
  for (int64_t row = 0; row < sums->height && !ln_interrupted(); row++)
    for (int64_t column = 0; column < sums->width; column++) {
      if (mask != NULL && mask[row * sums->width + column] == 0) continue;
      for (int across = 0; across < 2; across++) {
        double x = response(sums->x, sums, SCALES, across, row, column);
        double y = response(sums->y, sums, SCALES, across, row, column);
        double weight = x > y ? x : y + 0 * x; /* NaN passes */
        weights += weight;
        missing += weight * (best - logistic(o->alpha * similarity(sums, o->c, across, row, column)));
      }
    }
  if (weights == 0) return 1;
  double mean = best - missing / weights;
  double root = 1 + log(mean / best * ((1 - best) / (1 - mean))) / o->alpha;
  return root * root;
}

/* Memory of one image: two halved planes' sums, a halved plane, a halved mask. */
typedef struct Work {
  Sums sums;
  float *plane, *mask;
} Work;

static bool make_work(Work *w, int64_t height, int64_t width) {
  int64_t n = height * width, sums = (height + 1) * (width + 1);
  w->sums = (Sums){.height = height, .width = width};
  w->sums.x = ln_alloc((size_t)(2 * sums) * sizeof(double) + (size_t)(2 * n) * sizeof(float));
  if (w->sums.x == NULL) return false;
  w->sums.y = w->sums.x + sums;
  w->plane = (float *)(void *)(w->sums.y + sums);
  w->mask = w->plane + n;
  return true;
}

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  const HaarPsi *o = options;
  int64_t height = pair->shape.d[1], width = pair->shape.d[2], rows = (height + 1) / 2, columns = (width + 1) / 2;
  Work w;
  if (!make_work(&w, rows, columns))
    return ln_fail_memory(err, "haarpsi", (size_t)(6 * rows * columns) * sizeof(float));
  const float *mask = pair->mask == NULL ? NULL : w.mask;
  LnStatus status = LN_OK;
  if (mask != NULL) ln_halve_mask(w.mask, rows, columns, pair->mask, height, width);
  if (mask != NULL && ln_mask_count(mask, rows, columns, 0) == 0)
    status = ln_fail(err, LN_EARG, "haarpsi: mask of image %lld is empty at half the size", (long long)pair->number);
  double sum = 0;
  for (int64_t c = 0; c < pair->shape.d[0] && status == LN_OK; c++) {
    ln_halve_padded(w.plane, pair->image + c * height * width, height, width);
    add_up(w.sums.x, w.plane, rows, columns, 255 / o->range);
    ln_halve_padded(w.plane, pair->reference + c * height * width, height, width);
    add_up(w.sums.y, w.plane, rows, columns, 255 / o->range);
    sum += plane_value(o, &w.sums, mask);
  }
  ln_free(w.sums.x);
  *value = sum / (double)pair->shape.d[0];
  return status;
}

static double range_of(const void *options) {
  return ((const HaarPsi *)options)->range;
}

static const LnParam params[] = {
    {.name = "range", .kind = LN_PARAM_FLOAT, .offset = offsetof(HaarPsi, range), .def = 1, .max = DBL_MAX,
     .help = "data range: largest possible pixel value minus the smallest", .flags = LN_ABOVE_MIN},
    {.name = "c", .kind = LN_PARAM_FLOAT, .offset = offsetof(HaarPsi, c), .def = 30, .max = 1e6,
     .help = "steadies weak responses, on the scale of 0 to 255", .flags = LN_ABOVE_MIN},
    {.name = "alpha", .kind = LN_PARAM_FLOAT, .offset = offsetof(HaarPsi, alpha), .def = 4.2, .max = 20,
     .help = "slope of the logistic function", .flags = LN_ABOVE_MIN},
    LN_METRIC_MASK_PARAM(HaarPsi),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 20, 24), LN_SHAPE(1, 20, 24)}},
    {.options = "{\"range\": 2, \"c\": 20, \"alpha\": 5.8}", .inputs = {LN_SHAPE(2, 15, 18), LN_SHAPE(2, 15, 18)}},
    {0}};

const LnMetricType ln_metric_haarpsi = {
    .type = {.kind = "metric",
             .name = "haarpsi",
             .doc = "Haar wavelet-based perceptual similarity, 0 to 1; 1 is best.\n"
                "Local similarities (2 |h_x h_r| + C) / (h_x^2 + h_r^2 + C) of Haar wavelets of 2x2 and 4x4, passed\n"
                "through a logistic function and weighted by the response of 8x8, after halving by 2x2 means, with\n"
                "zeros beyond the edges; per channel, then averaged (the authors turn colours into YIQ). A mask is\n"
                "halved too, a pixel of it being 1 where at least half of the finer ones are. The range as in\n"
                "ln.metric.psnr. Agrees with piq's haarpsi.\n"
                "Source: Reisenhofer, Bosse, Kutyniok, Wiegand, Signal Processing: Image Communication 61, 2018.",
             .size = sizeof(HaarPsi),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = range_of,
    .best = 1,
    .higher_is_better = true,
};
