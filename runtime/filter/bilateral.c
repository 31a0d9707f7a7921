/* Bilateral filter: the mean of the pixels around, weighted by how near and how alike they are.
 *
 *   w(p, q) = exp(-|p - q|^2 / (2 sigma_spatial^2)) exp(-(x(p) - x(q))^2 / (2 sigma_color^2))
 *
 * Weights of places are computed once, as logarithms of base 2, and those of a pair of pixels as one power of two.
 *
 * OpenCV takes the pixels of a disc, scikit-image those of a square. In scikit-image (0.26 at least) the table of
 * weights of places has a row and a column too many, and is read as if it had not, so that they do not belong to the
 * places. Weights of differences are a table of 10,000 up to the largest number; of an image with negative numbers the
 * least is taken off, but the table is made before. Shape "scikit_image" is all that, to compare with.
 *
 * Source: Tomasi, Manduchi, "Bilateral filtering for gray and color images", ICCV 1998. */
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

enum { MAX_WINDOW = 201, BINS = 10000 };

typedef struct Bilateral {
  double sigma_color, sigma_spatial;
  int64_t window;
  int shape, edge;
} Bilateral;

enum { DISC, SQUARE, SCIKIT_IMAGE };
static const char *const shapes[] = {"disc", "square", "scikit_image", NULL};

static int64_t radius_of(const Bilateral *o) {
  if (o->window > 0) return o->window / 2;
  if (o->shape == DISC) return (int64_t)fmax(1, rint(1.5 * o->sigma_spatial));
  return (int64_t)fmax(2, ceil(3 * o->sigma_spatial));
}

/* Squared distance that a place's weight belongs to; negative: outside. */
static double distance_of(const Bilateral *o, int64_t row, int64_t column, int64_t radius) {
  if (o->shape == SCIKIT_IMAGE) {
    int64_t place = (row + radius) * (2 * radius + 1) + column + radius, side = 2 * radius + 2;
    row = place / side - radius - 1, column = place % side - radius - 1;
  }
  double distance = (double)(row * row + column * column);
  return o->shape == DISC && distance > (double)(radius * radius) ? -1 : distance;
}

/* Working memory. image: the plane with its border, rows `stride` apart; places: where the pixels of a window are, from
 * its centre; pixels: the same as pointers, for one row; logs: their weights. */
typedef struct Work {
  const float **pixels;
  int64_t *places, count, stride;
  float *logs, *image;
} Work;

static LnStatus make_work(Work *work, int64_t height, int64_t width, int64_t radius, LnError *err) {
  const size_t most = (size_t)((2 * radius + 1) * (2 * radius + 1));
  work->stride = width + 2 * radius;
  size_t floats = most + (size_t)((height + 2 * radius) * work->stride);
  size_t bytes = most * (sizeof(float *) + sizeof(int64_t)) + floats * sizeof(float);
  work->pixels = ln_alloc(bytes);
  if (work->pixels == NULL) return ln_fail_memory(err, "bilateral", bytes);
  work->places = (int64_t *)(void *)(work->pixels + most);
  work->logs = (float *)(void *)(work->places + most);
  work->image = work->logs + most + radius * work->stride + radius;
  return LN_OK;
}

/* Pixels whose weight is too small to be a float stay out. */
static void make_places(Work *work, const Bilateral *o, int64_t radius) {
  const double scale = -0.5 / (o->sigma_spatial * o->sigma_spatial * log(2));
  for (int64_t row = -radius; row <= radius; row++)
    for (int64_t column = -radius; column <= radius; column++) {
      double distance = distance_of(o, row, column, radius);
      if (distance < 0 || scale * distance < -126) continue;
      work->places[work->count] = row * work->stride + column;
      work->logs[work->count++] = (float)(scale * distance);
    }
}

/* y = x less *least, which is at most 0. Differences are counted in bins; returns what a bin is taken for. */
static double as_scikit_image(float *y, float *least, double *bins, const float *x, int64_t n) {
  float low = 0, high = x[0];
  for (int64_t i = 0; i < n; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  for (int64_t i = 0; i < n; i++) y[i] = x[i] - low;
  *least = low;
  *bins = high > low ? BINS / ((double)high - (double)low) : 1;
  return fabs((double)high) / BINS;
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Bilateral *o = options;
  const LnKernels *kernels = ln_kernels();
  double scale = sqrt(0.5 / log(2)) / o->sigma_color;
  double bins = 0;
  float least = 0;
  int64_t radius = radius_of(o);
  Work work = {0};
  LN_TRY(make_work(&work, height, width, radius, err));
  make_places(&work, o, radius);
  if (o->shape == SCIKIT_IMAGE) {
    scale *= as_scikit_image(y, &least, &bins, x, height * width);
    x = y;
  }
  ln_edge_surround(work.image, work.stride, x, (LnEdge)o->edge, height, width, radius);
  for (int64_t r = 0; r < height && !ln_interrupted(); r++) {
    const float *row = work.image + r * work.stride;
    for (int64_t k = 0; k < work.count; k++) work.pixels[k] = row + work.places[k];
    kernels->bilateral_row(y + r * width, row, work.pixels, work.logs, work.count, (float)scale, (float)bins, width);
  }
  for (int64_t i = 0; i < height * width && least < 0; i++) y[i] += least;
  ln_free(work.pixels);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  const Bilateral *o = options;
  if (o->window != 0 && o->window % 2 == 0)
    return ln_fail(err, LN_EARG, "bilateral: option 'window' must be odd, or 0, got %lld", (long long)o->window);
  if (radius_of(o) > MAX_WINDOW / 2)
    return ln_fail(err, LN_EARG,
                   "bilateral: sigma_spatial %g makes a window of %lld pixels, more than %d; give 'window'",
                   o->sigma_spatial, (long long)(2 * radius_of(o) + 1), MAX_WINDOW);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "sigma_color", .kind = LN_PARAM_FLOAT, .offset = offsetof(Bilateral, sigma_color), .def = 0.1, .min = 1e-6,
     .max = 1e6, .help = "how much pixels may differ, " LN_FILTER_GREY ": standard deviation of the weights",
     .flags = LN_POSITIONAL},
    {.name = "sigma_spatial", .kind = LN_PARAM_FLOAT, .offset = offsetof(Bilateral, sigma_spatial), .def = 1,
     .min = 1e-3, .max = 1e6, .help = "how far pixels may be, in pixels: standard deviation of the weights"},
    {.name = "window", .kind = LN_PARAM_INT, .offset = offsetof(Bilateral, window), .max = MAX_WINDOW,
     .help = "side in pixels, odd; 0: 2 round(1.5 sigma_spatial) + 1, of a square max(5, 2 ceil(3 sigma_spatial) + 1)"},
    {.name = "shape", .kind = LN_PARAM_CHOICE, .offset = offsetof(Bilateral, shape), .def = DISC,
     .help = "of the window: disc as in OpenCV, square, or scikit_image, a square with that library's weights",
     .choices = shapes},
    {.name = "edge", .kind = LN_PARAM_CHOICE, .offset = offsetof(Bilateral, edge), .def = LN_EDGE_MIRROR,
     .help = LN_EDGE_HELP ", zero 0000|", .choices = ln_edge_words_zero},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"sigma_color\": 0.5, \"sigma_spatial\": 2, \"shape\": \"square\", \"edge\": \"reflect\"}",
     .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"sigma_color\": 0.2, \"window\": 5, \"shape\": \"scikit_image\"}", .inputs = {LN_SHAPE(1, 4, 7)}},
    {.options = "{\"sigma_color\": 0.02, \"sigma_spatial\": 0.1}", .inputs = {LN_SHAPE(1, 3, 4)}},
    {0}};

const LnFilterType ln_filter_bilateral = {
    .type = {.kind = "filter",
             .name = "bilateral",
             .doc = "Bilateral filter: the mean of the pixels around, weighted by how near and how alike they are:\n"
                    "w = exp(-distance^2 / (2 sigma_spatial^2) - difference^2 / (2 sigma_color^2)).\n"
                    "Agrees with OpenCV's bilateralFilter(image, window, sigma_color, sigma_spatial), and with\n"
                    "shape = \"scikit_image\" with scikit-image's denoise_bilateral(image, win_size, sigma_color,\n"
                    "sigma_spatial), whose weights of places are not quite the formula's; its default mode is\n"
                    "edge = \"zero\".\n"
                    "Source: Tomasi, Manduchi, Bilateral filtering for gray and color images, ICCV 1998.",
             .size = sizeof(Bilateral),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
