/* prelu: a leaky relu whose slope below zero is trained: one, or one for each channel.
 *
 *   y = x where x > 0, weight * x elsewhere
 *
 * Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015. y = max(x, 0) + weight min(x, 0), channel by
 * channel, which the kernels have. */
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  double init;
  bool channelwise;
} Options;

static const LnParam params[] = {
    {.name = "init", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, init), .def = 0.25, .min = -1e6, .max = 1e6,
     .help = "slope below zero to begin with", .flags = LN_POSITIONAL},
    {.name = "channelwise", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, channelwise), .def = 0,
     .help = "each channel has a slope of its own, else all have one"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  const Options *o = options;
  tensors[0] = (LnDecl){.name = "weight",
                        .shape = LN_SHAPE(o->channelwise ? in[0].d[0] : 1),
                        .init = LN_INIT_VALUE,
                        .value = (float)o->init};
  *macs = (double)ln_shape_count(out);
  return 1;
}

static int64_t row_size(LnMap map) {
  return map.w * map.ld;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t ld = ln_kernels_ld(b->kernels, b->in[0].d[0]), width = b->in[0].n == 3 ? b->in[0].d[2] : 1;
  (void)err;
  needs->row_unit = 1;
  needs->needs_x = true;
  needs->scratch = 7 * ld + 2 * width * ld; /* Work */
  return LN_OK;
}

typedef struct Work {
  double *sums, *products;     /* by channel */
  float *ones, *slopes, *none; /* likewise */
  float *negative, *rest;      /* rows */
} Work;

static Work work_of(const LnPass *pass) {
  const LnMap *x = &pass->x[0];
  int64_t ld = ln_kernels_ld(pass->kernels, x->c);
  double *sums = (double *)(void *)pass->scratch;
  float *ones = (float *)(void *)(sums + 2 * ld), *rows = ones + 3 * ld;
  memset(pass->scratch, 0, (size_t)(7 * ld) * sizeof *ones);
  for (int c = 0; c < x->c; c++) {
    ones[c] = 1.0f;
    ones[ld + c] = pass->tensors[0][((const Options *)pass->options)->channelwise ? c : 0];
  }
  return (Work){.sums = sums,
                .products = sums + ld,
                .ones = ones,
                .slopes = ones + ld,
                .none = ones + 2 * ld,
                .negative = rows,
                .rest = rows + row_size(*x)};
}

static void forward(const LnPass *pass) {
  Work w = work_of(pass);
  LnMap x = pass->x[0], y = pass->y;
  float zero = 0.0f;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    const float *row = x.data + r * x.row;
    pass->kernels->binary(w.negative, row, false, &zero, true, row_size(x), LN_MIN);
    pass->kernels->binary(w.rest, row, false, &zero, true, row_size(x), LN_MAX);
    pass->kernels->mix(y.data + r * y.row, w.rest, w.negative, x.w, x.ld, x.c, w.ones, w.slopes, w.none);
  }
}

/* What of dy comes through the part below zero, and the rest. */
static void divide(const LnPass *pass, const Work *w, const float *dy, const float *x, int64_t n) {
  float zero = 0.0f;
  pass->kernels->binary(w->negative, x, false, &zero, true, n, LN_LE);
  pass->kernels->binary(w->negative, w->negative, false, dy, false, n, LN_MUL);
  pass->kernels->binary(w->rest, dy, false, w->negative, false, n, LN_SUB);
}

static void backward(const LnPass *pass) {
  Work w = work_of(pass);
  LnMap x = pass->x[0], dy = pass->dy, dx = pass->dx[0];
  for (int64_t r = 0; r < x.h; r++) {
    const float *row = x.data + r * x.row;
    divide(pass, &w, dy.data + r * dy.row, row, row_size(x));
    pass->kernels->products(w.sums, w.products, w.negative, row, x.w, x.ld, x.c, w.none);
    if (dx.data != NULL)
      pass->kernels->mix(dx.data + r * dx.row, w.rest, w.negative, x.w, x.ld, x.c, w.ones, w.slopes, w.none);
  }
  for (int c = 0; c < x.c; c++)
    pass->grads[0][((const Options *)pass->options)->channelwise ? c : 0] += (float)w.products[c];
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 4)}, .kinks = LN_KINKS(0)},
    {.options = "{\"init\": 0.1, \"channelwise\": true}", .inputs = {LN_SHAPE(18, 3, 4)}, .kinks = LN_KINKS(0)},
    {.options = "{\"channelwise\": true}", .inputs = {LN_SHAPE(9)}, .kinks = LN_KINKS(0)},
    {0}};

const LnLayerType ln_nn_prelu = {
    .type = {.kind = "nn",
             .name = "prelu",
             .doc = "y = x where x > 0, weight * x elsewhere, with a weight that is trained.\n"
                    "One weight in all, as PyTorch's PReLU(), or with channelwise = true one a channel, PReLU(C) "
                    "(Keras has "
                    "one a pixel and channel). Shape: unchanged. Tensors: weight (1 or channels).\n"
                    "Source: He, Zhang, Ren, Sun, ICCV 2015.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .declare = declare,
    .build = build,
    .forward = forward,
    .backward = backward,
};
