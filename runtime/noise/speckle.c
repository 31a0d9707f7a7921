/* Speckle: f(x) = x + x n, n of mean 0 and standard deviation sd. */
#include <math.h>

#include "noise/noise.h"

typedef struct Speckle {
  LnNoiseOptions common;
  double sd;
  int distribution;
} Speckle;

enum { NORMAL, UNIFORM };
static const char *const distributions[] = {"normal", "uniform", NULL};

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const Speckle *o = options;
  const float sd = (float)o->sd, width = (float)(sqrt(12) * o->sd); /* of the interval with that deviation */
  if (o->distribution == NORMAL) {
    ln_rng_fill_normal(y, n, rng, first);
    for (int64_t i = 0; i < n; i++) y[i] = x[i] + x[i] * (sd * y[i]);
  } else {
    ln_rng_fill_uniform(y, n, rng, first);
    for (int64_t i = 0; i < n; i++) y[i] = x[i] + x[i] * (width * (y[i] - 0.5f));
  }
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const Speckle *o = options;
  *mean = x;
  *variance = x * x * o->sd * o->sd;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Speckle, 1, LN_NOISE_SCALE),
    {.name = "sd", .kind = LN_PARAM_FLOAT, .offset = offsetof(Speckle, sd), .def = 0.2, .max = 1e6,
     .help = "standard deviation of the noise, as a share of the pixel's intensity"},
    {.name = "distribution", .kind = LN_PARAM_CHOICE, .offset = offsetof(Speckle, distribution),
     .choices = distributions, .help = "of n: 'normal', as scikit-image has it, or 'uniform', as MATLAB's imnoise"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"sd\": 0.2}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"sd\": 0.5, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"sd\": 0.6, \"distribution\": \"uniform\", \"clip\": true}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_speckle = {
    .type = {.kind = "noise",
             .name = "speckle",
             .doc = "Speckle, multiplicative noise: x + x n on every pixel, n of mean 0 and standard deviation sd.\n"
                    "As in ultrasound and radar, the noise grows with intensity; black stays black. "
                    "skimage.util.random_noise(mode='speckle') and MATLAB's imnoise take the variance, sd^2.",
             .size = sizeof(Speckle),
             .params = params,
             .cases = cases},
    .corrupt = corrupt,
    .expect = expect,
};
