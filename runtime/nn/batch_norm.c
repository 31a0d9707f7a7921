/* batch_norm: every channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted.
 *
 *   training    y = weight (x - mean) / sqrt(var + eps) + bias     mean, var: over all samples and pixels of the batch
 *   prediction  the same with running means and variances, which training gathers:
 *               running = (1 - momentum) running + momentum now   (the variance divided by n - 1)
 *
 * With track_running_stats = false there are none, and prediction is as training: its batch is all that it is given.
 *
 * Source: Ioffe, Szegedy, ICML 2015. It is a layer that looks across the batch: see LnLayerType.batch_stats. */
#include <math.h>

#include "nn/activation.h"

typedef struct Options {
  double momentum, eps;
  bool affine, tracks;
} Options;

enum { MEAN, VARIANCE, RUNNING };           /* its tensors: running statistics, where it has any, */
enum { WEIGHT, BIAS, LEARNT };              /* and behind them what is learnt */

static const LnParam params[] = {
    {.name = "momentum", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, momentum), .def = 0.1, .min = 0, .max = 1,
     .help = "share of the batch at hand in the running mean and variance"},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, eps), .def = 1e-5, .min = 0, .max = 1,
     .help = "added to the variance", .flags = LN_ABOVE_MIN},
    {.name = "affine", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, affine), .def = 1,
     .help = "learn a scale and a shift for each channel"},
    {.name = "track_running_stats", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, tracks), .def = 1,
     .help = "gather running means and variances for prediction; false: it takes those of the images it is given"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  static const LnDecl all[] = {{.name = "running_mean", .role = LN_STATE},
                               {.name = "running_var", .role = LN_STATE, .init = LN_INIT_ONES},
                               {.name = "weight", .role = LN_PARAMETER, .init = LN_INIT_ONES},
                               {.name = "bias", .role = LN_PARAMETER}};
  const Options *o = options;
  int first = o->tracks ? 0 : RUNNING, n = (o->affine ? RUNNING + LEARNT : RUNNING) - first;
  for (int i = 0; i < n; i++) {
    tensors[i] = all[first + i];
    tensors[i].shape = LN_SHAPE(in[0].d[0]);
  }
  *macs = (double)ln_shape_count(out);
  return n;
}

/* What is learnt, or its gradients, among the layer's tensors. */
static float *const *learnt(const Options *o, float *const *tensors) {
  return o->tracks ? tensors + RUNNING : tensors;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->row_unit = 1;
  needs->needs_x = true;
  needs->needs_y = b->fusion->activation.code != LN_ACT_linear;
  needs->batch_sums = 2 * b->in[0].d[0];
  needs->scratch = 3 * ln_kernels_ld(b->kernels, b->in[0].d[0]);
  return LN_OK;
}

static bool sums_in_prediction(const void *options) {
  return !((const Options *)options)->tracks;
}

/* Numbers of a channel in the whole batch. */
static double count_of(const LnPass *pass) {
  return (double)pass->batch_size * pass->x[0].h * pass->x[0].w;
}

/* What a channel is brought to mean 0 and variance 1 with. */
typedef struct Moments {
  double mean, inverse_sd;
} Moments;

static double variance_of(const double *batch, int channels, int c, double n) {
  double mean = batch[c] / n, variance = batch[channels + c] / n - mean * mean;
  return variance > 0 ? variance : 0;
}

static Moments moments_of(const LnPass *pass, int c) {
  const Options *o = pass->options;
  double eps = o->eps;
  if (!pass->training && o->tracks)
    return (Moments){pass->tensors[MEAN][c], 1 / sqrt((double)pass->tensors[VARIANCE][c] + eps)};
  double n = count_of(pass);
  return (Moments){pass->batch[c] / n, 1 / sqrt(variance_of(pass->batch, pass->x[0].c, c, n) + eps)};
}

static double weight_of(const LnPass *pass, int c) {
  const Options *o = pass->options;
  return o->affine ? learnt(o, pass->tensors)[WEIGHT][c] : 1.0;
}

static double bias_of(const LnPass *pass, int c) {
  const Options *o = pass->options;
  return o->affine ? learnt(o, pass->tensors)[BIAS][c] : 0.0;
}

/* Sums of x and of its square, in one pass over the map. Both are taken around the mean of the first row, so that
 * nothing cancels. */
static void batch_stats(const LnPass *pass, double *sums) {
  const LnMap *x = &pass->x[0];
  int c = x->c;
  double n = (double)x->h * x->w;
  float *centre = pass->scratch;
  for (int i = 0; i < x->ld; i++) centre[i] = 0;
  for (int i = 0; i < 2 * c; i++) sums[i] = 0;
  pass->kernels->moments(sums, NULL, x->data, x->w, x->ld, c, centre);
  for (int i = 0; i < c; i++) centre[i] = (float)(sums[i] / x->w), sums[i] = 0;
  for (int64_t r = 0; r < x->h; r++)
    pass->kernels->moments(sums, sums + c, x->data + r * x->row, x->w, x->ld, c, centre);
  for (int i = 0; i < c; i++) {
    sums[c + i] += centre[i] * (2.0 * sums[i] + n * centre[i]);
    sums[i] += n * centre[i];
  }
}

static void forward(const LnPass *pass) {
  const LnMap *x = &pass->x[0], *y = &pass->y;
  float *scale = pass->scratch, *shift = scale + x->ld;
  for (int c = 0; c < x->ld; c++) {
    Moments m = {0};
    if (c < x->c) m = moments_of(pass, c);
    scale[c] = c < x->c ? (float)(m.inverse_sd * weight_of(pass, c)) : 0.0f;
    shift[c] = c < x->c ? (float)(bias_of(pass, c) - m.mean * m.inverse_sd * weight_of(pass, c)) : 0.0f;
  }
  LnActivation activation = pass->fusion->activation;
  if (pass->logits) activation = (LnActivation){0};
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    pass->kernels->scale_shift(y->data + r * y->row, x->data + r * x->row, x->w, x->ld, x->c, scale, shift, activation);
}

/* Sums of dy and of dy times the normalised x; dy is freed of the activation first, row by row, while it is in cache:
 * backward finds it so. */
static void batch_stats_grad(const LnPass *pass, double *sums) {
  const LnMap *x = &pass->x[0], *dy = &pass->dy;
  int c = x->c;
  float *centre = pass->scratch;
  for (int i = 0; i < 2 * c; i++) sums[i] = 0;
  for (int i = 0; i < x->ld; i++) centre[i] = i < c ? (float)moments_of(pass, i).mean : 0.0f;
  for (int64_t r = 0; r < x->h; r++) {
    LnMap row = ln_map_rows(*dy, r, 1);
    if (!pass->logits)
      ln_map_activate_grad(pass->kernels, row, ln_map_rows(pass->y, r, 1), pass->fusion->activation);
    pass->kernels->products(sums, sums + c, row.data, x->data + r * x->row, x->w, x->ld, c, centre);
  }
  for (int i = 0; i < c; i++) sums[c + i] *= moments_of(pass, i).inverse_sd;
}

/* dx = weight / sd * (dy - mean of dy - normalised x * mean of (dy * normalised x)), as dy * a + x * b + c. */
static void backward(const LnPass *pass) {
  const LnMap *x = &pass->x[0], *dy = &pass->dy, *dx = &pass->dx[0];
  float *a = pass->scratch, *b = a + x->ld, *shift = b + x->ld;
  const Options *o = pass->options;
  float *const *grads = learnt(o, pass->grads);
  double n = count_of(pass);
  for (int c = 0; c < x->ld; c++) {
    a[c] = b[c] = shift[c] = 0.0f;
    if (c >= x->c) continue;
    Moments m = moments_of(pass, c);
    double factor = weight_of(pass, c) * m.inverse_sd, slope = -factor * m.inverse_sd * pass->batch_grad[x->c + c] / n;
    a[c] = (float)factor, b[c] = (float)slope;
    shift[c] = (float)(-factor * pass->batch_grad[c] / n - slope * m.mean);
    if (!o->affine) continue;
    grads[BIAS][c] += (float)(pass->batch_grad[c] / (double)pass->batch_size); /* every sample adds its share */
    grads[WEIGHT][c] += (float)(pass->batch_grad[x->c + c] / (double)pass->batch_size);
  }
  if (dx->data == NULL) return;
  for (int64_t r = 0; r < x->h; r++)
    pass->kernels->mix(dx->data + r * dx->row, dy->data + r * dy->row, x->data + r * x->row, x->w, x->ld, x->c, a, b,
                       shift);
}

static void update(const void *options, float *const *tensors, const double *batch, int64_t samples, LnShape in) {
  const Options *o = options;
  if (!o->tracks) return;
  int channels = (int)in.d[0];
  double n = (double)samples * (double)ln_shape_count(in) / channels, unbiased = n > 1 ? n / (n - 1) : 1;
  for (int c = 0; c < channels; c++) {
    double variance = variance_of(batch, channels, c, n) * unbiased;
    tensors[MEAN][c] = (float)((1 - o->momentum) * tensors[MEAN][c] + o->momentum * batch[c] / n);
    tensors[VARIANCE][c] = (float)((1 - o->momentum) * tensors[VARIANCE][c] + o->momentum * variance);
  }
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
    {.options = "{}", .inputs = {LN_SHAPE(6, 5, 4)}},
    {.options = "{\"momentum\": 0.3, \"eps\": 0.001}", .inputs = {LN_SHAPE(17, 3, 3)}},
    {.options = "{\"affine\": false}", .inputs = {LN_SHAPE(2, 4, 4)}},
    {.options = "{\"track_running_stats\": false}", .inputs = {LN_SHAPE(5, 3, 4)}},
    {.options = "{\"track_running_stats\": false, \"affine\": false}", .inputs = {LN_SHAPE(2, 4, 3)}},
    {0}};

const LnLayerType ln_nn_batch_norm = {
    .type = {.kind = "nn",
             .name = "batch_norm",
             .doc = "Batch normalisation: y = weight * (x - mean) / sqrt(var + eps) + bias, channel by channel.\n"
                    "Training takes mean and variance of the batch (divided by n), prediction the running ones, in\n"
                    "which the variance is divided by n - 1, as in PyTorch. A channel of which a batch has one value\n"
                    "alone is an error in training. With track_running_stats = false, prediction too takes mean and\n"
                    "variance of all images that it is given at once, so what one becomes depends on the others.\n"
                    "momentum is the share of the batch at hand, as in PyTorch: Keras's momentum is 1 minus it, by\n"
                    "default 0.99, and its eps is 0.001, where PyTorch has 1e-5. Shape: unchanged.\n"
                    "Tensors: running_mean, running_var, weight, bias (channels). Source: Ioffe, Szegedy, ICML 2015.",
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
    .sums_in_prediction = sums_in_prediction,
    .batch_stats = batch_stats,
    .batch_stats_grad = batch_stats_grad,
    .update = update,
    .can_fuse = can_fuse,
    .ends_in = ends_in,
};
