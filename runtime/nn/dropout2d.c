/* dropout2d: dropout of whole channels. Source: Tompson, Goroshin, Jain, LeCun, Bregler, CVPR 2015. */
#include "nn/activation.h"
#include "nn/dropout.h"

typedef LnDropoutOptions Options;

static const LnParam params[] = {
    {.name = "p", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, p), .def = 0.5, .min = 0, .max = 1,
     .help = "share of the channels that is set to zero", .flags = LN_POSITIONAL | LN_BELOW_MAX},
    {0}};

static void settle(void *options, const LnItem *item) {
  (void)item;
  ((Options *)options)->channelwise = true;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  *out = in[0];
  return LN_OK;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"p\": 0.25}", .inputs = {LN_SHAPE(3, 5, 6)}},
    {0}};

const LnLayerType ln_nn_dropout2d = {
    .type = {.kind = "nn",
             .name = "dropout2d",
             .doc = "Dropout of whole channels: in training each channel is zero with probability p, else scaled by "
                    "1 / (1 - p); in prediction y = x.\n"
                    "As PyTorch's Dropout2d and Keras's SpatialDropout2D; the same as dropout{ p, channelwise = true "
                    "}. "
                    "What is dropped follows from the seed of the training. Shape: unchanged.\n"
                    "Source: Tompson et al., CVPR 2015.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .settle = settle},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .only_in_training = true,
    .drops = true,
    .out_shape = out_shape,
    .build = ln_dropout_build,
    .forward = ln_dropout_forward,
    .backward = ln_dropout_backward,
};
