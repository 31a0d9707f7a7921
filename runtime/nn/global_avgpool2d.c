/* global_avgpool2d: the mean of each channel. */
#include <string.h>

#include "nn/activation.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  *out = LN_SHAPE(in[0].d[0], 1, 1);
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->scratch = (int64_t)(1 + sizeof(double) / sizeof(float)) * ln_kernels_ld(b->kernels, b->in[0].d[0]);
  return LN_OK;
}

static void forward(const LnPass *pass) {
  LnMap x = pass->x[0];
  double *sums = (double *)(void *)pass->scratch;
  float *zeros = (float *)(void *)(sums + x.ld);
  memset(pass->scratch, 0, (size_t)x.ld * (sizeof *sums + sizeof *zeros));
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->moments(sums, NULL, x.data + r * x.row, x.w, x.ld, x.c, zeros);
  for (int c = 0; c < x.c; c++) pass->y.data[c] = (float)(sums[c] / ((double)x.h * x.w));
}

static void backward(const LnPass *pass) {
  LnMap dx = pass->dx[0];
  if (dx.data == NULL) return;
  float share = (float)(1 / ((double)dx.h * dx.w));
  ln_map_zero(dx);
  for (int64_t r = 0; r < dx.h; r++)
    for (int64_t p = 0; p < dx.w; p++)
      pass->kernels->add_scaled(dx.data + r * dx.row + p * dx.ld, pass->dy.data, share, dx.c);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(18, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 6, 4)}},
    {0}};

const LnLayerType ln_nn_global_avgpool2d = {
    .type = {.kind = "nn",
             .name = "global_avgpool2d",
             .doc = "The mean of each channel over all pixels, for images of any size.\n"
                    "From C x H x W to C x 1 x 1, as PyTorch's AdaptiveAvgPool2d(1) and Keras's "
                    "GlobalAveragePooling2D with "
                    "keepdims; nn.flatten{} makes a vector of it.",
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
