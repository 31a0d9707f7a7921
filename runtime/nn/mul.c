/* mul: the product of its inputs, number by number. How gates, of channels (squeeze and excitation) or of pixels
 * (attention), act on an image. */
#include <string.h>

#include "nn/activation.h"
#include "nn/broadcast.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options;
  return ln_broadcast_shape(out, in, n_inputs, false, err);
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  ln_broadcast_needs(needs, b, 2);
  needs->needs_x = true;
  return LN_OK;
}

/* product *= row r of every input but one (-1: of all). */
static void multiply_row(const LnPass *pass, float *product, LnMap y, int64_t r, int without) {
  int64_t size = ln_broadcast_row_size(y);
  for (int i = 0; i < pass->n_inputs; i++)
    if (i != without)
      pass->kernels->binary(product, product, false, ln_broadcast_row(pass->x[i], y, r, pass->scratch), false, size,
                            LN_MUL);
}

static void forward(const LnPass *pass) {
  LnMap y = pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    float *row = y.data + r * y.row;
    memcpy(row, ln_broadcast_row(pass->x[0], y, r, pass->scratch),
           (size_t)ln_broadcast_row_size(y) * sizeof *row);
    multiply_row(pass, row, y, r, 0);
  }
}

static void backward(const LnPass *pass) {
  LnMap dy = pass->dy;
  int64_t size = ln_broadcast_row_size(dy);
  float *product = pass->scratch + size;
  for (int i = 0; i < pass->n_inputs; i++) {
    if (pass->dx[i].data == NULL) continue;
    ln_map_zero(pass->dx[i]);
    for (int64_t r = 0; r < dy.h; r++) {
      memcpy(product, dy.data + r * dy.row, (size_t)size * sizeof *product);
      multiply_row(pass, product, dy, r, i);
      ln_broadcast_add_row(pass->kernels, pass->dx[i], dy, r, product);
    }
  }
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5), LN_SHAPE(3, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(9), LN_SHAPE(9)}},
    {.options = "{}", .inputs = {LN_SHAPE(18, 4, 5), LN_SHAPE(18, 1, 1)}},
    {.options = "{}", .inputs = {LN_SHAPE(1, 4, 5), LN_SHAPE(7, 4, 5)}},
    {0}};

const LnLayerType ln_nn_mul = {
    .type = {.kind = "nn",
             .name = "mul",
             .doc = "y = x1 x2 ..., element by element; also written a * b.\n"
                    "All inputs have the same shape, or size 1 where they differ: C x 1 x 1 beside C x H x W is a "
                    "factor for each channel, as in squeeze and excitation, 1 x H x W one for each pixel.",
             .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                        "local a, b = ln.nn.conv2d{ 4 }(x), ln.nn.conv2d{ 4, kernel = 5 }(x)\n"
                        "local net = ln.nn.model{ inputs = x, outputs = ln.nn.mul{}(a, b) }\n"
                        "net:summary()",
             .cases = cases},
    .min_inputs = 2,
    .max_inputs = LN_MAX_INPUTS,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
