/* instance_norm: every channel of every sample normalised by itself: group_norm with a group for each channel.
 * Source: Ulyanov, Vedaldi, Lempitsky, "Instance Normalization", arXiv 1607.08022, 2016. */
#include "nn/group_norm.h"

typedef LnGroupNormOptions Options;

static const LnParam params[] = {
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, eps), .def = 1e-5, .min = 0, .max = 1,
     .help = "added to the variance, squared units of the input", .flags = LN_ABOVE_MIN},
    {.name = "affine", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, affine), .def = 0,
     .help = "learn a factor and a term a channel"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  if (in[0].d[1] * in[0].d[2] == 1)
    return ln_fail(err, LN_ESHAPE, "expected more than 1 pixel, got %s: every value would become 0",
                   LN_SHAPE_TEXT(in[0]));
  *out = in[0];
  return LN_OK;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 6)}},
    {.options = "{\"affine\": true, \"eps\": 0.01}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {0}};

const LnLayerType ln_nn_instance_norm = {
    .type = {.kind = "nn",
             .name = "instance_norm",
             .doc = "Instance normalisation: y = (x - mean) / sqrt(variance + eps), sample by sample and channel by "
                    "channel, "
                    "over its pixels.\n"
                    "With affine = true each channel is scaled and shifted afterwards: tensors weight (C), at first "
                    "1, and "
                    "bias (C), at first 0. Defaults as PyTorch's InstanceNorm2d, whose running statistics there are "
                    "not: "
                    "training and prediction are the same. Shape: unchanged.\n"
                    "Source: Ulyanov, Vedaldi, Lempitsky, arXiv 1607.08022, 2016.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .declare = ln_group_norm_declare,
    .build = ln_group_norm_build,
    .forward = ln_group_norm_forward,
    .backward = ln_group_norm_backward,
    .can_fuse = ln_group_norm_can_fuse,
    .ends_in = ln_group_norm_ends_in,
};
