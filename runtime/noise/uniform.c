/* Uniform noise: f(x) = x + n, n ~ U(low, high). */
#include "noise/noise.h"

typedef struct Uniform {
  LnNoiseOptions common;
  double low, high;
} Uniform;

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const Uniform *o = options;
  const float low = (float)o->low, width = (float)(o->high - o->low);
  ln_rng_fill_uniform(y, n, rng, first);
  for (int64_t i = 0; i < n; i++) y[i] = x[i] + (low + width * y[i]);
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const Uniform *o = options;
  *mean = x + (o->low + o->high) / 2;
  *variance = (o->high - o->low) * (o->high - o->low) / 12;
}

static LnStatus check(const void *options, LnError *err) {
  const Uniform *o = options;
  if (o->low < o->high) return LN_OK;
  return ln_fail(err, LN_EARG, "uniform: option 'high' must be above 'low', got %g and %g", o->high, o->low);
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Uniform, 1, LN_NOISE_SCALE),
    {.name = "low", .kind = LN_PARAM_FLOAT, .offset = offsetof(Uniform, low), .def = -0.1, .min = -1e6, .max = 1e6,
     .help = "the least that is added, in intensity"},
    {.name = "high", .kind = LN_PARAM_FLOAT, .offset = offsetof(Uniform, high), .def = 0.1, .min = -1e6, .max = 1e6,
     .help = "the most that is added, in intensity"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"low\": -0.2, \"high\": 0.2}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"low\": 0.1, \"high\": 0.5, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"p\": 0.3, \"low\": -1, \"high\": 1, \"clip\": true}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_uniform = {
    .type = {.kind = "noise",
             .name = "uniform",
             .doc = "Uniform noise: x + n on every pixel, n ~ U(low, high).\n"
                    "Its standard deviation is (high - low) / sqrt(12). Rounding to steps of h adds such noise from "
                    "-h/2 to h/2.",
             .size = sizeof(Uniform),
             .params = params,
             .cases = cases,
             .check = check},
    .corrupt = corrupt,
    .expect = expect,
};
