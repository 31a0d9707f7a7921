/* global_maxpool2d: the largest value of each channel. */
#include <math.h>

#include "nn/activation.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  *out = LN_SHAPE(in[0].d[0], 1, 1);
  return LN_OK;
}

/* Saved: of each channel, the row and column of its largest value. */
typedef struct Place {
  int32_t row, column;
} Place;

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->saved = b->in[0].d[0] * (int64_t)sizeof(Place);
  needs->scratch = 2 * ln_kernels_ld(b->kernels, b->in[0].d[0]);
  return LN_OK;
}

/* The largest of a row, then of rows; the first of equals, and NaN before all. */
static void forward(const LnPass *pass) {
  LnMap x = pass->x[0];
  float *best = pass->scratch, *columns = best + x.ld, *y = pass->y.data;
  Place *places = pass->saved;
  for (int64_t r = 0; r < x.h; r++) {
    for (int c = 0; c < x.c; c++) best[c] = -INFINITY, columns[c] = 0.0f;
    pass->kernels->extreme_columns(LN_GREATEST, best, columns, x.data + r * x.row, x.w, x.ld, x.c, 0);
    for (int c = 0; c < x.c; c++) {
      if (r > 0 && !(best[c] > y[c]) && !(isnan(best[c]) && !isnan(y[c]))) continue;
      y[c] = best[c];
      places[c] = (Place){(int32_t)r, (int32_t)columns[c]};
    }
  }
}

static void backward(const LnPass *pass) {
  LnMap dx = pass->dx[0];
  const Place *places = pass->saved;
  if (dx.data == NULL) return;
  ln_map_zero(dx);
  for (int c = 0; c < dx.c; c++)
    dx.data[places[c].row * dx.row + places[c].column * dx.ld + c] = pass->dy.data[c];
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(18, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(3, 6, 4)}},
    {0}};

const LnLayerType ln_nn_global_maxpool2d = {
    .type = {.kind = "nn",
             .name = "global_maxpool2d",
             .doc = "The largest value of each channel over all pixels, for images of any size.\n"
                    "From C x H x W to C x 1 x 1, as PyTorch's AdaptiveMaxPool2d(1) and Keras's GlobalMaxPooling2D "
                    "with "
                    "keepdims; the gradient goes to the first largest value.",
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
