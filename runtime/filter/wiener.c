/* Wiener's filter with the mean and variance of each pixel's window, as scipy.signal.wiener:
 *
 *   y = mean + max(0, 1 - noise / variance) (x - mean)
 *
 * where noise is the noise's variance. It is the best linear estimate of a pixel from itself, its neighbourhood being
 * taken for stationary: flat places become their mean, edges stay as they are. */
#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"

enum { MAX_SIZE = 99 };

typedef struct Wiener {
  int64_t size;
  double sigma, noise;
  int edge;
} Wiener;

/* Working memory. image: the plane with its border, rows `stride` apart. column_sums: of x and of x^2 down the window
 * of each column. mean, variance: height x width. */
typedef struct Work {
  double *column_sums;
  float *image, *mean, *variance;
  int64_t stride;
} Work;

static LnStatus make_work(Work *work, int64_t height, int64_t width, int64_t size, LnError *err) {
  int64_t half = size / 2, pixels = height * width;
  work->stride = width + 2 * half;
  size_t bytes = (size_t)work->stride * 2 * sizeof(double) +
                 (size_t)((height + 2 * half) * work->stride + 2 * pixels) * sizeof(float);
  work->column_sums = ln_calloc(bytes, 1);
  if (work->column_sums == NULL) return ln_fail_memory(err, "wiener", bytes);
  work->mean = (float *)(void *)(work->column_sums + 2 * work->stride);
  work->variance = work->mean + pixels;
  work->image = work->variance + pixels + half * work->stride + half;
  return LN_OK;
}

/* Takes a row into the sums of the columns, or out of them (sign -1). */
static void add_row(const Work *work, const float *row, double sign) {
  double *sums = work->column_sums, *squares = sums + work->stride;
  for (int64_t c = 0; c < work->stride; c++) {
    double x = (double)row[c];
    sums[c] += sign * x;
    squares[c] += sign * x * x;
  }
}

/* The windows of one row, from the sums of their columns. Returns the sum of the variances. */
static double measure_row(float *mean, float *variance, const Work *work, int64_t width, int64_t size) {
  const double *sums = work->column_sums, *squares = sums + work->stride;
  double sum = 0, square = 0, total = 0, share = 1 / (double)(size * size);
  for (int64_t c = 0; c < size - 1; c++) sum += sums[c], square += squares[c];
  for (int64_t c = 0; c < width; c++) {
    sum += sums[c + size - 1], square += squares[c + size - 1];
    double m = sum * share, v = square * share - m * m;
    mean[c] = (float)m, variance[c] = (float)v;
    total += v;
    sum -= sums[c], square -= squares[c];
  }
  return total;
}

/* Running sums lose nothing that counts in double. Returns the mean of the windows' variances. */
static double measure(const Work *work, int64_t height, int64_t width, int64_t size) {
  int64_t half = size / 2;
  const float *first = work->image - half; /* of a row of the image with its border */
  double total = 0;
  for (int64_t r = -half; r < half; r++) add_row(work, first + r * work->stride, 1);
  for (int64_t r = 0; r < height && !ln_interrupted(); r++) {
    add_row(work, first + (r + half) * work->stride, 1);
    total += measure_row(work->mean + r * width, work->variance + r * width, work, width, size);
    add_row(work, first + (r - half) * work->stride, -1);
  }
  return total / (double)(height * width);
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Wiener *o = options;
  Work work = {0};
  LN_TRY(make_work(&work, height, width, o->size, err));
  ln_edge_surround(work.image, work.stride, x, (LnEdge)o->edge, height, width, o->size / 2);
  double noise = measure(&work, height, width, o->size);
  if (o->sigma > 0 || o->noise > 0) noise = o->sigma > 0 ? o->sigma * o->sigma : o->noise;
  for (int64_t i = 0; i < height * width; i++) {
    double mean = (double)work.mean[i], variance = (double)work.variance[i];
    y[i] = variance > noise ? (float)(mean + (1 - noise / variance) * ((double)x[i] - mean)) : work.mean[i];
  }
  ln_free(work.column_sums);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  const Wiener *o = options;
  if (o->size % 2 == 0)
    return ln_fail(err, LN_EARG, "wiener: option 'size' must be odd, got %lld", (long long)o->size);
  if (o->sigma > 0 && o->noise > 0)
    return ln_fail(err, LN_EARG, "wiener: give 'sigma' or 'noise', its square, not both; got %g and %g", o->sigma,
                   o->noise);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT, .offset = offsetof(Wiener, size), .def = 3, .min = 1, .max = MAX_SIZE,
     .help = "side of the window in pixels, odd", .flags = LN_POSITIONAL},
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Wiener, sigma), .max = 1e6,
     .help = LN_FILTER_SIGMA_HELP "; 0 if not known: its variance is then the mean of the windows'"},
    {.name = "noise", .kind = LN_PARAM_FLOAT, .offset = offsetof(Wiener, noise), .max = 1e12,
     .help = "variance of the noise, SciPy's name for sigma^2; 0 if not known"},
    {.name = "edge", .kind = LN_PARAM_CHOICE, .offset = offsetof(Wiener, edge), .def = LN_EDGE_ZERO,
     .help = LN_EDGE_HELP ", zero 0000|, as SciPy", .choices = ln_edge_words_zero},
    {0}};

/* With zeros around, a constant image does not stay as it is at its edge. */
static const LnCase cases[] = {
    {.options = "{\"edge\": \"reflect\"}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"size\": 5, \"sigma\": 0.2, \"edge\": \"mirror\"}", .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"size\": 7, \"noise\": 0.01, \"edge\": \"nearest\"}", .inputs = {LN_SHAPE(1, 4, 7)}},
    {0}};

const LnFilterType ln_filter_wiener = {
    .type = {.kind = "filter",
             .name = "wiener",
             .doc = "Wiener's filter: y = mean + max(0, 1 - sigma^2 / variance) (x - mean), of the window around.\n"
                    "Flat places become the mean of their window, edges stay as they are. Pixels beyond the edge are\n"
                    "zero, as in SciPy; edge = \"reflect\" removes noise there too.\n"
                    "Agrees with scipy.signal.wiener(image, size, noise).\n"
                    "Source: Lim, Two-dimensional signal and image processing, 1990, p. 548.",
             .size = sizeof(Wiener),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
