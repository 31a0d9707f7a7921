/* sub: the difference of two inputs. How a network that predicts the noise takes it away. */
#include "nn/activation.h"
#include "nn/broadcast.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options;
  return ln_broadcast_shape(out, in, n_inputs, true, err);
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  ln_broadcast_needs(needs, b, 2);
  return LN_OK;
}

static void forward(const LnPass *pass) {
  LnMap y = pass->y;
  int64_t size = ln_broadcast_row_size(y);
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    const float *a = ln_broadcast_row(pass->x[0], y, r, pass->scratch);
    const float *b = ln_broadcast_row(pass->x[1], y, r, pass->scratch + size);
    pass->kernels->binary(y.data + r * y.row, a, false, b, false, size, LN_SUB);
  }
}

/* The second input's gradient last: dy is turned around in place. */
static void backward(const LnPass *pass) {
  LnMap dy = pass->dy;
  for (int i = 0; i < 2; i++) {
    if (pass->dx[i].data == NULL) continue;
    ln_map_zero(pass->dx[i]);
    for (int64_t r = 0; r < dy.h; r++) {
      float *row = dy.data + r * dy.row;
      if (i == 1) pass->kernels->unary(row, row, ln_broadcast_row_size(dy), LN_NEG);
      ln_broadcast_add_row(pass->kernels, pass->dx[i], dy, r, row);
    }
  }
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5), LN_SHAPE(3, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(9), LN_SHAPE(9)}},
    {.options = "{}", .inputs = {LN_SHAPE(6, 4, 5), LN_SHAPE(6, 1, 1)}},
    {0}};

const LnLayerType ln_nn_sub = {
    .type = {.kind = "nn",
             .name = "sub",
             .doc = "y = x1 - x2, element by element; also written a - b.\n"
                    "Both inputs have the same shape, or one row or column where they differ: C x 1 x 1 beside "
                    "C x H x W counts for every pixel.",
             .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                        "local a, b = ln.nn.conv2d{ 4 }(x), ln.nn.conv2d{ 4, kernel = 5 }(x)\n"
                        "local net = ln.nn.model{ inputs = x, outputs = ln.nn.sub{}(a, b) }\n"
                        "net:summary()",
             .cases = cases},
    .min_inputs = 2,
    .max_inputs = 2,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
