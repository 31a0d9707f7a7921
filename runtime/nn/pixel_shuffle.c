/* pixel_shuffle: groups of scale^2 channels become blocks of scale x scale pixels. Source: Shi et al., "Real-Time
 * Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", CVPR 2016. */
#include "nn/activation.h"
#include "nn/shuffle.h"

typedef struct Options {
  int64_t scale;
} Options;

static const LnParam params[] = {
    {.name = "scale", .kind = LN_PARAM_INT, .offset = offsetof(Options, scale), .def = 2, .min = 1, .max = 64,
     .help = "how many times as many rows and columns", .flags = LN_POSITIONAL},
    {0}};

static int64_t scale_of(const void *options) {
  return ((const Options *)options)->scale;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  int64_t scale = scale_of(options);
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  if (in[0].d[0] % (scale * scale) != 0)
    return ln_fail(err, LN_ESHAPE, "expected a multiple of scale x scale = %lld channels, got %s",
                   (long long)(scale * scale), LN_SHAPE_TEXT(in[0]));
  *out = LN_SHAPE(in[0].d[0] / (scale * scale), in[0].d[1] * scale, in[0].d[2] * scale);
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = (LnInputRows){.step = 1, .scale = scale_of(b->options)};
  return LN_OK;
}

static void forward(const LnPass *pass) {
  ln_shuffle_to_fine(pass->kernels, pass->y, pass->x[0], scale_of(pass->options), pass->first, pass->count);
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data != NULL)
    ln_shuffle_to_coarse(pass->kernels, pass->dx[0], pass->dy, scale_of(pass->options), 0, pass->dy.h);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(8, 3, 4)}},
    {.options = "{\"scale\": 3}", .inputs = {LN_SHAPE(54, 2, 3)}},
    {.options = "{\"scale\": 1}", .inputs = {LN_SHAPE(5, 2, 3)}},
    {0}};

const LnLayerType ln_nn_pixel_shuffle = {
    .type = {.kind = "nn",
             .name = "pixel_shuffle",
             .doc = "Groups of scale^2 channels as blocks of scale x scale pixels, row by row: an upsampling that a "
                    "convolution before it learns.\n"
                    "From C*scale^2 x H x W to C x scale*H x scale*W, as PyTorch's PixelShuffle (TensorFlow's "
                    "depth_to_space takes channels in another order).\nSource: Shi et al., CVPR 2016.",
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
