/* Non-local means: every pixel becomes the mean of the pixels around it whose surroundings look alike.
 *
 *   y(p) = sum over q of w(p, q) x(q) / sum over q of w(p, q),  w = exp(-D(p, q)), D = mean squared difference of the two
 *   patches around p and q, less twice the noise variance, at least 0, over h^2
 *
 * Both forms are those of scikit-image's denoise_nl_means, to its details, so that results can be compared:
 *   plain: differences in a patch are weighted by a Gaussian of (patch - 1) / 4 pixels, and q stays inside the image;
 *   fast: the sum runs over patch - 1 rows and columns, divided by patch^2, and the image goes on mirrored beyond its edge;
 *   both: weights below exp(-5) are 0, and exp is Schraudolph's approximation (within 3 %).
 *
 * For one shift t = q - p, D(p, p + t) of a row of pixels is a separable sum over the squared differences of the image and
 * the shifted image: rows are summed along x and kept in a ring, and the ring is summed along y. No running sums, so float
 * is enough. Since w(p, p + t) = w(p + t, p), only half of the shifts are visited and each weight is used twice.
 * Large planes are cut into bands of rows, which stay in cache and are shared out over threads.
 *
 * Sources: Buades, Coll, Morel, "A non-local algorithm for image denoising", CVPR 2005; Darbon et al., "Fast nonlocal
 * filtering applied to electron cryomicroscopy", ISBI 2008; Schraudolph, "A fast, compact approximation of the exponential
 * function", Neural Computation 11, 1999. */
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

enum { MAX_PATCH = 63, MAX_DISTANCE = 255, BAND = 64 };

typedef struct NlMeans {
  int64_t patch_size, patch_distance;
  double h, sigma;
  bool fast;
} NlMeans;

/* One plane's work, the same for all bands. */
typedef struct Plane {
  bool fast;
  int64_t height, width, distance;
  int64_t taps;              /* rows and columns of a patch that are summed */
  int64_t before;            /* how many of them lie before the pixel */
  float along[MAX_PATCH];    /* weights of a patch's columns */
  float across[MAX_PATCH];   /* weights of its rows, with 1/h^2 and normalisation */
  float noise;               /* what noise adds to a squared difference */
  float self;                /* the weight of a pixel for itself */
  const LnKernels *kernels;
  const float *image;        /* pixel (0, 0) inside a mirrored border */
  int64_t stride;            /* of image, from row to row */
  float *y;
  atomic_bool out_of_memory;
} Plane;

/* ---- Bands ---- */

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t greatest(int64_t a, int64_t b) {
  return a < b ? b : a;
}

/* Working memory of a band of rows top .. bottom - 1; sums have the plane's width, the others width + distance + taps. */
typedef struct Band {
  int64_t top, bottom;
  float *values, *totals; /* sums of w x and of w for the band's pixels */
  float *differences, *weights, *ring;
  int64_t ring_stride;
} Band;

static int64_t row_floats(const Plane *plane) {
  return plane->width + plane->distance + plane->taps;
}

static int64_t band_floats(const Plane *plane) {
  return 2 * least(BAND, plane->height) * plane->width + (2 + plane->taps) * row_floats(plane);
}

static void lay_out(Band *band, float *memory, const Plane *plane) {
  int64_t row = row_floats(plane), pixels = (band->bottom - band->top) * plane->width;
  band->values = memory;
  band->totals = band->values + pixels;
  band->differences = band->totals + pixels;
  band->weights = band->differences + row;
  band->ring = band->weights + row;
  band->ring_stride = row;
}

/* The weights of row p and columns left .. left + n - 1 go to both pixels of each pair, where they lie in the band. */
static void spread_weights(const Plane *plane, const Band *band, int64_t p, int64_t t_row, int64_t t_col, int64_t left,
                           int64_t n) {
  int64_t q = p + t_row, width = plane->width;
  if (p >= band->top) {
    int64_t first = greatest(0, left), last = least(width, left + n), at = (p - band->top) * width + first;
    plane->kernels->add_weighted(band->values + at, band->totals + at, band->weights + first - left,
                                 plane->image + q * plane->stride + first + t_col, last - first);
  }
  if (q < band->bottom) {
    int64_t first = greatest(-t_col, left), last = least(width - t_col, left + n);
    int64_t at = (q - band->top) * width + first + t_col;
    plane->kernels->add_weighted(band->values + at, band->totals + at, band->weights + first - left,
                                 plane->image + p * plane->stride + first, last - first);
  }
}

/* Squared differences of a row of pixels and its counterpart, summed along x into a row of the ring. */
static void enter_row(const Plane *plane, const Band *band, float *out, const float *pixels, int64_t shift, int64_t n) {
  const float *shifted[MAX_PATCH];
  for (int64_t k = 0; k < plane->taps; k++) shifted[k] = band->differences + k;
  plane->kernels->patch_differences(band->differences, pixels, pixels + shift, plane->noise, n + plane->taps - 1);
  plane->kernels->sum_rows(out, shifted, plane->along, (int)plane->taps, n);
}

/* All pairs p, p + t with at least one pixel in the band. t_row >= 0. */
static void visit_shift(const Plane *plane, const Band *band, int64_t t_row, int64_t t_col) {
  int64_t top = band->top - t_row, bottom = band->bottom, left = least(0, -t_col);
  int64_t right = greatest(plane->width, plane->width - t_col), taps = plane->taps;
  if (!plane->fast) { /* both pixels inside the image */
    top = greatest(top, 0), bottom = least(bottom, plane->height - t_row);
    left = greatest(0, -t_col), right = least(plane->width, plane->width - t_col);
  }
  int64_t n = right - left, first = top - plane->before;
  for (int64_t row = first; n > 0 && row < bottom - plane->before + taps - 1; row++) {
    const float *pixels = plane->image + row * plane->stride + left - plane->before;
    float *entered = band->ring + (row - first) % taps * band->ring_stride;
    enter_row(plane, band, entered, pixels, t_row * plane->stride + t_col, n);
    int64_t p = row - taps + 1 + plane->before;
    if (p < top || (p < band->top && p + t_row >= band->bottom)) continue;
    const float *rows[MAX_PATCH];
    for (int64_t k = 0; k < taps; k++) rows[k] = band->ring + (row - first + 1 + k) % taps * band->ring_stride;
    plane->kernels->patch_weights(band->weights, rows, plane->across, (int)taps, !plane->fast, n);
    spread_weights(plane, band, p, t_row, t_col, left, n);
  }
}

/* Every pixel is like itself; then half of the shifts, each for both of its pixels. */
static void denoise_rows(const Plane *plane, const Band *band) {
  int64_t width = plane->width, d = plane->distance;
  for (int64_t row = band->top; row < band->bottom; row++)
    for (int64_t i = 0; i < width; i++) {
      band->totals[(row - band->top) * width + i] = plane->self;
      band->values[(row - band->top) * width + i] = plane->self * plane->image[row * plane->stride + i];
    }
  for (int64_t t_col = 1; t_col <= d; t_col++) visit_shift(plane, band, 0, t_col);
  for (int64_t t_row = 1; t_row <= d; t_row++)
    for (int64_t t_col = -d; t_col <= d; t_col++) visit_shift(plane, band, t_row, t_col);
  float *y = plane->y + band->top * width;
  for (int64_t i = 0; i < (band->bottom - band->top) * width; i++) y[i] = band->values[i] / band->totals[i];
}

static void denoise_band(void *context, int64_t index, int worker) {
  (void)worker;
  Plane *plane = context;
  Band band = {.top = index * BAND, .bottom = least((index + 1) * BAND, plane->height)};
  float *memory = ln_alloc((size_t)band_floats(plane) * sizeof(float));
  if (memory == NULL) {
    atomic_store(&plane->out_of_memory, true);
    return;
  }
  lay_out(&band, memory, plane);
  denoise_rows(plane, &band);
  ln_free(memory);
}

/* ---- The filter ---- */

/* Weights of a patch's pixels, what noise adds, and the weight of equal patches. */
static void make_weights(Plane *plane, const NlMeans *o) {
  double size = (double)o->patch_size, a = (size - 1) / 4, sum = 0, along[MAX_PATCH];
  for (int64_t k = 0; k < plane->taps; k++) {
    double from_centre = (double)(k - o->patch_size / 2);
    along[k] = o->fast ? 1 : exp(-from_centre * from_centre / (2 * a * a));
    sum += along[k];
  }
  double scale = 1 / (o->fast ? size * size * o->h * o->h : sum * sum * o->h * o->h);
  for (int64_t k = 0; k < plane->taps; k++) {
    plane->along[k] = (float)along[k];
    plane->across[k] = (float)fmin(scale * along[k], FLT_MAX);
  }
  plane->noise = (float)(2 * o->sigma * o->sigma);
  const float zero = 0, *nothing = &zero, one = 1;
  plane->kernels->patch_weights(&plane->self, &nothing, &one, 1, false, 1);
}

/* The image inside a mirrored border. */
static float *make_border(const float *x, int64_t height, int64_t width, int64_t border) {
  int64_t stride = width + 2 * border;
  float *padded = ln_alloc((size_t)((height + 2 * border) * stride) * sizeof(float));
  for (int64_t row = -border; padded != NULL && row < height + border; row++) {
    float *to = padded + (row + border) * stride + border;
    memcpy(to, x + ln_edge_index(LN_EDGE_MIRROR, row, height) * width, (size_t)width * sizeof(float));
    ln_edge_fill(to, LN_EDGE_MIRROR, width, border);
  }
  return padded;
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t height, int64_t width, LnError *err) {
  const NlMeans *o = options;
  int64_t half = o->patch_size / 2, border = o->fast ? half + o->patch_distance : half, stride = width + 2 * border;
  float *padded = make_border(x, height, width, border);
  if (padded == NULL) return ln_fail_memory(err, "nlmeans", (size_t)((height + 2 * border) * stride) * sizeof(float));
  Plane plane = {.fast = o->fast, .height = height, .width = width, .distance = o->patch_distance,
                 .taps = o->fast ? o->patch_size - 1 : o->patch_size, .before = o->fast ? half - 1 : half,
                 .image = padded + border * stride + border, .stride = stride, .y = y, .kernels = ln_kernels()};
  make_weights(&plane, o);
  ln_parallel((height + BAND - 1) / BAND, denoise_band, &plane);
  ln_free(padded);
  if (atomic_load(&plane.out_of_memory))
    return ln_fail_memory(err, "nlmeans", (size_t)band_floats(&plane) * sizeof(float));
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  int64_t size = ((const NlMeans *)options)->patch_size;
  if (size % 2 == 0) return ln_fail(err, LN_EARG, "nlmeans: option 'patch_size' must be odd, got %lld", (long long)size);
  return LN_OK;
}

static const LnParam params[] = {
    {"patch_size", LN_PARAM_INT, offsetof(NlMeans, patch_size), 7, 3, MAX_PATCH,
     "side of the patches that are compared, in pixels, odd", NULL, LN_POSITIONAL},
    {"patch_distance", LN_PARAM_INT, offsetof(NlMeans, patch_distance), 11, 1, MAX_DISTANCE,
     "how far to look for similar patches, in pixels", NULL, 0},
    {"h", LN_PARAM_FLOAT, offsetof(NlMeans, h), 0.1, 0, DBL_MAX,
     "strength, in grey levels: about the noise's standard deviation, 0.6 to 0.8 of it if sigma is given", NULL,
     LN_ABOVE_MIN},
    {"sigma", LN_PARAM_FLOAT, offsetof(NlMeans, sigma), 0, 0, 1e6,
     "standard deviation of the noise, whose share of the differences is taken off; 0 if not known", NULL, 0},
    {"fast", LN_PARAM_BOOL, offsetof(NlMeans, fast), 1, 0, 0, "all pixels of a patch count the same", NULL, 0},
    {0}};

static const LnCase cases[] = {
    {"{}", {LN_SHAPE(1, 16, 20)}},
    {"{\"patch_size\": 5, \"patch_distance\": 6, \"h\": 0.06, \"sigma\": 0.1, \"fast\": false}", {LN_SHAPE(1, 11, 13)}},
    {"{\"patch_size\": 3, \"patch_distance\": 4, \"h\": 0.08, \"sigma\": 0.1}", {LN_SHAPE(3, 5, 3)}},
    {0}};

const LnFilterType ln_filter_nlmeans = {
    .type = {.kind = "filter",
             .name = "nlmeans",
             .doc = "Non-local means: the mean of the pixels around, weighted by how alike the patches around them are:\n"
                    "w = exp(-max(0, mean squared difference of the patches - 2 sigma^2) / h^2).\n"
                    "fast = false weights a patch's pixels by a Gaussian and compares pixels inside the image only.\n"
                    "Agrees with scikit-image's denoise_nl_means(image, patch_size, patch_distance, h, fast_mode, sigma).\n"
                    "Source: Buades, Coll, Morel, A non-local algorithm for image denoising, CVPR 2005.",
             .size = sizeof(NlMeans),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
