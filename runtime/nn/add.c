/* add: the sum of its inputs. How skips and residuals come together. */
#include <string.h>

#include "nn/activation.h"
#include "nn/broadcast.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options;
  return ln_broadcast_shape(out, in, n_inputs, true, err);
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  ln_broadcast_needs(needs, b, 1);
  return LN_OK;
}

static void forward(const LnPass *pass) {
  LnMap y = pass->y;
  int64_t size = ln_broadcast_row_size(y);
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    float *row = y.data + r * y.row;
    memcpy(row, ln_broadcast_row(pass->x[0], y, r, pass->scratch), (size_t)size * sizeof *row);
    for (int i = 1; i < pass->n_inputs; i++)
      pass->kernels->add(row, ln_broadcast_row(pass->x[i], y, r, pass->scratch), size);
  }
}

static void backward(const LnPass *pass) {
  LnMap dy = pass->dy;
  for (int i = 0; i < pass->n_inputs; i++) {
    LnMap dx = pass->dx[i];
    if (dx.data == NULL) continue;
    if (dx.c == dy.c && dx.h == dy.h && dx.w == dy.w) {
      ln_map_copy(dx, dy);
      continue;
    }
    ln_map_zero(dx);
    for (int64_t r = 0; r < dy.h; r++) ln_broadcast_add_row(pass->kernels, dx, dy, r, dy.data + r * dy.row);
  }
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5), LN_SHAPE(3, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(9), LN_SHAPE(9)}},
    {.options = "{}", .inputs = {LN_SHAPE(6, 4, 5), LN_SHAPE(6, 4, 1)}},
    {0}};

const LnLayerType ln_nn_add = {
    .type = {.kind = "nn",
             .name = "add",
             .doc = "y = x1 + x2 + ..., element by element; also written a + b.\n"
                    "All inputs have the same shape, or one row or column where they differ: C x 1 x 1 beside "
                    "C x H x W counts for every pixel.",
             .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                        "local a, b = ln.nn.conv2d{ 4 }(x), ln.nn.conv2d{ 4, kernel = 5 }(x)\n"
                        "local net = ln.nn.model{ inputs = x, outputs = ln.nn.add{}(a, b) }\n"
                        "net:summary()",
             .cases = cases},
    .min_inputs = 2,
    .max_inputs = LN_MAX_INPUTS,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
