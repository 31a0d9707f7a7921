/* Gaussian blur, as scipy.ndimage.gaussian_filter. */
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

enum { MAX_RADIUS = 2000 };

typedef struct Gaussian {
  double sigma, truncate;
  int edge;
} Gaussian;

static int64_t radius_of(const Gaussian *o) {
  return (int64_t)(o->truncate * o->sigma + 0.5);
}

/* taps: weights of the pixels at distance -radius .. radius. They are whole multiples of 2^-24 and add up to 1, so that
 * their sums are exact in float and a constant image of 1 stays the same to the last bit. What rounding leaves over goes
 * to the next tap inwards, so it never adds up. sigma 0: the identity. */
static void make_taps(float *taps, double sigma, int64_t radius) {
  const double unit = 0x1p-24, scale = sigma > 0 ? -0.5 / (sigma * sigma) : 0;
  double sum = 1, exact = 0, given = 0; /* of the taps from outside up to this one */
  for (int64_t k = 1; k <= radius; k++) sum += 2 * exp(scale * (double)(k * k));
  for (int64_t k = radius; k > 0; k--) {
    exact += exp(scale * (double)(k * k)) / sum;
    double tap = round((exact - given) / unit) * unit;
    taps[radius + k] = taps[radius - k] = (float)tap;
    given += tap;
  }
  taps[radius] = (float)(1 - 2 * given);
}

/* Working memory: the taps, the rows around a pixel, one row blurred along y with room for what lies beyond its ends,
 * and pointers to that row shifted. */
typedef struct Work {
  float *taps, *blurred;
  const float **rows, **shifted;
} Work;

static bool make_work(Work *work, int64_t radius, int64_t width) {
  size_t count = (size_t)(2 * radius + 1);
  work->taps = ln_alloc((count + (size_t)(width + 2 * radius)) * sizeof(float));
  work->rows = ln_alloc(2 * count * sizeof(float *));
  if (work->taps == NULL || work->rows == NULL) return false;
  float *padded = work->taps + count;
  work->blurred = padded + radius;
  work->shifted = work->rows + count;
  for (size_t k = 0; k < count; k++) work->shifted[k] = padded + k;
  return true;
}

/* Each output row: the rows around it are summed, the ends are filled, and the sum is summed along. */
static void blur(float *y, const float *x, int64_t height, int64_t width, const Work *work, int64_t radius,
                 LnEdge edge) {
  const LnKernels *kernels = ln_kernels();
  int count = (int)(2 * radius + 1);
  for (int64_t row = 0; row < height && !ln_interrupted(); row++) {
    for (int k = 0; k < count; k++) work->rows[k] = x + ln_edge_index(edge, row + k - radius, height) * width;
    kernels->sum_rows(work->blurred, work->rows, work->taps, count, width);
    ln_edge_fill(work->blurred, edge, width, radius);
    kernels->sum_rows(y + row * width, work->shifted, work->taps, count, width);
  }
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Gaussian *o = options;
  int64_t radius = radius_of(o);
  Work work = {0};
  LnStatus status = LN_OK;
  if (make_work(&work, radius, width)) {
    make_taps(work.taps, o->sigma, radius);
    blur(y, x, height, width, &work, radius, (LnEdge)o->edge);
  } else {
    status = ln_fail_memory(err, "gaussian", (size_t)(2 * radius + 1) * (sizeof(float) + 2 * sizeof(float *)));
  }
  ln_free(work.taps);
  ln_free(work.rows);
  return status;
}

static LnStatus check(const void *options, LnError *err) {
  int64_t radius = radius_of(options);
  if (radius > MAX_RADIUS)
    return ln_fail(err, LN_EARG, "gaussian: truncate * sigma must be at most %d pixels, got %lld", MAX_RADIUS,
                   (long long)radius);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Gaussian, sigma), .def = 1, .max = MAX_RADIUS,
     .help = "standard deviation of the blur, in pixels, not of noise; 0 changes nothing", .flags = LN_POSITIONAL},
    {.name = "truncate", .kind = LN_PARAM_FLOAT, .offset = offsetof(Gaussian, truncate), .def = 4, .max = 100,
     .help = "where the window ends, in sigma", .flags = LN_ABOVE_MIN},
    {.name = "edge", .kind = LN_PARAM_CHOICE, .offset = offsetof(Gaussian, edge), .def = LN_EDGE_REFLECT,
     .help = LN_EDGE_HELP, .choices = ln_edge_words},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"sigma\": 0.7, \"truncate\": 3, \"edge\": \"nearest\"}", .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"sigma\": 3, \"edge\": \"mirror\"}", .inputs = {LN_SHAPE(1, 4, 7)}},
    {.options = "{\"sigma\": 0}", .inputs = {LN_SHAPE(1, 3, 4)}},
    {0}};

const LnFilterType ln_filter_gaussian = {
    .type = {.kind = "filter",
             .name = "gaussian",
             .doc = "Gaussian blur: the mean of the pixels around, weighted by exp(-r^2 / (2 sigma^2)).\n"
                    "The window reaches out to truncate * sigma pixels (rounded) to each side.\n"
                    "Agrees with scipy.ndimage.gaussian_filter(image, sigma, truncate=, mode=).\n"
                    "Source: Marr, Hildreth, Theory of edge detection, Proc. Royal Society of London B 207, 1980.",
             .size = sizeof(Gaussian),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
