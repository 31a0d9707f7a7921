/* Quarter turns, anticlockwise, as numpy.rot90. */
#include "augment/augment.h"

typedef struct Rot90 {
  LnAugmentOptions common;
  int turns;
} Rot90;

enum { QUARTER, HALF };
static const char *const words[] = {"quarter", "half", NULL};

static LnStatus out_shape(const void *options, LnShape *out, LnShape in, LnError *err) {
  const Rot90 *o = options;
  *out = in;
  if (o->turns == HALF || in.d[1] == in.d[2]) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "rot90: quarter turns need square images, got %s; crop them first, or give turns = "
                 "'half'", LN_SHAPE_TEXT(in));
}

/* What stands at row i, column j after so many turns. */
static float turned(const float *x, int64_t turns, int64_t i, int64_t j, int64_t height, int64_t width) {
  switch (turns) {
    case 0: return x[i * width + j];
    case 1: return x[j * width + (width - 1 - i)];
    case 2: return x[(height - 1 - i) * width + (width - 1 - j)];
    default: return x[(height - 1 - j) * width + i];
  }
}

static void apply(const void *options, float *y, const float *x, LnShape in, LnRng rng) {
  const Rot90 *o = options;
  const int64_t height = in.d[1], width = in.d[2];
  const int64_t turns = o->turns == HALF ? 2 * ln_rng_below(rng, 0, 2) : ln_rng_below(rng, 0, 4);
  for (int64_t channel = 0; channel < in.d[0]; channel++, x += height * width, y += height * width)
    for (int64_t i = 0; i < height; i++)
      for (int64_t j = 0; j < width; j++) y[i * width + j] = turned(x, turns, i, j, height, width);
}

static const LnParam params[] = {
    {.name = "turns", .kind = LN_PARAM_CHOICE, .offset = offsetof(Rot90, turns), .choices = words,
     .help = "by 'quarter': 0, 90, 180 or 270 degrees, of square images; by 'half': 0 or 180 degrees"},
    LN_AUGMENT_PARAMS(Rot90),
    {0},
};

static const LnCase cases[] = {{.options = "{}", .inputs = {LN_SHAPE(1, 16, 16)}},
                               {.options = "{\"seed\": 7}", .inputs = {LN_SHAPE(2, 8, 8)}},
                               {.options = "{\"turns\": \"half\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
                               {0}};

const LnAugmentType ln_augment_rot90 = {
    .type = {.kind = "augment",
             .name = "rot90",
             .doc = "Quarter turns: by 0, 90, 180 or 270 degrees anticlockwise, each as likely as the others.\n"
                    "Pixels are moved, not interpolated, as by numpy.rot90. With ln.augment.flip, all eight ways in "
                    "which a square can lie.",
             .size = sizeof(Rot90),
             .params = params,
             .cases = cases},
    .out_shape = out_shape,
    .apply = apply,
};
