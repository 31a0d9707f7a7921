/* Flips: columns, or rows, in reverse order. */
#include "augment/augment.h"

typedef struct Flip {
  LnAugmentOptions common;
  double horizontal, vertical;
} Flip;

static void apply(const void *options, float *y, const float *x, LnShape in, LnRng rng) {
  const Flip *o = options;
  const bool across = ln_rng_uniform(rng, 0) < o->horizontal, down = ln_rng_uniform(rng, 1) < o->vertical;
  const int64_t height = in.d[1], width = in.d[2];
  for (int64_t row = 0; row < in.d[0] * height; row++) {
    const int64_t channel = row / height, line = row % height;
    const float *from = x + (channel * height + (down ? height - 1 - line : line)) * width;
    float *to = y + row * width;
    for (int64_t i = 0; i < width; i++) to[i] = from[across ? width - 1 - i : i];
  }
}

static const LnParam params[] = {
    {.name = "horizontal", .kind = LN_PARAM_FLOAT, .offset = offsetof(Flip, horizontal), .def = 0.5, .max = 1,
     .help = "probability that left and right change places"},
    {.name = "vertical", .kind = LN_PARAM_FLOAT, .offset = offsetof(Flip, vertical), .max = 1,
     .help = "probability that top and bottom change places"},
    LN_AUGMENT_PARAMS(Flip),
    {0},
};

static const LnCase cases[] = {{.options = "{}", .inputs = {LN_SHAPE(1, 16, 16)}},
                               {.options = "{\"horizontal\": 0.5, \"vertical\": 0.5}", .inputs = {LN_SHAPE(3, 9, 7)}},
                               {0}};

const LnAugmentType ln_augment_flip = {
    .type = {.kind = "augment",
             .name = "flip",
             .doc = "Flips: left and right, or top and bottom, change places.\n"
                    "Each happens on its own, as torchvision's RandomHorizontalFlip and RandomVerticalFlip have it.",
             .size = sizeof(Flip),
             .params = params,
             .cases = cases},
    .apply = apply,
};
