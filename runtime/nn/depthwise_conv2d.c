/* depthwise_conv2d: a two-dimensional convolution of every channel by itself; that is conv2d with a group a channel.
 *
 *   y[c m + j][p][q] = b[c m + j] + sum_rs w[c m + j][0][r][s] * x[c][stride p + dilation r - pad][...]
 *
 * for the filters j = 0 .. m-1 of each channel c, where m is the depth multiplier. */
#include "nn/activation.h"
#include "nn/conv2d.h"

typedef LnConv2dOptions Options;

static const LnParam params[] = {
    {.name = "kernel", .kind = LN_PARAM_INT2, .offset = offsetof(Options, kernel), .def = 3, .min = 1, .max = 31,
     .help = "kernel size in pixels", .flags = LN_POSITIONAL},
    {.name = "depth_multiplier", .kind = LN_PARAM_INT, .offset = offsetof(Options, depth_multiplier), .def = 1,
     .min = 1, .max = 1024, .help = "filters for each channel"},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 1, .min = 1, .max = 16,
     .help = "pixels from one output to the next"},
    {.name = "padding", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, padding), .def = LN_CONV2D_SAME,
     .min = 0, .max = 1024,
     .help = "pixels around the image: 'same' gives ceil(size / stride), 'valid' none, or how many",
     .choices = ln_conv2d_paddings},
    {.name = "padding_mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, padding_mode), .def = 0,
     .help = "what they are", .choices = ln_conv2d_padding_modes},
    {.name = "dilation", .kind = LN_PARAM_INT2, .offset = offsetof(Options, dilation), .def = 1, .min = 1, .max = 64,
     .help = "pixels between kernel elements"},
    {.name = "bias", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, bias), .def = 1,
     .help = "add one number a filter"},
    {.name = "activation", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, activation), .def = LN_ACT_linear,
     .help = "applied to the result; its option at the default", .choices = ln_activation_names},
    {.name = "init", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, init), .def = LN_INIT_GLOROT_UNIFORM,
     .help = "initial weights; biases start at 0", .choices = ln_init_names},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(17, 6, 9)}},
    {.options = "{\"kernel\": [2, 3], \"stride\": 2, \"activation\": \"tanh\"}", .inputs = {LN_SHAPE(3, 6, 7)}},
    {.options = "{\"depth_multiplier\": 3, \"dilation\": 2, \"bias\": false}", .inputs = {LN_SHAPE(5, 6, 7)}},
    {.options = "{\"padding\": [2, 1, 0, 1], \"padding_mode\": \"reflect\"}", .inputs = {LN_SHAPE(6, 5, 4)}},
    {.options = "{\"depth_multiplier\": 2}", .inputs = {LN_SHAPE(1, 4, 5)}},
    {0}};

const LnLayerType ln_nn_depthwise_conv2d = {
    .type = {.kind = "nn",
             .name = "depthwise_conv2d",
             .doc = "Two-dimensional convolution of every channel by itself: depth_multiplier filters for each.\n"
                    "From channels x height x width to channels * depth_multiplier x height' x width', the filters of "
                    "a channel one after the other.\n"
                    "Tensors: weight (channels * depth_multiplier, 1, kernel height, kernel width), as PyTorch's "
                    "Conv2d with groups = channels; Keras' DepthwiseConv2D has kernel height, kernel width, channels, "
                    "depth_multiplier; and bias (channels * depth_multiplier).\n"
                    "Keras pads 'valid' unless told otherwise, here it is 'same'. A conv2d with kernel = 1 behind it "
                    "makes a separable convolution: separable_conv2d.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = ln_conv2d_shape,
    .declare = ln_conv2d_declare,
    .build = ln_conv2d_build,
    .release = ln_conv2d_release,
    .prepare = ln_conv2d_prepare,
    .forward = ln_conv2d_forward,
    .backward = ln_conv2d_backward,
    .can_fuse = ln_conv2d_can_fuse,
    .ends_in = ln_conv2d_ends_in,
    .range = ln_conv2d_range,
};
