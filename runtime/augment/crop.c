/* Crops: a part of the image, of one size, from a random place. */
#include <string.h>

#include "augment/augment.h"

typedef struct Crop {
  LnAugmentOptions common;
  int64_t size[2];
} Crop;

static LnStatus out_shape(const void *options, LnShape *out, LnShape in, LnError *err) {
  const Crop *o = options;
  if (o->size[0] > in.d[1] || o->size[1] > in.d[2])
    return ln_fail(err, LN_ESHAPE, "crop: option 'size' of %lldx%lld is larger than the images, %s",
                   (long long)o->size[0], (long long)o->size[1], LN_SHAPE_TEXT(in));
  *out = LN_SHAPE(in.d[0], o->size[0], o->size[1]);
  return LN_OK;
}

static void cut(const Crop *o, float *y, const float *x, LnShape in, int64_t top, int64_t left) {
  const int64_t height = o->size[0], width = o->size[1];
  for (int64_t row = 0; row < in.d[0] * height; row++) {
    const int64_t channel = row / height, line = top + row % height;
    memcpy(y + row * width, x + (channel * in.d[1] + line) * in.d[2] + left, (size_t)width * sizeof(float));
  }
}

static void apply(const void *options, float *y, const float *x, LnShape in, LnRng rng) {
  const Crop *o = options;
  cut(o, y, x, in, ln_rng_below(rng, 0, in.d[1] - o->size[0] + 1), ln_rng_below(rng, 1, in.d[2] - o->size[1] + 1));
}

/* From the middle. */
static void still(const void *options, float *y, const float *x, LnShape in) {
  const Crop *o = options;
  cut(o, y, x, in, (in.d[1] - o->size[0]) / 2, (in.d[2] - o->size[1]) / 2);
}

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Crop, size), .min = 1, .max = 65500,
     .flags = LN_REQUIRED | LN_POSITIONAL, .help = "height and width in pixels"},
    LN_AUGMENT_PARAMS(Crop),
    {0},
};

static const LnCase cases[] = {{.options = "{\"size\": 12}", .inputs = {LN_SHAPE(1, 16, 16)}},
                               {.options = "{\"size\": [4, 6]}", .inputs = {LN_SHAPE(3, 9, 7)}},
                               {0}};

const LnAugmentType ln_augment_crop = {
    .type = {.kind = "augment",
             .name = "crop",
             .doc = "Crops: a part of the image from a random place, which is what the network then sees.\n"
                    "Images to validate on are cropped in the middle. For images of different sizes, or several crops "
                    "of one image in an epoch, see ln.data.patches.",
             .size = sizeof(Crop),
             .params = params,
             .cases = cases},
    .out_shape = out_shape,
    .apply = apply,
    .still = still,
};
