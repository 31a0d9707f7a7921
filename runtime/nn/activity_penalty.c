/* activity_penalty: y = x, with a price on x in training. A layer that looks across the batch of n samples for it:
 *
 *   loss += (l1 sum |x| + l2 sum x^2) / n + kl sum over channels of KL(rho, m),  m: the channel's mean over the batch
 *   KL(rho, m) = rho log(rho / m) + (1 - rho) log((1 - rho) / (1 - m))
 *
 * Sources: l1, l2 as Keras's ActivityRegularization; kl, for activations between 0 and 1, as in sparse autoencoders:
 * Ng, "Sparse autoencoder", CS294A lecture notes, 2011. */
#include <math.h>
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  double l1, l2, kl, rho;
} Options;

static const LnParam params[] = {
    {.name = "l1", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, l1), .def = 0, .min = 0, .max = 1e6,
     .help = "price of the sum of magnitudes of a sample"},
    {.name = "l2", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, l2), .def = 0, .min = 0, .max = 1e6,
     .help = "price of the sum of squares of a sample"},
    {.name = "kl", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, kl), .def = 0, .min = 0, .max = 1e6,
     .help = "price of the divergence of the channels' means from rho; for values from 0 to 1"},
    {.name = "rho", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, rho), .def = 0.05, .min = 0, .max = 1,
     .help = "mean activity of a channel that is wanted, with kl", .flags = LN_ABOVE_MIN | LN_BELOW_MAX},
    {0}};

/* What is summed over the batch: |x|, x^2, then x by channel. */
enum { MAGNITUDE, SQUARE, CHANNELS };

static LnStatus check(const void *options, LnError *err) {
  const Options *o = options;
  if (o->l1 > 0 || o->l2 > 0 || o->kl > 0) return LN_OK;
  return ln_fail(err, LN_EARG, "activity_penalty: one of the options 'l1', 'l2' and 'kl' must be above 0");
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t ld = ln_kernels_ld(b->kernels, b->in[0].d[0]), width = b->in[0].n == 3 ? b->in[0].d[2] : 1;
  (void)err;
  needs->row_unit = 1;
  needs->needs_x = true;
  needs->batch_sums = CHANNELS + b->in[0].d[0];
  needs->scratch = 3 * ld + width * ld;
  return LN_OK;
}

static void forward(const LnPass *pass) {
  ln_map_copy(ln_map_rows(pass->y, pass->first, pass->count), ln_map_rows(pass->x[0], pass->first, pass->count));
}

/* Rows are summed without the lanes beside their channels. */
static void batch_stats(const LnPass *pass, double *sums) {
  LnMap x = pass->x[0];
  float *zeros = pass->scratch;
  memset(zeros, 0, (size_t)x.ld * sizeof *zeros);
  memset(sums, 0, (size_t)(CHANNELS + x.c) * sizeof *sums);
  int64_t pieces = x.ld == x.c ? 1 : x.w, size = x.ld == x.c ? (int64_t)x.w * x.c : x.c;
  for (int64_t r = 0; r < x.h; r++) {
    const float *row = x.data + r * x.row;
    pass->kernels->moments(sums + CHANNELS, NULL, row, x.w, x.ld, x.c, zeros);
    for (int64_t k = 0; k < pieces; k++, row += x.ld) {
      sums[MAGNITUDE] += pass->kernels->reduce_row(LN_TERM_MAGNITUDE, row, size, 0);
      sums[SQUARE] += pass->kernels->reduce_row(LN_TERM_SQUARE, row, size, 0);
    }
  }
}

/* Backward finds all it needs in the sums of forward. */
static void batch_stats_grad(const LnPass *pass, double *sums) {
  memset(sums, 0, (size_t)(CHANNELS + pass->x[0].c) * sizeof *sums);
}

/* A channel's mean, as far as it has a logarithm. */
static double mean_of(double sum, double n) {
  return fmin(fmax(sum / n, 1e-6), 1 - 1e-6);
}

static double penalty(const void *options, const double *batch, int64_t samples, LnShape in) {
  const Options *o = options;
  double sum = (o->l1 * batch[MAGNITUDE] + o->l2 * batch[SQUARE]) / (double)samples;
  double n = (double)samples * (double)ln_shape_count(in) / (double)in.d[0];
  for (int64_t c = 0; o->kl > 0 && c < in.d[0]; c++) {
    double m = mean_of(batch[CHANNELS + c], n);
    sum += o->kl * (o->rho * log(o->rho / m) + (1 - o->rho) * log((1 - o->rho) / (1 - m)));
  }
  return sum;
}

/* dx = dy + 2 l2 / n x + the slope of the channel's divergence + l1 / n sign(x). */
static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  LnMap x = pass->x[0], dx = pass->dx[0];
  if (dx.data == NULL) return;
  double samples = (double)pass->batch_size, n = samples * x.h * x.w;
  float *ones = pass->scratch, *squares = ones + x.ld, *slopes = squares + x.ld, *signs = slopes + x.ld;
  memset(ones, 0, (size_t)(3 * x.ld) * sizeof *ones);
  for (int c = 0; c < x.c; c++) {
    double m = mean_of(pass->batch[CHANNELS + c], n);
    ones[c] = 1.0f, squares[c] = (float)(2 * o->l2 / samples);
    slopes[c] = (float)(o->kl * ((1 - o->rho) / (1 - m) - o->rho / m) / n);
  }
  for (int64_t r = 0; r < x.h; r++) {
    const float *row = x.data + r * x.row;
    float *to = dx.data + r * dx.row;
    pass->kernels->mix(to, pass->dy.data + r * pass->dy.row, row, x.w, x.ld, x.c, ones, squares, slopes);
    if (o->l1 == 0) continue;
    pass->kernels->unary(signs, row, x.w * x.ld, LN_SIGN);
    pass->kernels->add_scaled(to, signs, (float)(o->l1 / samples), x.w * x.ld);
  }
}

static const LnCase cases[] = {
    {.options = "{\"l1\": 0.01}", .inputs = {LN_SHAPE(3, 4, 5)}, .kinks = LN_KINKS(0)},
    {.options = "{\"l2\": 0.02}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"kl\": 0.1, \"rho\": 0.2, \"l1\": 0.001}", .inputs = {LN_SHAPE(9)}, .kinks = LN_KINKS(0)},
    {0}};

const LnLayerType ln_nn_activity_penalty = {
    .type = {.kind = "nn",
             .name = "activity_penalty",
             .doc = "y = x; in training the loss grows by (l1 sum |x| + l2 sum x^2) / n for a batch of n samples, and "
                    "by kl "
                    "times the sum over channels of KL(rho, mean of the channel over the batch).\n"
                    "l1 and l2 as Keras's ActivityRegularization; kl makes sparse autoencoders: put it behind a "
                    "sigmoid. "
                    "Prediction, and with it validation, goes without. Shape: unchanged.\n"
                    "Source: Ng, Sparse autoencoder, CS294A lecture notes, 2011.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .only_in_training = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
    .batch_stats = batch_stats,
    .batch_stats_grad = batch_stats_grad,
    .penalty = penalty,
};
