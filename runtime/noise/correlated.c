/* Correlated noise: f(x) = x + n, n white Gaussian noise blurred by a Gaussian and scaled back to its strength. */
#include <math.h>
#include <string.h>

#include "kernels/kernels.h"
#include "noise/noise.h"

typedef struct Correlated {
  LnNoiseOptions common;
  double sd, sigma;
} Correlated;

enum { MOST_RADIUS = 400 }; /* 4 sigma of the largest sigma */

static int64_t radius_of(const Correlated *o) {
  return (int64_t)(4 * o->sigma + 0.5);
}

/* Taps exp(-k^2 / (2 sigma^2)), k = -radius .. radius, whose squares add up to `power`^2. */
static void make_taps(float *taps, double sigma, int64_t radius, double power) {
  double sum = 1;
  for (int64_t k = 1; k <= radius; k++) sum += 2 * exp(-(double)(k * k) / (sigma * sigma));
  for (int64_t k = -radius; k <= radius; k++)
    taps[radius + k] = (float)(power / sqrt(sum) * exp(-0.5 * (double)(k * k) / (sigma * sigma)));
}

/* White noise goes beyond the image by the radius on all sides, so that n is the same everywhere. Its rows, blurred
 * along, stand in scratch one below another; y sums them down. */
static void corrupt_plane(const void *options, float *y, const float *x, int64_t height, int64_t width, LnRng rng,
                          float *scratch) {
  const Correlated *o = options;
  const int64_t radius = radius_of(o), wide = width + 2 * radius;
  const int count = (int)(2 * radius + 1);
  const LnKernels *kernels = ln_kernels();
  const float *rows[2 * MOST_RADIUS + 1];
  float *taps = scratch, *white = taps + count, *blurred = white + wide;
  make_taps(taps, o->sigma, radius, 1);
  for (int64_t row = 0; row < height + 2 * radius; row++) {
    ln_rng_fill_normal(white, wide, rng, (uint64_t)(row * wide));
    for (int k = 0; k < count; k++) rows[k] = white + k;
    kernels->sum_rows(blurred + row * width, rows, taps, count, width);
  }
  make_taps(taps, o->sigma, radius, o->sd);
  for (int64_t row = 0; row < height; row++) {
    for (int k = 0; k < count; k++) rows[k] = blurred + (row + k) * width;
    kernels->sum_rows(y + row * width, rows, taps, count, width);
    for (int64_t i = row * width; i < (row + 1) * width; i++) y[i] += x[i];
  }
}

static int64_t scratch_floats(const void *options, int64_t height, int64_t width) {
  const int64_t radius = radius_of(options);
  return 2 * radius + 1 + width + 2 * radius + (height + 2 * radius) * width;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Correlated, 1, LN_NOISE_SCALE),
    {.name = "sd", .kind = LN_PARAM_FLOAT, .offset = offsetof(Correlated, sd), .def = 0.1, .max = 1e6,
     .help = "standard deviation of the noise, in intensity"},
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Correlated, sigma), .def = 1.5, .min = 0, .max = 100,
     .flags = LN_ABOVE_MIN, .help = "of the Gaussian that blurs white noise, in pixels"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"sd\": 0.1, \"sigma\": 1.5}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"sd\": 0.2, \"sigma\": 0.3, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"sd\": 0.3, \"sigma\": 4, \"clip\": true}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_correlated = {
    .type = {.kind = "noise",
             .name = "correlated",
             .doc = "Correlated Gaussian noise: x + n on every pixel, n ~ N(0, sd^2), blotches instead of grains.\n"
                    "n is white noise blurred by a Gaussian of width sigma and scaled back to the deviation sd; pixels "
                    "d apart correlate by exp(-d^2 / (4 sigma^2)) along rows and columns alike. Reconstruction, "
                    "scaling and JPEG leave such noise. It is the same at the borders; channels are independent.",
             .size = sizeof(Correlated),
             .params = params,
             .cases = cases},
    .corrupt_plane = corrupt_plane,
    .scratch_floats = scratch_floats,
};
