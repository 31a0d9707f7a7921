/* Salt and pepper: f(x) = 1 with probability `salt`, else 0. */
#include "noise/noise.h"

typedef struct SaltPepper {
  LnNoiseOptions common;
  double salt;
} SaltPepper;

static void corrupt(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first) {
  const SaltPepper *o = options;
  const float salt = (float)o->salt;
  (void)x;
  ln_rng_fill_uniform(y, n, rng, first);
  for (int64_t i = 0; i < n; i++) y[i] = y[i] < salt ? 1.0f : 0.0f;
}

static void expect(const void *options, double x, double *mean, double *variance) {
  const SaltPepper *o = options;
  (void)x;
  *mean = o->salt;
  *variance = o->salt * (1 - o->salt);
}

static const LnParam params[] = {
    LN_NOISE_PARAMS(SaltPepper, 0.1, LN_NOISE_FRACTION),
    {.name = "salt", .kind = LN_PARAM_FLOAT, .offset = offsetof(SaltPepper, salt), .def = 0.5, .max = 1,
     .help = "share of white among the corrupted pixels; the others are black"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"p\": 0.1}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"p\": 0.4, \"salt\": 0.2, \"clip\": true}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {.options = "{\"p\": 0.3, \"mode\": \"scale\"}", .inputs = {LN_SHAPE(1, 12, 20)}},
    {0}};

const LnNoiseType ln_noise_salt_pepper = {
    .type = {.kind = "noise",
             .name = "salt_pepper",
             .doc = "Salt and pepper: a share p of the pixels becomes 1 (a share `salt` of them) or 0.\n"
                    "With mode 'scale' every pixel moves towards its 1 or 0 by p times the distance.",
             .size = sizeof(SaltPepper),
             .params = params,
             .cases = cases},
    .corrupt = corrupt,
    .expect = expect,
};
