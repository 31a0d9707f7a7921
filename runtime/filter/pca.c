/* Principal components of patches: in the axes along which the patches of an image vary, few coefficients hold the
 * image and all hold the same noise; coefficients are shrunk and the overlapping patches averaged.
 *
 * "global": one basis, of all patches. "local": a basis for the patches of every window of the image; windows overlap
 * by half. Coefficients, after the patches' mean is taken off, are
 *   hard    kept where their size is at least threshold * sigma, else 0,
 *   wiener  multiplied by max(0, 1 - sigma^2 / variance), of each axis.
 * global and local with "hard" are PGPCA and PLPCA of Deledalle et al.; local with "wiener" is the idea of Muresan and
 * Parks, with patches for their blocks.
 *
 * The covariance of two pixels of a patch depends on their places only through what the image's borders leave out: the
 * products of the image and the shifted image are summed once for each shift, and the sums slide from place to place.
 *
 * Sources: Deledalle, Salmon, Dalalyan, "Image denoising with patch based PCA: local versus global", BMVC 2011;
 * Muresan, Parks, "Adaptive principal components and image denoising", ICIP 2003. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/eigen.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

enum { MOST_PATCH = 12, MOST_PIXELS = MOST_PATCH * MOST_PATCH, MOST_WINDOW = 1024 };

typedef struct Pca {
  double sigma, threshold;
  int64_t patch, window;
  int scope, shrink;
} Pca;

enum { GLOBAL, LOCAL };
enum { HARD, WIENER };
static const char *const scopes[] = {"global", "local", NULL};
static const char *const shrinks[] = {"hard", "wiener", NULL};

/* A plane's work. size: of its patches, `pixels` in all; sums, counts: of what patches say of a pixel; coefficients: a
 * row for each axis; basis: an axis a row, and transposed. */
typedef struct Plane {
  const LnKernels *kernels;
  const Pca *options;
  const float *x;
  int64_t height, width, size[2];
  int pixels;
  double *covariance, *variances, *means, *products, *scratch;
  float *sums, *counts, *ones, *coefficients, *line, *basis, *turned, *offsets;
} Plane;

/* A rectangle of the image and how many patches lie in it, down and across. */
typedef struct Region {
  int64_t top, left, height, width, rows, columns;
} Region;

/* ---- Covariance ---- */

/* out[k] = sum of n products a b from place k on, for k < count. */
static void slide_products(double *out, const float *a, const float *b, int64_t n, int64_t count) {
  double sum[4] = {0};
  int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (int64_t k = 0; k < 4; k++) sum[k] += (double)a[i + k] * (double)b[i + k];
  for (; i < n; i++) sum[0] += (double)a[i] * (double)b[i];
  out[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (int64_t k = 1; k < count; k++)
    out[k] = out[k - 1] + (double)a[n + k - 1] * (double)b[n + k - 1] - (double)a[k - 1] * (double)b[k - 1];
}

/* Sums of the products of pixels `down` rows and `right` columns apart, for every pair of places in a patch. */
static void correlate(const Plane *p, const Region *region, int64_t down, int64_t right) {
  int64_t from = right < 0 ? -right : 0, count = p->size[1] - (right < 0 ? -right : right), last = p->size[0] - down;
  double total[MOST_PATCH] = {0};
  for (int64_t r = 0; r < region->rows + last - 1; r++) {
    const float *a = p->x + (region->top + r) * p->width + region->left + from, *b = a + down * p->width + right;
    double *now = p->products + r * MOST_PATCH;
    slide_products(now, a, b, region->columns, count);
    for (int64_t k = 0; k < count; k++) {
      total[k] += now[k];
      if (r >= region->rows) total[k] -= (now - region->rows * MOST_PATCH)[k];
      int64_t row = r - region->rows + 1, i = row * p->size[1] + from + k, j = i + down * p->size[1] + right;
      if (row >= 0) p->covariance[i * p->pixels + j] = p->covariance[j * p->pixels + i] = total[k];
    }
  }
}

static void find_means(const Plane *p, const Region *region) {
  for (int i = 0; i < p->pixels; i++) {
    const float *x = p->x + (region->top + i / p->size[1]) * p->width + region->left + i % p->size[1];
    double sum = 0;
    for (int64_t r = 0; r < region->rows; r++)
      for (int64_t c = 0; c < region->columns; c++) sum += (double)x[r * p->width + c];
    p->means[i] = sum / (double)(region->rows * region->columns);
  }
}

static void find_axes(const Plane *p, const Region *region) {
  double n = (double)(region->rows * region->columns);
  find_means(p, region);
  for (int64_t down = 0; down < p->size[0] && !ln_interrupted(); down++)
    for (int64_t right = down == 0 ? 0 : 1 - p->size[1]; right < p->size[1]; right++) correlate(p, region, down, right);
  if (ln_interrupted()) return; /* not all of the covariance is there */
  for (int i = 0; i < p->pixels; i++)
    for (int j = 0; j < p->pixels; j++) {
      double *c = &p->covariance[i * p->pixels + j];
      *c = *c / n - p->means[i] * p->means[j];
    }
  ln_eigen_symmetric(p->covariance, p->variances, p->scratch, p->pixels);
  for (int k = 0; k < p->pixels; k++) {
    double offset = 0;
    for (int j = 0; j < p->pixels; j++) {
      double entry = p->covariance[k * p->pixels + j];
      p->basis[k * p->pixels + j] = p->turned[j * p->pixels + k] = (float)entry;
      offset += entry * p->means[j];
    }
    p->offsets[k] = (float)offset;
  }
}

/* ---- Shrinking ---- */

/* Coefficients of axis k, from which the mean's are still to be taken. */
static void shrink(const Plane *p, float *c, int k, int64_t n) {
  const Pca *o = p->options;
  const float offset = p->offsets[k], threshold = (float)(o->threshold * o->sigma);
  double variance = p->variances[k], noise = o->sigma * o->sigma;
  const float factor = variance > noise ? (float)(1 - noise / variance) : 0;
  if (o->shrink == WIENER)
    for (int64_t i = 0; i < n; i++) c[i] = factor * (c[i] - offset);
  else
    for (int64_t i = 0; i < n; i++) c[i] = fabsf(c[i] - offset) >= threshold ? c[i] - offset : 0;
}

/* The patches that begin in one row of the region. */
static void denoise_row(const Plane *p, const Region *region, int64_t row) {
  const float *pixels[MOST_PIXELS], *coefficients[MOST_PIXELS];
  int64_t n = region->columns, start = (region->top + row) * p->width + region->left;
  for (int j = 0; j < p->pixels; j++) {
    pixels[j] = p->x + start + j / p->size[1] * p->width + j % p->size[1];
    coefficients[j] = p->coefficients + j * p->width;
  }
  for (int k = 0; k < p->pixels; k++) {
    float *c = p->coefficients + k * p->width;
    p->kernels->sum_rows(c, pixels, p->basis + k * p->pixels, p->pixels, n);
    shrink(p, c, k, n);
  }
  for (int j = 0; j < p->pixels; j++) {
    int64_t at = start + j / p->size[1] * p->width + j % p->size[1];
    p->kernels->sum_rows(p->line, coefficients, p->turned + j * p->pixels, p->pixels, n);
    p->kernels->add(p->sums + at, p->line, n);
    p->kernels->add_scaled(p->sums + at, p->ones, (float)p->means[j], n);
    p->kernels->add(p->counts + at, p->ones, n);
  }
}

static void denoise_region(const Plane *p, int64_t top, int64_t left, int64_t height, int64_t width) {
  Region region = {top, left, height, width, height - p->size[0] + 1, width - p->size[1] + 1};
  find_axes(p, &region);
  for (int64_t row = 0; row < region.rows && !ln_interrupted(); row++) denoise_row(p, &region, row);
}

/* ---- The filter ---- */

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static LnStatus make_plane(Plane *p, const Pca *o, int64_t height, int64_t width, LnError *err) {
  p->kernels = ln_kernels(), p->options = o, p->height = height, p->width = width;
  p->size[0] = least(o->patch, height), p->size[1] = least(o->patch, width);
  p->pixels = (int)(p->size[0] * p->size[1]);
  size_t square = (size_t)(p->pixels * p->pixels), image = (size_t)(height * width), d = (size_t)p->pixels;
  size_t doubles = 2 * square + 4 * d + (size_t)height * MOST_PATCH;
  size_t floats = 2 * image + 2 * (size_t)width + d * (size_t)width + 2 * square + d;
  size_t bytes = doubles * sizeof(double) + floats * sizeof(float);
  p->covariance = ln_calloc(bytes, 1);
  if (p->covariance == NULL) return ln_fail_memory(err, "pca", bytes);
  p->scratch = p->covariance + square; /* of n x n + 2 n */
  p->variances = p->scratch + square + 2 * d, p->means = p->variances + d, p->products = p->means + d;
  p->sums = (float *)(void *)(p->covariance + doubles), p->counts = p->sums + image;
  p->ones = p->counts + image, p->line = p->ones + width;
  p->coefficients = p->line + width;
  p->basis = p->coefficients + d * (size_t)width, p->turned = p->basis + square, p->offsets = p->turned + square;
  for (int64_t i = 0; i < width; i++) p->ones[i] = 1;
  return LN_OK;
}

/* Windows begin every half window, and as far down or right as they can. */
static void denoise_windows(const Plane *p, int64_t side) {
  int64_t height = least(side, p->height), width = least(side, p->width), step = (side + 1) / 2;
  for (int64_t top = 0;; top += step) {
    int64_t row = least(top, p->height - height);
    for (int64_t left = 0;; left += step) {
      int64_t column = least(left, p->width - width);
      denoise_region(p, row, column, height, width);
      if (column == p->width - width) break;
    }
    if (row == p->height - height || ln_interrupted()) return;
  }
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Pca *o = options;
  Plane p = {.x = x};
  LN_TRY(make_plane(&p, o, height, width, err));
  if (o->scope == GLOBAL)
    denoise_region(&p, 0, 0, height, width);
  else
    denoise_windows(&p, o->window);
  for (int64_t i = 0; i < height * width; i++) y[i] = p.sums[i] / p.counts[i];
  ln_free(p.covariance);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  const Pca *o = options;
  if (o->scope == LOCAL && o->window <= o->patch)
    return ln_fail(err, LN_EARG, "pca: windows of %lld pixels are too small for several patches of %lld",
                   (long long)o->window, (long long)o->patch);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Pca, sigma), .def = 0.1, .max = 1e6,
     .help = LN_FILTER_SIGMA_HELP "; 0 changes nothing", .flags = LN_POSITIONAL},
    {.name = "patch", .kind = LN_PARAM_INT, .offset = offsetof(Pca, patch), .def = 7, .min = 2, .max = MOST_PATCH,
     .help = "side of the patches in pixels"},
    {.name = "scope", .kind = LN_PARAM_CHOICE, .offset = offsetof(Pca, scope), .def = GLOBAL,
     .help = "global: one basis for the image; local: one for each window", .choices = scopes},
    {.name = "window", .kind = LN_PARAM_INT, .offset = offsetof(Pca, window), .def = 22, .min = 3, .max = MOST_WINDOW,
     .help = "side of the windows in pixels, if local; they overlap by half"},
    {.name = "shrink", .kind = LN_PARAM_CHOICE, .offset = offsetof(Pca, shrink), .def = HARD,
     .help = "hard: drop coefficients below the threshold; wiener: weigh axes by their share that is no noise",
     .choices = shrinks},
    {.name = "threshold", .kind = LN_PARAM_FLOAT, .offset = offsetof(Pca, threshold), .def = 2.75, .max = 1e6,
     .help = "in sigma, if hard"},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"patch\": 3, \"shrink\": \"wiener\"}", .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"sigma\": 0.2, \"patch\": 4, \"scope\": \"local\", \"window\": 9}", .inputs = {LN_SHAPE(1, 12, 7)}},
    {0}};

const LnFilterType ln_filter_pca = {
    .type = {.kind = "filter",
             .name = "pca",
             .doc = "Principal components of patches: coefficients along them are shrunk, overlapping patches averaged.\n"
                    "Axes along which patches vary little hold noise alone.\n"
                    "Not yet: the two-stage LPG-PCA of Zhang et al. 2010, a basis for each pixel's group.\n"
                    "Tested against NumPy, by the same formulas; there is no other library.\n"
                    "Sources: Deledalle, Salmon, Dalalyan, Image denoising with patch based PCA: local versus global,\n"
                    "BMVC 2011 (global and hard: its PGPCA, local and hard: PLPCA); Muresan, Parks, Adaptive\n"
                    "principal components and image denoising, ICIP 2003 (local and wiener).",
             .size = sizeof(Pca),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
