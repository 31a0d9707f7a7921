/* Rician noise: f(x) = sqrt((x + a)^2 + b^2), a and b ~ N(0, sd^2). */
#include <math.h>

#include "noise/noise.h"

typedef struct Rician {
  LnNoiseOptions common;
  double sd;
} Rician;

enum { REAL, IMAGINARY }; /* the generators of a and b */

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const Rician *o = options;
  const float sd = (float)o->sd;
  float b[LN_NOISE_PIECE];
  ln_rng_fill_normal(y, n, ln_rng_derive(rng, REAL), first);
  ln_rng_fill_normal(b, n, ln_rng_derive(rng, IMAGINARY), first);
  for (int64_t i = 0; i < n; i++) {
    float re = x[i] + sd * y[i], im = sd * b[i];
    y[i] = sqrtf(re * re + im * im);
  }
}

/* exp(-z) I_n(z) = 1/pi times the integral of exp(z (cos t - 1)) cos(n t) over 0 .. pi. The trapezoidal rule converges
 * as fast as it can on a smooth periodic function; the peak at 0 is 1 / sqrt(z) wide. */
static double scaled_bessel(int n, double z) {
  const double pi = 3.14159265358979323846;
  int steps = 64 + (int)(8 * sqrt(z));
  double sum = 0;
  for (int i = 0; i <= steps; i++) {
    double t = pi * i / steps, weight = i == 0 || i == steps ? 0.5 : 1;
    sum += weight * exp(z * (cos(t) - 1)) * cos(n * t);
  }
  return sum / steps;
}

/* mean = sd sqrt(pi / 2) L(-x^2 / (2 sd^2)), L the Laguerre function of order 1/2. From 1000 sd on, where that is the
 * difference of large numbers, the first terms of its asymptotic series. */
static void expect(const void *options, double x, double *mean, double *variance) {
  const double pi = 3.14159265358979323846, sd = ((const Rician *)options)->sd, z = x * x / (4 * sd * sd);
  if (sd == 0 || fabs(x) > 1000 * sd) {
    *mean = fabs(x) + (sd == 0 ? 0 : sd * sd / (2 * fabs(x)));
    *variance = sd * sd;
    return;
  }
  *mean = sd * sqrt(pi / 2) * ((1 + 2 * z) * scaled_bessel(0, z) + 2 * z * scaled_bessel(1, z));
  *variance = 2 * sd * sd + x * x - *mean * *mean;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Rician, 1, LN_NOISE_SCALE),
    {.name = "sd", .kind = LN_PARAM_FLOAT, .offset = offsetof(Rician, sd), .def = 0.1, .max = 1e6,
     .help = "standard deviation of the noise in the real and in the imaginary part, in intensity"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"sd\": 0.05}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"sd\": 0.25, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"sd\": 0.6, \"clip\": true, \"seed\": 7}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_rician = {
    .type = {.kind = "noise",
             .name = "rician",
             .doc = "Rician noise of magnetic resonance images: sqrt((x + a)^2 + b^2) on every pixel, a and b ~ "
                    "N(0, sd^2).\n"
                    "x is the magnitude of a complex image, both parts of which get Gaussian noise. Dark pixels become "
                    "brighter, on average 1.25 sd where x is 0. p below 1 mixes with x: x + p (f(x) - x).\n"
                    "Source: Gudbjartsson and Patz, \"The Rician distribution of noisy MRI data\", Magnetic Resonance "
                    "in Medicine 34 (1995).",
             .size = sizeof(Rician),
             .params = params,
             .cases = cases},
    .corrupt = corrupt,
    .expect = expect,
};
