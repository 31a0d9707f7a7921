/* layer_norm: every sample normalised by itself, over the channels of each pixel, or over all its numbers.
 *
 *   h = (x - mean) s,  s = 1 / sqrt(variance + eps),  y = weight h + bias
 *   dx = s (g - mean(g) - h mean(g h)),  g = weight dy
 *
 * The variance is of n values, not n - 1. Source: Ba, Kiros, Hinton, "Layer Normalization", arXiv 1607.06450, 2016. */
#include <math.h>
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  int over;
  double eps;
  bool affine;
} Options;

enum { CHANNELS, ALL };
static const char *const ways[] = {"channels", "all", NULL};

static const LnParam params[] = {
    {.name = "over", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, over), .def = CHANNELS,
     .help = "what has mean 0 and variance 1: the channels of each pixel, or all numbers of a sample", .choices = ways,
     .flags = LN_POSITIONAL},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, eps), .def = 1e-5, .min = 0, .max = 1,
     .help = "added to the variance, squared units of the input", .flags = LN_ABOVE_MIN},
    {.name = "affine", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, affine), .def = 1,
     .help = "learn a factor and a term for each channel, or for each number"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  int64_t values = ((const Options *)options)->over == CHANNELS ? in[0].d[0] : ln_shape_count(in[0]);
  (void)n_inputs;
  if (values == 1)
    return ln_fail(err, LN_ESHAPE, "expected more than 1 value to normalise, got %s: every value would become the bias",
                   LN_SHAPE_TEXT(in[0]));
  *out = in[0];
  return LN_OK;
}

static bool by_pixel(const void *options, int dims) {
  return ((const Options *)options)->over == CHANNELS && dims == 3;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  LnDecl decl = {.name = "weight", .shape = LN_SHAPE(in[0].d[0]), .init = LN_INIT_ONES};
  if (((const Options *)options)->over == ALL && in[0].n == 3) {
    decl.shape = LN_SHAPE(in[0].d[1], in[0].d[2], in[0].d[0]);
    decl.axes[0] = 2, decl.axes[1] = 0, decl.axes[2] = 1;
  }
  tensors[0] = tensors[1] = decl;
  tensors[1].name = "bias", tensors[1].init = LN_INIT_ZEROS;
  *macs = (double)ln_shape_count(out);
  return ((const Options *)options)->affine ? 2 : 0;
}

/* What `all` keeps for backward. */
typedef struct Statistics {
  double mean, s;
} Statistics;

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t ld = ln_kernels_ld(b->kernels, b->in[0].d[0]), width = b->in[0].n == 3 ? b->in[0].d[2] : 1;
  (void)err;
  needs->row_unit = by_pixel(b->options, b->in[0].n) ? 1 : 0;
  needs->needs_x = true;
  needs->needs_y = b->fusion->activation.code != LN_ACT_linear;
  needs->saved = sizeof(Statistics);
  needs->scratch = 7 * ld + width * ld; /* Work */
  return LN_OK;
}

typedef struct Work {
  double *sums, *products;  /* by channel */
  float *a, *b, *c;         /* likewise */
  float *row;
} Work;

static Work work_of(const LnPass *pass) {
  int64_t ld = pass->x[0].ld;
  double *sums = (double *)(void *)pass->scratch;
  float *a = (float *)(void *)(sums + 2 * ld);
  memset(pass->scratch, 0, (size_t)(7 * ld) * sizeof *a);
  return (Work){.sums = sums, .products = sums + ld, .a = a, .b = a + ld, .c = a + 2 * ld, .row = a + 3 * ld};
}

static bool is_affine(const LnPass *pass) {
  return ((const Options *)pass->options)->affine;
}

static void fill(float *numbers, int n, double value) {
  for (int c = 0; c < n; c++) numbers[c] = (float)value;
}

/* ---- Over the channels of a pixel ---- */

static void forward_pixels(const LnPass *pass, LnActivation activation) {
  const Options *o = pass->options;
  LnMap x = pass->x[0], y = pass->y;
  Work w = work_of(pass);
  fill(w.a, x.c, 1);
  if (o->affine) memcpy(w.a, pass->tensors[0], (size_t)x.c * sizeof(float));
  if (o->affine) memcpy(w.b, pass->tensors[1], (size_t)x.c * sizeof(float));
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    float *row = y.data + r * y.row;
    pass->kernels->normalise_pixels(row, x.data + r * x.row, x.w, x.ld, x.c, (float)o->eps);
    pass->kernels->scale_shift(row, row, x.w, x.ld, x.c, w.a, w.b, activation);
  }
}

static void backward_pixels(const LnPass *pass) {
  const Options *o = pass->options;
  LnMap x = pass->x[0], dy = pass->dy, dx = pass->dx[0];
  Work w = work_of(pass);
  if (o->affine) memcpy(w.a, pass->tensors[0], (size_t)x.c * sizeof(float));
  for (int64_t r = 0; r < x.h; r++) {
    float *g = dy.data + r * dy.row;
    const float *row = x.data + r * x.row;
    if (o->affine) {
      pass->kernels->normalise_pixels(w.row, row, x.w, x.ld, x.c, (float)o->eps);
      pass->kernels->products(w.sums, w.products, g, w.row, x.w, x.ld, x.c, w.b);
      pass->kernels->scale_shift(g, g, x.w, x.ld, x.c, w.a, w.b, (LnActivation){0});
    }
    if (dx.data != NULL)
      pass->kernels->normalise_pixels_grad(dx.data + r * dx.row, g, row, x.w, x.ld, x.c, (float)o->eps);
  }
  for (int c = 0; o->affine && c < x.c; c++) {
    pass->grads[0][c] += (float)w.products[c];
    pass->grads[1][c] += (float)w.sums[c];
  }
}

/* ---- Over all numbers ---- */

static double sum_of(const double *sums, int n) {
  double sum = 0;
  for (int c = 0; c < n; c++) sum += sums[c];
  return sum;
}

/* The mean first, then squares of what is apart from it: values far from zero lose no digits. */
static Statistics statistics_of(const LnPass *pass, const Work *w) {
  LnMap x = pass->x[0];
  double n = (double)x.c * x.h * x.w;
  Statistics of = {0};
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->moments(w->sums, NULL, x.data + r * x.row, x.w, x.ld, x.c, w->a);
  of.mean = sum_of(w->sums, x.c) / n;
  fill(w->a, x.c, of.mean);
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->moments(NULL, w->products, x.data + r * x.row, x.w, x.ld, x.c, w->a);
  of.s = 1 / sqrt(sum_of(w->products, x.c) / n + ((const Options *)pass->options)->eps);
  return of;
}

/* The numbers of row r of a tensor that is as large as x. Its rows have no lanes beside the channels. */
static float *tensor_row(const LnPass *pass, float *tensor, int64_t r) {
  return tensor + r * pass->x[0].w * pass->x[0].c;
}

/* to = a op b over a row of which `tight` has no lanes beside the channels. */
static void combine(const LnPass *pass, float *row, const float *tight, LnBinary op) {
  LnMap x = pass->x[0];
  int64_t pieces = x.ld == x.c ? 1 : x.w, size = x.ld == x.c ? x.w * x.c : x.c;
  for (int64_t k = 0; k < pieces; k++)
    pass->kernels->binary(row + k * x.ld, row + k * x.ld, false, tight + k * size, false, size, op);
}

static void add_tight(const LnPass *pass, float *tight, const float *row) {
  LnMap x = pass->x[0];
  int64_t pieces = x.ld == x.c ? 1 : x.w, size = x.ld == x.c ? x.w * x.c : x.c;
  for (int64_t k = 0; k < pieces; k++) pass->kernels->add(tight + k * size, row + k * x.ld, size);
}

static void forward_all(const LnPass *pass, LnActivation activation) {
  LnMap x = pass->x[0], y = pass->y;
  Work w = work_of(pass);
  Statistics of = statistics_of(pass, &w);
  memcpy(pass->saved, &of, sizeof of);
  fill(w.a, x.c, of.s), fill(w.b, x.c, -of.mean * of.s);
  for (int64_t r = 0; r < y.h; r++) {
    float *row = y.data + r * y.row;
    pass->kernels->scale_shift(row, x.data + r * x.row, x.w, x.ld, x.c, w.a, w.b, (LnActivation){0});
    if (is_affine(pass)) {
      combine(pass, row, tensor_row(pass, pass->tensors[0], r), LN_MUL);
      combine(pass, row, tensor_row(pass, pass->tensors[1], r), LN_ADD);
    }
    pass->kernels->activate(row, y.w * y.ld, activation);
  }
}

/* Gradients of weight and bias; dy becomes g. */
static void backward_affine(const LnPass *pass, const Work *w, Statistics of) {
  LnMap x = pass->x[0], dy = pass->dy;
  fill(w->a, x.c, of.s), fill(w->b, x.c, -of.mean * of.s);
  for (int64_t r = 0; r < x.h; r++) {
    float *g = dy.data + r * dy.row;
    pass->kernels->scale_shift(w->row, x.data + r * x.row, x.w, x.ld, x.c, w->a, w->b, (LnActivation){0});
    pass->kernels->binary(w->row, w->row, false, g, false, x.w * x.ld, LN_MUL);
    add_tight(pass, tensor_row(pass, pass->grads[0], r), w->row);
    add_tight(pass, tensor_row(pass, pass->grads[1], r), g);
    combine(pass, g, tensor_row(pass, pass->tensors[0], r), LN_MUL);
  }
}

/* dx = s g + slope x + shift. */
static void backward_all(const LnPass *pass) {
  LnMap x = pass->x[0], dy = pass->dy, dx = pass->dx[0];
  Work w = work_of(pass);
  Statistics of;
  memcpy(&of, pass->saved, sizeof of);
  double n = (double)x.c * x.h * x.w;
  if (is_affine(pass)) backward_affine(pass, &w, of);
  if (dx.data == NULL) return;
  fill(w.c, x.c, of.mean);
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->products(w.sums, w.products, dy.data + r * dy.row, x.data + r * x.row, x.w, x.ld, x.c, w.c);
  double slope = -of.s * of.s * of.s * sum_of(w.products, x.c) / n;
  fill(w.a, x.c, of.s), fill(w.b, x.c, slope), fill(w.c, x.c, -of.s * sum_of(w.sums, x.c) / n - slope * of.mean);
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->mix(dx.data + r * dx.row, dy.data + r * dy.row, x.data + r * x.row, x.w, x.ld, x.c, w.a, w.b, w.c);
}

/* ---- The layer ---- */

static bool over_channels(const LnPass *pass) {
  return ((const Options *)pass->options)->over == CHANNELS;
}

static void forward(const LnPass *pass) {
  LnActivation activation = pass->fusion->activation;
  if (pass->logits) activation = (LnActivation){0};
  (over_channels(pass) ? forward_pixels : forward_all)(pass, activation);
}

static void backward(const LnPass *pass) {
  if (!pass->logits) ln_map_activate_grad(pass->kernels, pass->dy, pass->y, pass->fusion->activation);
  (over_channels(pass) ? backward_pixels : backward_all)(pass);
}

static bool can_fuse(const void *options, const LnFusion *f) {
  (void)options;
  return ln_fusion_only_activates(f);
}

static LnActivation ends_in(const void *options, const LnFusion *fusion) {
  (void)options;
  return fusion->activation;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"eps\": 0.01}", .inputs = {LN_SHAPE(3, 5, 4)}},
    {.options = "{\"affine\": false}", .inputs = {LN_SHAPE(33)}},
    {.options = "{\"over\": \"all\"}", .inputs = {LN_SHAPE(6, 4, 5)}},
    {.options = "{\"over\": \"all\", \"affine\": false}", .inputs = {LN_SHAPE(2, 4, 5)}},
    {0}};

const LnLayerType ln_nn_layer_norm = {
    .type = {.kind = "nn",
             .name = "layer_norm",
             .doc = "Layer normalisation: y = weight (x - mean) / sqrt(variance + eps) + bias, sample by sample.\n"
                    "over = \"channels\": mean and variance of the channels of each pixel (or of all features), "
                    "weight and "
                    "bias (C): Keras's LayerNormalization of channels_last, but for its eps of 1e-3, and ConvNeXt's.\n"
                    "over = \"all\": of all numbers of a sample, weight and bias (C, H, W): PyTorch's LayerNorm([C, "
                    "H, W]); "
                    "such a network is for images of one size. Training and prediction are the same. Shape: "
                    "unchanged.\n"
                    "Source: Ba, Kiros, Hinton, arXiv 1607.06450, 2016.",
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
    .can_fuse = can_fuse,
    .ends_in = ends_in,
};
