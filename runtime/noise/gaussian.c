/* Gaussian noise: f(x) = x + n, n ~ N(mean, sd^2). */
#include "noise/noise.h"

typedef struct Gaussian {
  LnNoiseOptions common;
  double mean, sd;
} Gaussian;

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const Gaussian *o = options;
  const float mean = (float)o->mean, sd = (float)o->sd;
  ln_rng_fill_normal(y, n, rng, first);
  for (int64_t i = 0; i < n; i++) y[i] = x[i] + (mean + sd * y[i]);
}

/* With sd alone, the noise has this standard deviation: p is 1, so that y = x + n, n ~ N(mean, sd^2). */
static void settle(void *options, const LnItem *item) {
  if (ln_item_given(item, "sd") && !ln_item_given(item, "p")) ((Gaussian *)options)->common.p = 1;
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const Gaussian *o = options;
  *mean = x + o->mean;
  *variance = o->sd * o->sd;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Gaussian, 0.1, LN_NOISE_SCALE),
    {.name = "mean", .kind = LN_PARAM_FLOAT, .offset = offsetof(Gaussian, mean),
     .help = "mean of the noise, in intensity"},
    {.name = "sd", .kind = LN_PARAM_FLOAT, .offset = offsetof(Gaussian, sd), .def = 1, .max = 1e6,
     .help = "standard deviation of the noise, in intensity; given without p, it is not scaled: p is 1"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"p\": 0.1, \"sd\": 1}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"mean\": 0.2, \"sd\": 0.25, \"mode\": \"fraction\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"p\": 1, \"sd\": 0.1, \"clip\": true, \"seed\": 7}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_gaussian = {
    .type = {.kind = "noise",
             .name = "gaussian",
             .doc = "Gaussian noise: x + p n on every pixel, n ~ N(mean, sd^2).\n"
                    "With mode 'fraction': x + n on a share p of the pixels. Where sd is given and p is not, p is 1:\n"
                    "gaussian{ sd = 25/255 } adds N(0, (25/255)^2). The default, p = 0.1 and sd = 1 without clipping,\n"
                    "is that of Gondara, \"Medical image denoising using convolutional denoising\n"
                    "autoencoders\", 2016.",
             .size = sizeof(Gaussian),
             .params = params,
             .cases = cases,
             .settle = settle},
    .corrupt = corrupt,
    .expect = expect,
};
