/* sigmoid: y = 1 / (1 + exp(-x)), element by element. */
#include "nn/activation.h"

static void forward(const LnPass *pass) {
  ln_activation_forward(pass, LN_ACT_SIGMOID, 0.0f);
}

static void backward(const LnPass *pass) {
  ln_activation_backward(pass, LN_ACT_SIGMOID, 0.0f);
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  (void)options;
  return ln_activation_fuse_into(fusion, LN_ACT_SIGMOID, 0.0f);
}

static LnActivation ends_in(const void *options, const LnFusion *fusion) {
  (void)options, (void)fusion;
  return LN_ACT_SIGMOID;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 4)}},
    {.options = "{}", .inputs = {LN_SHAPE(17)}},
    {0}};

const LnLayerType ln_nn_sigmoid = {
    .type = {.kind = "nn",
             .name = "sigmoid",
             .doc = "y = 1 / (1 + exp(-x)), element by element.\nValues in (0, 1); as the last layer with the bce "
                    "loss, loss and sigmoid are computed together. Shape: unchanged.",
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = ln_activation_shape,
    .build = ln_activation_build,
    .forward = forward,
    .backward = backward,
    .fuse_into = fuse_into,
    .ends_in = ends_in,
};
