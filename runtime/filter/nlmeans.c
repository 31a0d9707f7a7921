/* Non-local means: every pixel becomes the mean of the pixels around it whose surroundings look alike.
 *
 *   y(p) = sum over q of w(p, q) x(q) / sum over q of w(p, q),  w = exp(-D(p, q)),
 *   D = (mean squared difference of the patches around p and q, less twice the noise variance, at least 0) / h^2
 *
 * Both forms are those of scikit-image's denoise_nl_means, to its details, so that results can be compared:
 *   plain: differences in a patch are weighted by a Gaussian of (patch - 1) / 4 pixels; q stays inside the image;
 *   fast: the sum runs over patch - 1 rows and columns, divided by patch^2; the image goes on mirrored beyond its edge;
 *   both: weights below exp(-5) are 0, and exp is Schraudolph's approximation (within 3 %).
 * Channels are filtered each by itself, or jointly: then D is the mean over the channels, and all take the same weights.
 *
 * For one shift t = q - p, D is a separable sum over the squared differences of the image and the shifted image: they
 * are summed along x, then along y. No running sums, so float is enough. Since w(p, p + t) = w(p + t, p), only half of
 * the shifts are visited and each weight is used twice. The plane is cut into tiles, each a copy with all the pixels
 * around it that play a part, so that everything stays in cache; tiles are shared out over threads.
 *
 * Sources: Buades, Coll, Morel, "A non-local algorithm for image denoising", CVPR 2005; Darbon et al., "Fast nonlocal
 * filtering applied to electron cryomicroscopy", ISBI 2008; Schraudolph, "A fast, compact approximation of the
 * exponential function", Neural Computation 11, 1999. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

enum { MAX_PATCH = 63, MAX_DISTANCE = 255, TILE_HEIGHT = 64, TILE_WIDTH = 128 };

typedef struct NlMeans {
  int64_t patch_size, patch_distance;
  double h, sigma;
  bool fast, joint;
} NlMeans;

/* One image's work, of one channel or of several filtered jointly, the same for all tiles. */
typedef struct Plane {
  const LnKernels *kernels;
  const float *x;
  float *y;
  int64_t channels, height, width;
  bool fast;
  int64_t distance, border;  /* how far from a tile its pixels look, without and with the patch around */
  int64_t taps;              /* rows and columns of a patch that are summed */
  int64_t before;            /* how many of them lie before the pixel */
  float along[MAX_PATCH];    /* weights of a patch's columns */
  float across[MAX_PATCH];   /* weights of its rows, with 1/h^2 and normalisation */
  float noise;               /* what noise adds to a squared difference */
  float self;                /* the weight of a pixel for itself */
  int64_t tile_height, tile_width, tiles_across;
} Plane;

/* A rectangle of the plane with its surroundings. Rows of all arrays but the sums are `stride` apart, and sums along
 * rows and columns simply run through from one row to the next: what comes out between the rows is never used. */
typedef struct Tile {
  int64_t top, left, height, width, stride;
  float *image;           /* pixel (0, 0) of the tile, inside its border, of the first channel */
  int64_t channel;        /* floats from a channel's image to the next one's */
  float *values, *totals; /* sums of w x and of w; channels x height x width, the totals of all channels being equal */
  float *differences, *sums, *weights;
} Tile;

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t greatest(int64_t a, int64_t b) {
  return a < b ? b : a;
}

/* Floats with the border, and one array of them. */
static int64_t bordered_floats(const Plane *plane) {
  return (plane->tile_height + 2 * plane->border) * (plane->tile_width + 2 * plane->border);
}

static int64_t tile_floats(const Plane *plane) {
  return (3 + plane->channels) * bordered_floats(plane) + 2 * plane->channels * plane->tile_height * plane->tile_width;
}

static Tile make_tile(const Plane *plane, float *memory, int64_t index) {
  Tile tile = {.top = index / plane->tiles_across * plane->tile_height,
               .left = index % plane->tiles_across * plane->tile_width};
  int64_t border = plane->border, floats = bordered_floats(plane);
  tile.height = least(plane->tile_height, plane->height - tile.top);
  tile.width = least(plane->tile_width, plane->width - tile.left);
  tile.stride = tile.width + 2 * border;
  tile.image = memory + border * tile.stride + border;
  tile.channel = floats;
  tile.differences = memory + plane->channels * floats;
  tile.sums = tile.differences + floats;
  tile.weights = tile.sums + floats;
  tile.values = tile.weights + floats;
  tile.totals = tile.values + plane->channels * tile.height * tile.width;
  return tile;
}

/* Copy the tile's pixels of a channel and those around it; beyond the plane they are mirrored. Every pixel is like
 * itself. */
static void fill_channel(const Plane *plane, const Tile *tile, int64_t channel) {
  int64_t border = plane->border, pixels = tile->height * tile->width;
  const float *x = plane->x + channel * plane->height * plane->width;
  float *image = tile->image + channel * tile->channel;
  float *values = tile->values + channel * pixels, *totals = tile->totals + channel * pixels;
  for (int64_t r = -border; r < tile->height + border; r++) {
    const float *from = x + ln_edge_index(LN_EDGE_MIRROR, tile->top + r, plane->height) * plane->width;
    float *to = image + r * tile->stride;
    for (int64_t c = -border; c < tile->width + border; c++)
      to[c] = from[ln_edge_index(LN_EDGE_MIRROR, tile->left + c, plane->width)];
  }
  for (int64_t r = 0; r < tile->height; r++)
    for (int64_t c = 0; c < tile->width; c++) {
      totals[r * tile->width + c] = plane->self;
      values[r * tile->width + c] = plane->self * image[r * tile->stride + c];
    }
}

/* The plain form takes no pixels from beyond the plane: pairs p, p + t with one there get no weight. weights: that of
 * the tile's pixel (0, 0); p runs from (top, left) to (tile height, right). */
static void drop_outside(const Plane *plane, const Tile *tile, float *weights, int64_t t_row, int64_t t_col,
                         int64_t top, int64_t left, int64_t right) {
  int64_t above = -tile->top, below = plane->height - tile->top - t_row;
  int64_t first = greatest(left, greatest(0, -t_col) - tile->left);
  int64_t last = greatest(first, least(right, plane->width - greatest(0, t_col) - tile->left));
  for (int64_t r = top; r < tile->height; r++) {
    float *row = weights + r * tile->stride;
    int64_t kept = r < above || r >= below ? left : first, end = r < above || r >= below ? left : last;
    for (int64_t c = left; c < kept; c++) row[c] = 0;
    for (int64_t c = end; c < right; c++) row[c] = 0;
  }
}

/* Squared differences of n pixels from those `shift` further, less what noise adds, summed over the channels. */
static void sum_differences(const Plane *plane, const Tile *tile, const float *first, int64_t shift, int64_t n) {
  const LnKernels *kernels = plane->kernels;
  kernels->patch_differences(tile->differences, first, first + shift, plane->noise, n);
  for (int64_t channel = 1; channel < plane->channels; channel++) {
    const float *x = first + channel * tile->channel;
    kernels->patch_differences(tile->sums, x, x + shift, plane->noise, n);
    kernels->add(tile->differences, tile->sums, n);
  }
}

/* Weigh all pairs p, p + t with at least one of them in the tile, and use each weight for both. t_row >= 0. */
static void visit_shift(const Plane *plane, const Tile *tile, int64_t t_row, int64_t t_col) {
  if (ln_interrupted()) return;
  const LnKernels *kernels = plane->kernels;
  int64_t stride = tile->stride, taps = plane->taps, shift = t_row * stride + t_col;
  int64_t top = -t_row, left = least(0, -t_col), right = greatest(tile->width, tile->width - t_col);
  int64_t n = (tile->height - top - 1) * stride + right - left; /* from the first pixel p to the last, row after row */
  const float *first = tile->image + (top - plane->before) * stride + left - plane->before;
  const float *columns[MAX_PATCH], *rows[MAX_PATCH];
  for (int64_t k = 0; k < taps; k++) columns[k] = tile->differences + k, rows[k] = tile->sums + k * stride;
  sum_differences(plane, tile, first, shift, n + (taps - 1) * (stride + 1));
  kernels->sum_rows(tile->sums, columns, plane->along, (int)taps, n + (taps - 1) * stride);
  kernels->patch_weights(tile->weights, rows, plane->across, (int)taps, !plane->fast, n);
  float *weights = tile->weights - top * stride - left; /* of the tile's pixel (0, 0) */
  if (!plane->fast) drop_outside(plane, tile, weights, t_row, t_col, top, left, right);
  int64_t at = 0; /* in the sums */
  for (int64_t channel = 0; channel < plane->channels; channel++)
    for (int64_t r = 0; r < tile->height; r++, at += tile->width) {
      const float *weight = weights + r * stride, *pixel = tile->image + channel * tile->channel + r * stride;
      kernels->add_weighted(tile->values + at, tile->totals + at, weight, pixel + shift, weight - shift, pixel - shift,
                            tile->width);
    }
}

static LnStatus denoise_tile(void *context, int64_t index, int worker, LnError *err) {
  (void)worker;
  const Plane *plane = context;
  size_t bytes = (size_t)tile_floats(plane) * sizeof(float);
  float *memory = ln_alloc(bytes);
  if (memory == NULL) return ln_fail_memory(err, "nlmeans", bytes);
  Tile tile = make_tile(plane, memory, index);
  for (int64_t channel = 0; channel < plane->channels; channel++) fill_channel(plane, &tile, channel);
  for (int64_t t_col = 1; t_col <= plane->distance; t_col++) visit_shift(plane, &tile, 0, t_col);
  for (int64_t t_row = 1; t_row <= plane->distance; t_row++)
    for (int64_t t_col = -plane->distance; t_col <= plane->distance; t_col++) visit_shift(plane, &tile, t_row, t_col);
  for (int64_t row = 0; row < plane->channels * tile.height; row++) {
    int64_t channel = row / tile.height, r = row % tile.height;
    float *y = plane->y + (channel * plane->height + tile.top + r) * plane->width + tile.left;
    for (int64_t c = 0; c < tile.width; c++)
      y[c] = tile.values[row * tile.width + c] / tile.totals[row * tile.width + c];
  }
  ln_free(memory);
  return LN_OK;
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
  double scale = 1 / ((double)plane->channels * (o->fast ? size * size : sum * sum) * o->h * o->h);
  for (int64_t k = 0; k < plane->taps; k++) {
    plane->along[k] = (float)along[k];
    plane->across[k] = (float)fmin(scale * along[k], FLT_MAX);
  }
  plane->noise = (float)(2 * o->sigma * o->sigma);
  const float zero = 0, *nothing = &zero, one = 1;
  plane->kernels->patch_weights(&plane->self, &nothing, &one, 1, false, 1);
}

static bool joint(const void *options) {
  return ((const NlMeans *)options)->joint;
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  const NlMeans *o = options;
  int64_t half = o->patch_size / 2;
  Plane plane = {.kernels = ln_kernels(), .x = x, .y = y, .channels = channels, .height = height, .width = width,
                 .fast = o->fast,
                 .distance = o->patch_distance, .border = o->patch_distance + half,
                 .taps = o->fast ? o->patch_size - 1 : o->patch_size, .before = o->fast ? half - 1 : half,
                 .tile_height = least(height, TILE_HEIGHT), .tile_width = least(width, TILE_WIDTH)};
  make_weights(&plane, o);
  plane.tiles_across = (width + plane.tile_width - 1) / plane.tile_width;
  int64_t tiles_down = (height + plane.tile_height - 1) / plane.tile_height;
  return ln_parallel_try(tiles_down * plane.tiles_across, denoise_tile, &plane, err);
}

static LnStatus check(const void *options, LnError *err) {
  int64_t size = ((const NlMeans *)options)->patch_size;
  if (size % 2 == 0)
    return ln_fail(err, LN_EARG, "nlmeans: option 'patch_size' must be odd, got %lld", (long long)size);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "patch_size", .kind = LN_PARAM_INT, .offset = offsetof(NlMeans, patch_size), .def = 7, .min = 3,
     .max = MAX_PATCH, .help = "side of the patches that are compared, in pixels, odd", .flags = LN_POSITIONAL},
    {.name = "patch_distance", .kind = LN_PARAM_INT, .offset = offsetof(NlMeans, patch_distance), .def = 11, .min = 1,
     .max = MAX_DISTANCE, .help = "how far to look for similar patches, in pixels"},
    {.name = "h", .kind = LN_PARAM_FLOAT, .offset = offsetof(NlMeans, h), .def = 0.1, .max = DBL_MAX,
     .help = "strength, " LN_FILTER_GREY ": about the noise's standard deviation, 0.6 to 0.8 of it if sigma is given",
     .flags = LN_ABOVE_MIN},
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(NlMeans, sigma), .max = 1e6,
     .help = LN_FILTER_SIGMA_HELP "; its share of the differences is taken off; 0 if not known"},
    {.name = "fast", .kind = LN_PARAM_BOOL, .offset = offsetof(NlMeans, fast), .def = 1,
     .help = "all pixels of a patch count the same"},
    {.name = "joint", .kind = LN_PARAM_BOOL, .offset = offsetof(NlMeans, joint),
     .help = "compare and weigh the channels of an image together; else each is filtered by itself"},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"patch_size\": 5, \"patch_distance\": 6, \"h\": 0.06, \"sigma\": 0.1, \"fast\": false}",
     .inputs = {LN_SHAPE(1, 11, 13)}},
    {.options = "{\"patch_size\": 3, \"patch_distance\": 4, \"h\": 0.08, \"sigma\": 0.1}",
     .inputs = {LN_SHAPE(3, 5, 3)}},
    {.options = "{\"patch_size\": 3, \"patch_distance\": 4, \"joint\": true}", .inputs = {LN_SHAPE(3, 6, 7)}},
    {0}};

const LnFilterType ln_filter_nlmeans = {
    .type =
        {.kind = "filter",
         .name = "nlmeans",
         .doc = "Non-local means: the mean of the pixels around, weighted by how alike the patches around them are:\n"
                "w = exp(-max(0, mean squared difference of the patches - 2 sigma^2) / h^2).\n"
                "fast = false weights a patch's pixels by a Gaussian and compares pixels inside the image only.\n"
                "Channels are filtered one by one; joint = true compares and weighs them together, as suits colour.\n"
                "Agrees with scikit-image's denoise_nl_means(image, patch_size, patch_distance, h, fast_mode, sigma),\n"
                "joint = true with its channel_axis.\n"
                "Sources: Buades, Coll, Morel, A review of image denoising algorithms, with a new one, Multiscale\n"
                "Modeling and Simulation 4, 2005; before them Zhang, Wang, Image information restoration based on\n"
                "long-range correlation, IEEE Trans. Circuits and Systems for Video Technology 12, 2002.",
         .size = sizeof(NlMeans),
         .params = params,
         .cases = cases,
         .check = check},
    .joint = joint,
    .apply = apply,
};
