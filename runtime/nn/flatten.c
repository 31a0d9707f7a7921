/* flatten: an image as a vector, channel by channel, row by row (as PyTorch and Keras' channels-first order it). */
#include "nn/activation.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = LN_SHAPE(ln_shape_count(in[0]));
  return LN_OK;
}

/* Both directions visit the same pairs of places. */
static void forward(const LnPass *pass) {
  const LnMap *x = &pass->x[0];
  float *y = pass->y.data;
  for (int64_t c = 0; c < x->c; c++)
    for (int64_t r = 0; r < x->h; r++)
      for (int64_t p = 0; p < x->w; p++) *y++ = x->data[r * x->row + p * x->ld + c];
}

static void backward(const LnPass *pass) {
  const LnMap *dx = &pass->dx[0];
  const float *dy = pass->dy.data;
  if (dx->data == NULL) return;
  for (int64_t c = 0; c < dx->c; c++)
    for (int64_t r = 0; r < dx->h; r++)
      for (int64_t p = 0; p < dx->w; p++) dx->data[r * dx->row + p * dx->ld + c] = *dy++;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(6, 2, 3)}},
    {.options = "{}", .inputs = {LN_SHAPE(7)}},
    {0}};

const LnLayerType ln_nn_flatten = {
    .type = {.kind = "nn",
             .name = "flatten",
             .doc = "An image as one vector, channel by channel, row by row.\n"
                    "From C x H x W to C*H*W features. The order is PyTorch's; Keras's Flatten of channels_last goes "
                    "pixel by pixel, so a dense layer behind it has its weights in another order.",
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .forward = forward,
    .backward = backward,
};
