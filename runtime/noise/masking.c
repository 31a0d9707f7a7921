/* Masking: f(x) = value. */
#include "noise/noise.h"

typedef struct Masking {
  LnNoiseOptions common;
  double value;
} Masking;

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const Masking *o = options;
  (void)x, (void)rng, (void)first;
  for (int64_t i = 0; i < n; i++) y[i] = (float)o->value;
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const Masking *o = options;
  (void)x;
  *mean = o->value;
  *variance = 0;
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(Masking, 0.1, LN_NOISE_FRACTION),
    {.name = "value", .kind = LN_PARAM_FLOAT, .offset = offsetof(Masking, value),
     .help = "intensity of the masked pixels"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"p\": 0.25}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.5, \"value\": 0.5, \"clip\": true}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"p\": 0.3, \"value\": 1, \"mode\": \"scale\"}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_masking = {
    .type = {.kind = "noise",
             .name = "masking",
             .doc = "Masking: a share p of the pixels becomes `value`.\n"
                    "With mode 'scale' every pixel moves towards `value` by p times the distance.\n"
                    "Source: Vincent et al., \"Stacked denoising autoencoders\", JMLR 11 (2010).",
             .size = sizeof(Masking),
             .params = params,
             .cases = cases},
    .corrupt = corrupt,
    .expect = expect,
};
