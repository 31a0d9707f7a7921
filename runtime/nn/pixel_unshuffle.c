/* pixel_unshuffle: blocks of scale x scale pixels become groups of channels; the inverse of pixel_shuffle. Nothing is
 * lost, as in a pooling: FFDNet works on such images (Zhang, Zuo, Zhang, IEEE TIP 27, 2018). */
#include "nn/activation.h"
#include "nn/shuffle.h"

typedef struct Options {
  int64_t scale;
} Options;

static const LnParam params[] = {
    {.name = "scale", .kind = LN_PARAM_INT, .offset = offsetof(Options, scale), .def = 2, .min = 1, .max = 64,
     .help = "by how much rows and columns become fewer", .flags = LN_POSITIONAL},
    {0}};

static int64_t scale_of(const void *options) {
  return ((const Options *)options)->scale;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  int64_t scale = scale_of(options);
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  if (in[0].d[1] % scale != 0 || in[0].d[2] % scale != 0)
    return ln_fail(err, LN_ESHAPE, "expected rows and columns to be multiples of scale = %lld, got %s",
                   (long long)scale, LN_SHAPE_TEXT(in[0]));
  *out = LN_SHAPE(in[0].d[0] * scale * scale, in[0].d[1] / scale, in[0].d[2] / scale);
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t scale = scale_of(b->options);
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = (LnInputRows){.step = scale, .scale = 1, .after = scale - 1};
  return LN_OK;
}

static void forward(const LnPass *pass) {
  int64_t scale = scale_of(pass->options);
  ln_shuffle_to_coarse(pass->kernels, pass->y, pass->x[0], scale, pass->first * scale, pass->count * scale);
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data != NULL)
    ln_shuffle_to_fine(pass->kernels, pass->dx[0], pass->dy, scale_of(pass->options), 0, pass->dx[0].h);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(2, 6, 8)}},
    {.options = "{\"scale\": 3}", .inputs = {LN_SHAPE(6, 6, 9)}},
    {.options = "{\"scale\": 1}", .inputs = {LN_SHAPE(5, 2, 3)}},
    {0}};

const LnLayerType ln_nn_pixel_unshuffle = {
    .type = {.kind = "nn",
             .name = "pixel_unshuffle",
             .doc = "Blocks of scale x scale pixels as groups of scale^2 channels: the inverse of pixel_shuffle, as "
                    "PyTorch's "
                    "PixelUnshuffle.\n"
                    "From C x H x W to C*scale^2 x H/scale x W/scale.\nSource: Zhang, Zuo, Zhang, IEEE TIP 27, 2018.",
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
