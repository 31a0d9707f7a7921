/* Poisson noise: f(x) = x + n, n ~ Poisson(lambda). */
#include "noise/noise.h"

typedef struct Poisson {
  LnNoiseOptions common;
  double lambda;
} Poisson;

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const Poisson *o = options;
  ln_rng_fill_poisson(y, n, rng, first, o->lambda);
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const Poisson *o = options;
  *mean = x + o->lambda;
  *variance = o->lambda;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Poisson, 0.1, LN_NOISE_SCALE),
    {.name = "lambda", .kind = LN_PARAM_FLOAT, .offset = offsetof(Poisson, lambda), .def = 1, .max = 1e6,
     .help = "mean and variance of the noise, in intensity"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"p\": 0.2, \"lambda\": 5}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.3, \"lambda\": 1, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"p\": 0.01, \"lambda\": 40, \"clip\": true}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_poisson = {
    .type = {.kind = "noise",
             .name = "poisson",
             .doc = "Additive Poisson noise: x + p n on every pixel, n ~ Poisson(lambda).\n"
                    "With mode 'fraction': x + n on a share p of the pixels.\n"
                    "n does not depend on x, as in Gondara 2016.",
             .size = sizeof(Poisson),
             .params = params,
             .cases = cases},
    .corrupt = corrupt,
    .expect = expect,
};
