/* Intensity: g x + o, one g and one o an image. */
#include "augment/augment.h"

typedef struct Intensity {
  LnAugmentOptions common;
  double gain, offset;
  bool clip;
} Intensity;

static void apply(const void *options, float *y, const float *x, LnShape in, LnRng rng) {
  const Intensity *o = options;
  const float gain = (float)(1 + o->gain * (2 * ln_rng_uniform(rng, 0) - 1));
  const float offset = (float)(o->offset * (2 * ln_rng_uniform(rng, 1) - 1));
  const int64_t n = ln_shape_count(in);
  for (int64_t i = 0; i < n; i++) y[i] = gain * x[i] + offset;
  if (o->clip)
    for (int64_t i = 0; i < n; i++) y[i] = y[i] < 0 ? 0 : y[i] > 1 ? 1 : y[i];
}

static const LnParam params[] = {
    {.name = "gain", .kind = LN_PARAM_FLOAT, .offset = offsetof(Intensity, gain), .def = 0.1, .max = 1,
     .help = "the factor is from 1 - gain to 1 + gain"},
    {.name = "offset", .kind = LN_PARAM_FLOAT, .offset = offsetof(Intensity, offset), .def = 0.1, .max = 1e6,
     .help = "what is added is from -offset to offset, in intensity"},
    {.name = "clip", .kind = LN_PARAM_BOOL, .offset = offsetof(Intensity, clip),
     .help = "keep the result in 0..1, as bce needs its targets; of pairs that cuts noise off, too"},
    LN_AUGMENT_PARAMS(Intensity),
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"gain\": 0.1, \"offset\": 0.1}", .inputs = {LN_SHAPE(1, 16, 16)}},
    {.options = "{\"gain\": 0.5, \"offset\": 0.5, \"clip\": true}", .inputs = {LN_SHAPE(3, 9, 7)}},
    {0}};

const LnAugmentType ln_augment_intensity = {
    .type = {.kind = "augment",
             .name = "intensity",
             .doc = "Intensity: g x + o, one factor g and one summand o for each image, all its channels alike.\n"
                    "Both images of a pair get the same, so that what is between them stays; noise is scaled with its "
                    "image.",
             .size = sizeof(Intensity),
             .params = params,
             .cases = cases},
    .apply = apply,
};
