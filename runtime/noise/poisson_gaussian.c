/* Poisson-Gaussian noise of a sensor: f(x) = k / peak + n, k ~ Poisson(peak x), n ~ N(0, sd^2). */
#include <math.h>

#include "noise/noise.h"

typedef struct PoissonGaussian {
  LnNoiseOptions common;
  double peak, sd;
} PoissonGaussian;

enum { COUNTS, READING }; /* the generators of k and n */

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const PoissonGaussian *o = options;
  const float peak = (float)o->peak, step = (float)(1 / o->peak), sd = (float)o->sd;
  float rate[LN_NOISE_PIECE];
  for (int64_t i = 0; i < n; i++) rate[i] = peak * x[i];
  ln_rng_fill_poisson_of(y, n, ln_rng_derive(rng, COUNTS), first, rate);
  ln_rng_fill_normal(rate, n, ln_rng_derive(rng, READING), first);
  for (int64_t i = 0; i < n; i++) y[i] = step * y[i] + sd * rate[i];
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const PoissonGaussian *o = options;
  *mean = fmax(x, 0);
  *variance = fmax(x, 0) / o->peak + o->sd * o->sd;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(PoissonGaussian, 1, LN_NOISE_SCALE),
    {.name = "peak", .kind = LN_PARAM_FLOAT, .offset = offsetof(PoissonGaussian, peak), .def = 100, .min = 0,
     .max = 1e6, .flags = LN_ABOVE_MIN, .help = "mean number of photons where the intensity is 1"},
    {.name = "sd", .kind = LN_PARAM_FLOAT, .offset = offsetof(PoissonGaussian, sd), .def = 0.02, .max = 1e6,
     .help = "standard deviation of the Gaussian part, in intensity"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"peak\": 30, \"sd\": 0.02}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"peak\": 200, \"sd\": 0.1, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"peak\": 2, \"sd\": 0.05, \"clip\": true}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_poisson_gaussian = {
    .type = {.kind = "noise",
             .name = "poisson_gaussian",
             .doc = "Poisson-Gaussian noise of a sensor: k / peak + n on every pixel, k ~ Poisson(peak x), n ~ N(0, "
                    "sd^2).\n"
                    "Counted photons, the fewer the noisier, and the noise of reading them: the variance is x / peak + "
                    "sd^2. What is below 0 counts as 0. With sd = 0 it is Poisson noise that depends on x, as "
                    "skimage.util.random_noise(mode='poisson') makes it.\n"
                    "Source: Foi, Trimeche, Katkovnik and Egiazarian, \"Practical Poissonian-Gaussian noise modeling "
                    "and fitting for single-image raw-data\", IEEE Transactions on Image Processing 17 (2008).",
             .size = sizeof(PoissonGaussian),
             .params = params,
             .cases = cases},
    .corrupt = corrupt,
    .expect = expect,
};
