/* leaky_relu: y = x above zero, slope * x below. Source: Maas, Hannun, Ng, ICML 2013. */
#include "nn/activation.h"

typedef struct Options {
  double slope;
} Options;

static const LnParam params[] = {
    {.name = "slope", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, slope), .def = LN_LEAKY_SLOPE, .min = 0,
     .max = 1, .help = "factor below zero", .flags = LN_POSITIONAL},
    {0}};

static float slope_of(const void *options) {
  return (float)((const Options *)options)->slope;
}

static void forward(const LnPass *pass) {
  ln_activation_forward(pass, LN_ACT_LEAKY_RELU, slope_of(pass->options));
}

static void backward(const LnPass *pass) {
  ln_activation_backward(pass, LN_ACT_LEAKY_RELU, slope_of(pass->options));
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  return ln_activation_fuse_into(fusion, LN_ACT_LEAKY_RELU, slope_of(options));
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 4)}, .kinks = LN_KINKS(0)},
    {.options = "{\"slope\": 0.2}", .inputs = {LN_SHAPE(17)}, .kinks = LN_KINKS(0)},
    {0}};

const LnLayerType ln_nn_leaky_relu = {
    .type = {.kind = "nn",
             .name = "leaky_relu",
             .doc = "y = x where x > 0, slope * x elsewhere.\nShape: unchanged. Source: Maas, Hannun, Ng, ICML 2013.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = ln_activation_shape,
    .build = ln_activation_build,
    .forward = forward,
    .backward = backward,
    .fuse_into = fuse_into,
};
