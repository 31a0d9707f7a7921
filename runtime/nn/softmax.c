/* softmax: numbers above 0 that add up to 1 along one dimension.
 *
 *   y_i = exp(x_i - m) / sum_j exp(x_j - m), m the largest x_j;   dx_i = y_i (dy_i - sum_j dy_j y_j)
 *
 * Channels lie together, so along them it goes pixel by pixel; along rows or columns all lines that lie beside each
 * other are taken at once. */
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  int64_t dim;
} Options;

enum { CHANNELS = 1, ROWS, COLUMNS };

static const LnParam params[] = {
    {.name = "dim", .kind = LN_PARAM_INT, .offset = offsetof(Options, dim), .def = CHANNELS, .min = 1, .max = 3,
     .help = "dimension of a sample that adds up to 1: of C,H,W the channels (1), down (2), across (3)",
     .flags = LN_POSITIONAL},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  (void)n_inputs;
  if (o->dim > in[0].n)
    return ln_fail(err, LN_ESHAPE, "there is no dimension %d in samples of shape %s; option 'dim' is at most %d",
                   (int)o->dim, LN_SHAPE_TEXT(in[0]), in[0].n);
  *out = in[0];
  return LN_OK;
}

static int64_t dim_of(const void *options) {
  return ((const Options *)options)->dim;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t dim = dim_of(b->options), ld = ln_kernels_ld(b->kernels, b->in[0].d[0]);
  int64_t beside = dim == CHANNELS ? 0 : dim == COLUMNS ? ld : b->in[0].d[2] * ld;
  (void)err;
  needs->row_unit = dim == ROWS ? 0 : 1;
  needs->needs_y = true;
  needs->scratch = beside * (int64_t)(1 + sizeof(double) / sizeof(float));
  return LN_OK;
}

/* ---- One line of n numbers that lie together ---- */

static void normalise(const LnKernels *kernels, float *y, const float *x, int64_t n) {
  float most = kernels->extreme_row(LN_GREATEST, x, n);
  kernels->binary(y, x, false, &most, true, n, LN_SUB);
  kernels->unary(y, y, n, LN_EXP);
  float share = (float)(1 / kernels->reduce_row(LN_TERM_VALUE, y, n, 0));
  kernels->binary(y, y, false, &share, true, n, LN_MUL);
}

static void normalise_grad(const LnKernels *kernels, float *dx, const float *dy, const float *y, int64_t n) {
  kernels->binary(dx, dy, false, y, false, n, LN_MUL);
  float mean = (float)kernels->reduce_row(LN_TERM_VALUE, dx, n, 0);
  kernels->binary(dx, dy, false, &mean, true, n, LN_SUB);
  kernels->binary(dx, dx, false, y, false, n, LN_MUL);
}

/* ---- Lines side by side: `beside` of them, `length` numbers each, `step` floats apart (which maps may differ in) ----
 * */

typedef struct Lines {
  int64_t length, beside;
  double *sums; /* of each */
  float *numbers;
} Lines;

static Lines lines_of(const LnPass *pass, LnMap map) {
  Lines lines = {.length = map.w, .beside = map.ld};
  if (dim_of(pass->options) == ROWS) lines = (Lines){.length = map.h, .beside = map.w * map.ld};
  lines.sums = (double *)(void *)pass->scratch;
  lines.numbers = (float *)(void *)(lines.sums + lines.beside);
  return lines;
}

static void add_up(const LnKernels *kernels, const Lines *l, const float *x, int64_t step) {
  memset(l->sums, 0, (size_t)l->beside * sizeof *l->sums);
  kernels->reduce_columns(LN_TERM_VALUE, l->sums, x, l->length, step, l->beside, NULL);
}

static void normalise_lines(const LnKernels *kernels, const Lines *l, float *y, int64_t y_step, const float *x,
                            int64_t x_step) {
  memcpy(l->numbers, x, (size_t)l->beside * sizeof *x);
  kernels->extreme_columns(LN_GREATEST, l->numbers, NULL, x, l->length, x_step, l->beside, 0);
  for (int64_t k = 0; k < l->length; k++) {
    kernels->binary(y + k * y_step, x + k * x_step, false, l->numbers, false, l->beside, LN_SUB);
    kernels->unary(y + k * y_step, y + k * y_step, l->beside, LN_EXP);
  }
  add_up(kernels, l, y, y_step);
  for (int64_t j = 0; j < l->beside; j++) l->numbers[j] = (float)(1 / l->sums[j]);
  for (int64_t k = 0; k < l->length; k++)
    kernels->binary(y + k * y_step, y + k * y_step, false, l->numbers, false, l->beside, LN_MUL);
}

static void normalise_lines_grad(const LnKernels *kernels, const Lines *l, float *dx, int64_t dx_step, const float *dy,
                                 int64_t dy_step, const float *y, int64_t y_step) {
  for (int64_t k = 0; k < l->length; k++)
    kernels->binary(dx + k * dx_step, dy + k * dy_step, false, y + k * y_step, false, l->beside, LN_MUL);
  add_up(kernels, l, dx, dx_step);
  for (int64_t j = 0; j < l->beside; j++) l->numbers[j] = (float)l->sums[j];
  for (int64_t k = 0; k < l->length; k++) {
    float *row = dx + k * dx_step;
    kernels->binary(row, dy + k * dy_step, false, l->numbers, false, l->beside, LN_SUB);
    kernels->binary(row, row, false, y + k * y_step, false, l->beside, LN_MUL);
  }
}

/* ---- The layer ---- */

static void forward(const LnPass *pass) {
  const LnMap x = pass->x[0], y = pass->y;
  int64_t dim = dim_of(pass->options);
  Lines lines = lines_of(pass, x);
  if (dim == ROWS) {
    normalise_lines(pass->kernels, &lines, y.data, y.row, x.data, x.row);
    return;
  }
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    float *to = y.data + r * y.row;
    const float *from = x.data + r * x.row;
    if (dim == COLUMNS && x.ld > 1) normalise_lines(pass->kernels, &lines, to, y.ld, from, x.ld);
    if (dim == COLUMNS && x.ld == 1) normalise(pass->kernels, to, from, x.w);
    for (int64_t p = 0; dim == CHANNELS && p < x.w; p++)
      normalise(pass->kernels, to + p * y.ld, from + p * x.ld, x.c);
  }
}

static void backward(const LnPass *pass) {
  const LnMap y = pass->y, dy = pass->dy, dx = pass->dx[0];
  int64_t dim = dim_of(pass->options);
  Lines lines = lines_of(pass, y);
  if (dx.data == NULL) return;
  if (dim == ROWS) {
    normalise_lines_grad(pass->kernels, &lines, dx.data, dx.row, dy.data, dy.row, y.data, y.row);
    return;
  }
  for (int64_t r = 0; r < y.h; r++) {
    float *to = dx.data + r * dx.row;
    const float *from = dy.data + r * dy.row, *of = y.data + r * y.row;
    if (dim == COLUMNS && y.ld > 1) normalise_lines_grad(pass->kernels, &lines, to, dx.ld, from, dy.ld, of, y.ld);
    if (dim == COLUMNS && y.ld == 1) normalise_grad(pass->kernels, to, from, of, y.w);
    for (int64_t p = 0; dim == CHANNELS && p < y.w; p++)
      normalise_grad(pass->kernels, to + p * dx.ld, from + p * dy.ld, of + p * y.ld, y.c);
  }
}

static LnRange range(const void *options) {
  (void)options;
  return (LnRange){0, 1};
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{}", .inputs = {LN_SHAPE(9)}},
    {.options = "{\"dim\": 2}", .inputs = {LN_SHAPE(3, 5, 4)}},
    {.options = "{\"dim\": 3}", .inputs = {LN_SHAPE(6, 3, 7)}},
    {.options = "{\"dim\": 3}", .inputs = {LN_SHAPE(1, 4, 5)}},
    {0}};

const LnLayerType ln_nn_softmax = {
    .type = {.kind = "nn",
             .name = "softmax",
             .doc = "y = exp(x) / the sum of exp(x) along a dimension: numbers from 0 to 1 that add up to 1.\n"
                    "By default over the channels of each pixel, or over features (PyTorch's Softmax(dim=1); Keras's "
                    "axis = "
                    "-1 of channels_last). dim = 3 makes the rows of attention's matrices. It is a layer and no word "
                    "for the option activation, which is for functions of one number: nn.conv2d{ 4 }, nn.softmax{}.\n"
                    "Shape: unchanged.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
    .range = range,
};
