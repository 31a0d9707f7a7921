/* concat: the channels of all inputs, one after the other. How U-Net's skips come together. */
#include "nn/activation.h"

#include <string.h>

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options;
  *out = in[0];
  for (int i = 1; i < n_inputs; i++) {
    bool fits = in[i].n == in[0].n;
    for (int d = 1; fits && d < in[0].n; d++) fits = in[i].d[d] == in[0].d[d];
    if (!fits)
      return ln_fail(err, LN_ESHAPE,
                     "inputs may differ in channels only; input 1 is %s, input %d is %s. If they are to be equal: a "
                     "pooling drops what its stride does not divide, so the image's sides should be multiples of all "
                     "strides together",
                     LN_SHAPE_TEXT(in[0]), i + 1, LN_SHAPE_TEXT(in[i]));
    out->d[0] += in[i].d[0];
  }
  return LN_OK;
}

/* Copies the c channels of every pixel between maps of different depth. One channel is copied without a call. */
static void copy_channels(LnMap to, int64_t to_channel, LnMap from, int64_t from_channel, int64_t c) {
  for (int64_t r = 0; r < from.h; r++) {
    float *y = to.data + r * to.row + to_channel;
    const float *x = from.data + r * from.row + from_channel;
    for (int64_t p = 0; c == 1 && p < from.w; p++) y[p * to.ld] = x[p * from.ld];
    for (int64_t p = 0; c > 1 && p < from.w; p++)
      memcpy(y + p * to.ld, x + p * from.ld, (size_t)c * sizeof(float));
  }
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)b, (void)err;
  needs->row_unit = 1;
  return LN_OK;
}

static void forward(const LnPass *pass) {
  int64_t channel = 0;
  LnMap y = ln_map_rows(pass->y, pass->first, pass->count);
  for (int i = 0; i < pass->n_inputs; i++) {
    copy_channels(y, channel, ln_map_rows(pass->x[i], pass->first, pass->count), 0, pass->x[i].c);
    channel += pass->x[i].c;
  }
}

static void backward(const LnPass *pass) {
  int64_t channel = 0;
  for (int i = 0; i < pass->n_inputs; i++) {
    if (pass->dx[i].data != NULL) copy_channels(pass->dx[i], 0, pass->dy, channel, pass->x[i].c);
    channel += pass->x[i].c;
  }
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5), LN_SHAPE(18, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(1, 3, 2), LN_SHAPE(2, 3, 2)}},
    {.options = "{}", .inputs = {LN_SHAPE(5), LN_SHAPE(4)}},
    {0}};

const LnLayerType ln_nn_concat = {
    .type =
        {.kind = "nn",
         .name = "concat",
         .doc =
             "The channels of all inputs, one after the other.\nFrom C1 x H x W, C2 x H x W, ... to C1+C2+... x H x W. "
             "Between a nearest upsample2d and a conv2d of stride 1 with more than 4 filters, which alone reads it,\n"
             "it costs nothing: they are computed together.",
         .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                    "local a, b = ln.nn.conv2d{ 4 }(x), ln.nn.conv2d{ 4, kernel = 5 }(x)\n"
                    "local net = ln.nn.model{ inputs = x, outputs = ln.nn.concat{}(a, b) }\n"
                    "net:summary()",
         .cases = cases},
    .min_inputs = 2,
    .max_inputs = LN_MAX_INPUTS,
    .concatenates = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
