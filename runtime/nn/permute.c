/* permute: the dimensions of an image in another order. */
#include "nn/activation.h"

typedef struct Options {
  LnSizes order;
} Options;

static const LnParam params[] = {
    {.name = "order", .kind = LN_PARAM_SIZES, .offset = offsetof(Options, order), .min = 1, .max = 3,
     .help = "which dimension of the input comes where: { 3, 1, 2 } gives W,C,H", .flags = LN_REQUIRED | LN_POSITIONAL},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  const LnSizes *order = &((const Options *)options)->order;
  bool seen[4] = {false};
  for (int64_t i = 0; i < order->n; i++) seen[order->d[i]] = true;
  if (order->n == 3 && seen[1] && seen[2] && seen[3]) return LN_OK;
  return ln_fail(err, LN_EARG, "permute: option 'order' must name each of the dimensions 1, 2 and 3 once");
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const LnSizes *order = &((const Options *)options)->order;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  *out = in[0];
  for (int i = 0; i < 3; i++) out->d[i] = in[0].d[order->d[i] - 1];
  return LN_OK;
}

/* Floats from one to the next along the dimensions C,H,W of a map. */
static void strides_of(int64_t strides[3], LnMap map) {
  strides[0] = 1, strides[1] = map.row, strides[2] = map.ld;
}

/* Visits the pairs of places of the input and of the output, which has one copied to the other. */
static void copy(const LnPass *pass, LnMap in, LnMap out, bool back) {
  const LnSizes *order = &((const Options *)pass->options)->order;
  int64_t from[3], to[3], step[3];
  strides_of(from, in), strides_of(to, out);
  for (int i = 0; i < 3; i++) step[i] = from[order->d[i] - 1]; /* in the input, along dimensions of the output */
  for (int64_t r = 0; r < out.h; r++)
    for (int64_t p = 0; p < out.w; p++) {
      float *y = out.data + r * to[1] + p * to[2], *x = in.data + r * step[1] + p * step[2];
      for (int64_t c = 0; c < out.c; c++)
        if (back) x[c * step[0]] = y[c];
        else y[c] = x[c * step[0]];
    }
}

static void forward(const LnPass *pass) {
  copy(pass, pass->x[0], pass->y, false);
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data != NULL) copy(pass, pass->dx[0], pass->dy, true);
}

static const LnCase cases[] = {
    {.options = "{\"order\": [3, 1, 2]}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{\"order\": [2, 3, 1]}", .inputs = {LN_SHAPE(18, 3, 2)}},
    {.options = "{\"order\": [1, 3, 2]}", .inputs = {LN_SHAPE(6, 3, 4)}},
    {0}};

const LnLayerType ln_nn_permute = {
    .type = {.kind = "nn",
             .name = "permute",
             .doc = "The dimensions of a sample in another order: nn.permute{ 1, 3, 2 } exchanges rows and columns.\n"
                    "They count from 1, without the batch's, as in Keras's Permute. nn.permute{ 2, 3, 1 } makes H x W "
                    "x C "
                    "of C x H x W.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .forward = forward,
    .backward = backward,
};
