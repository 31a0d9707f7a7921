/* crop: an image without rows and columns at its sides. */
#include "nn/activation.h"

typedef struct Options {
  int64_t sides[4]; /* top, bottom, left, right */
} Options;

static const LnParam params[] = {
    {.name = "sides", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, sides), .def = 1, .min = 0, .max = 65536,
     .help = "pixels that are taken away at top, bottom, left and right", .flags = LN_POSITIONAL},
    {0}};

static const int64_t *sides_of(const void *options) {
  return ((const Options *)options)->sides;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const int64_t *sides = sides_of(options);
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  *out = LN_SHAPE(in[0].d[0], in[0].d[1] - sides[0] - sides[1], in[0].d[2] - sides[2] - sides[3]);
  if (out->d[1] >= 1 && out->d[2] >= 1) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "%lld rows and %lld columns less leave nothing of an image of %s",
                 (long long)(sides[0] + sides[1]), (long long)(sides[2] + sides[3]), LN_SHAPE_TEXT(in[0]));
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t top = sides_of(b->options)[0];
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = (LnInputRows){.step = 1, .scale = 1, .before = -top, .after = top};
  return LN_OK;
}

/* The part of a map that is left. */
static LnMap inside(const LnPass *pass, LnMap map) {
  const int64_t *sides = sides_of(pass->options);
  map.data += sides[0] * map.row + sides[2] * map.ld;
  map.h -= (int)(sides[0] + sides[1]), map.w -= (int)(sides[2] + sides[3]);
  return map;
}

static void forward(const LnPass *pass) {
  ln_map_copy(ln_map_rows(pass->y, pass->first, pass->count),
              ln_map_rows(inside(pass, pass->x[0]), pass->first, pass->count));
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data == NULL) return;
  ln_map_zero(pass->dx[0]);
  ln_map_copy(inside(pass, pass->dx[0]), pass->dy);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{\"sides\": [1, 2, 0, 3]}", .inputs = {LN_SHAPE(18, 5, 6)}},
    {.options = "{\"sides\": [0, 2]}", .inputs = {LN_SHAPE(2, 3, 5)}},
    {0}};

const LnLayerType ln_nn_crop = {
    .type = {.kind = "nn",
             .name = "crop",
             .doc = "An image without some rows and columns at its sides, as Keras's Cropping2D.\n"
                    "From C x H x W to C x (H - top - bottom) x (W - left - right). Channels are cut by nn.slice.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
