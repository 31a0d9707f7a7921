/* tanh: y = (exp(2x) - 1) / (exp(2x) + 1), element by element. */
#include "nn/activation.h"

static void forward(const LnPass *pass) {
  ln_activation_forward(pass, LN_ACT_TANH, 0.0f);
}

static void backward(const LnPass *pass) {
  ln_activation_backward(pass, LN_ACT_TANH, 0.0f);
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  (void)options;
  return ln_activation_fuse_into(fusion, LN_ACT_TANH, 0.0f);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 4)}},
    {.options = "{}", .inputs = {LN_SHAPE(17)}},
    {0}};

const LnLayerType ln_nn_tanh = {
    .type = {.kind = "nn",
             .name = "tanh",
             .doc = "y = (exp(2x) - 1) / (exp(2x) + 1), element by element.\nValues in (-1, 1). Shape: unchanged.",
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = ln_activation_shape,
    .build = ln_activation_build,
    .forward = forward,
    .backward = backward,
    .fuse_into = fuse_into,
};
