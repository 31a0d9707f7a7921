/* group_norm: every sample normalised by itself, in groups of channels.
 *
 *   y = w[c] (x - mean) / sqrt(variance + eps) + b[c]
 *
 * with mean and variance (of n values, not n - 1) over the pixels of the C / groups channels of a group. Behind it an
 * activation costs nothing. Source: Wu, He, "Group Normalization", ECCV 2018. With h = (x - mean) s and s the factor
 * 1 / sqrt(variance + eps), the gradient is
 *
 *   dx = s (w dy - mean(w dy) - h mean(w dy h)). */
#include <math.h>
#include <string.h>

#include "nn/group_norm.h"

typedef LnGroupNormOptions Options;

static const LnParam params[] = {
    {.name = "groups", .kind = LN_PARAM_INT, .offset = offsetof(Options, groups), .def = 8, .min = 1, .max = 65536,
     .help = "how many groups the channels are divided into; must divide their number", .flags = LN_POSITIONAL},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, eps), .def = 1e-5, .min = 0, .max = 1,
     .help = "added to the variance, squared units of the input", .flags = LN_ABOVE_MIN},
    {.name = "affine", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, affine), .def = 1,
     .help = "learn a factor and a term a channel"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  (void)n_inputs;
  if (in[0].d[0] % o->groups != 0)
    return ln_fail(err, LN_ESHAPE, "%lld channels cannot be divided into %lld groups; set groups to a divisor",
                   (long long)in[0].d[0], (long long)o->groups);
  *out = in[0];
  return LN_OK;
}

int ln_group_norm_declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in,
                          LnShape out) {
  (void)out;
  tensors[0] = (LnDecl){.name = "weight", .shape = LN_SHAPE(in[0].d[0]), .axes = {0}, .init = LN_INIT_ONES};
  tensors[1] = (LnDecl){.name = "bias", .shape = LN_SHAPE(in[0].d[0]), .axes = {0}};
  *macs = 0;
  return ((const Options *)options)->affine ? 2 : 0;
}

/* Working memory: sums by channel, and what the kernels take by channel, in whole vectors. */
typedef struct Work {
  double *sums, *products;
  float *a, *b, *shift;
} Work;

/* Saved for backward, by channel: the mean and s of its group. */
typedef struct Saved {
  float *mean, *s;
} Saved;

LnStatus ln_group_norm_build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t ld = ln_kernels_ld(b->kernels, b->in[0].d[0]);
  (void)err;
  needs->needs_x = true;
  needs->needs_y = b->fusion->activation.code != LN_ACT_linear;
  needs->saved = 2 * ld * (int64_t)sizeof(float);
  needs->scratch = 2 * ld * (int64_t)(sizeof(double) / sizeof(float)) + 3 * ld;
  return LN_OK;
}

static Saved saved_of(const LnPass *pass) {
  float *mean = pass->saved;
  return (Saved){.mean = mean, .s = mean + pass->x[0].ld};
}

static Work work_of(const LnPass *pass) {
  int64_t ld = pass->x[0].ld;
  double *sums = (double *)(void *)pass->scratch;
  float *a = (float *)(void *)(sums + 2 * ld);
  memset(pass->scratch, 0, (size_t)(2 * ld) * sizeof *sums + (size_t)(3 * ld) * sizeof *a);
  return (Work){.sums = sums, .products = sums + ld, .a = a, .b = a + ld, .shift = a + 2 * ld};
}

typedef struct Group {
  int begin, end;  /* channels */
  double values;   /* of all its channels */
} Group;

static int64_t groups_of(const LnPass *pass) {
  int64_t groups = ((const Options *)pass->options)->groups;
  return groups == 0 ? pass->x[0].c : groups;
}

static Group group_of(const LnPass *pass, int64_t g) {
  const LnMap *x = &pass->x[0];
  int channels = x->c / (int)groups_of(pass);
  return (Group){.begin = (int)g * channels, .end = (int)(g + 1) * channels, .values = (double)channels * x->h * x->w};
}

static bool is_affine(const LnPass *pass) {
  return ((const Options *)pass->options)->affine;
}

static double weight_of(const LnPass *pass, int c) {
  return is_affine(pass) ? (double)pass->tensors[0][c] : 1.0;
}

/* The mean over a group's values of what was summed by channel, weighted if asked for. */
static double group_mean(const LnPass *pass, Group group, const double *sums, bool weighted) {
  double sum = 0;
  for (int c = group.begin; c < group.end; c++) sum += sums[c] * (weighted ? weight_of(pass, c) : 1.0);
  return sum / group.values;
}

/* The mean first, then squares of what is apart from it: values far from zero lose no digits. */
static void find_statistics(const LnPass *pass, const Work *w, Saved saved) {
  const Options *o = pass->options;
  const LnMap *x = &pass->x[0];
  memset(saved.mean, 0, (size_t)x->ld * sizeof *saved.mean);
  for (int64_t r = 0; r < x->h; r++)
    pass->kernels->moments(w->sums, NULL, x->data + r * x->row, x->w, x->ld, x->c, saved.mean);
  for (int64_t g = 0; g < groups_of(pass); g++) {
    Group group = group_of(pass, g);
    double mean = group_mean(pass, group, w->sums, false);
    for (int c = group.begin; c < group.end; c++) saved.mean[c] = (float)mean;
  }
  memset(w->sums, 0, (size_t)x->c * sizeof *w->sums);
  for (int64_t r = 0; r < x->h; r++)
    pass->kernels->moments(NULL, w->sums, x->data + r * x->row, x->w, x->ld, x->c, saved.mean);
  for (int64_t g = 0; g < groups_of(pass); g++) {
    Group group = group_of(pass, g);
    double s = 1 / sqrt(group_mean(pass, group, w->sums, false) + o->eps);
    for (int c = group.begin; c < group.end; c++) saved.s[c] = (float)s;
  }
}

void ln_group_norm_forward(const LnPass *pass) {
  Work w = work_of(pass);
  Saved saved = saved_of(pass);
  LnMap x = pass->x[0], y = pass->y;
  find_statistics(pass, &w, saved);
  for (int c = 0; c < x.c; c++) {
    double factor = weight_of(pass, c) * (double)saved.s[c], bias = is_affine(pass) ? (double)pass->tensors[1][c] : 0;
    w.a[c] = (float)factor;
    w.shift[c] = (float)(bias - factor * (double)saved.mean[c]);
  }
  LnActivation activation = pass->fusion->activation;
  if (pass->logits) activation = (LnActivation){0};
  for (int64_t r = 0; r < y.h; r++)
    pass->kernels->scale_shift(y.data + r * y.row, x.data + r * x.row, y.w, y.ld, y.c, w.a, w.shift, activation);
}

static void add_weight_gradients(const LnPass *pass, const Work *w, Saved saved) {
  for (int c = 0; is_affine(pass) && c < pass->dy.c; c++) {
    pass->grads[0][c] += (float)(w->products[c] * (double)saved.s[c]);
    pass->grads[1][c] += (float)w->sums[c];
  }
}

/* dx = a dy + b x + shift, by channel. */
static void find_factors(const LnPass *pass, const Work *w, Saved saved) {
  for (int64_t g = 0; g < groups_of(pass); g++) {
    Group group = group_of(pass, g);
    double s = (double)saved.s[group.begin], mean = (double)saved.mean[group.begin];
    double slope = -s * s * s * group_mean(pass, group, w->products, true);
    double shift = -s * group_mean(pass, group, w->sums, true) - slope * mean;
    for (int c = group.begin; c < group.end; c++) {
      w->a[c] = (float)(s * weight_of(pass, c));
      w->b[c] = (float)slope;
      w->shift[c] = (float)shift;
    }
  }
}

void ln_group_norm_backward(const LnPass *pass) {
  Work w = work_of(pass);
  Saved saved = saved_of(pass);
  LnMap x = pass->x[0], dx = pass->dx[0], dy = pass->dy;
  if (!pass->logits) ln_map_activate_grad(pass->kernels, dy, pass->y, pass->fusion->activation);
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->products(w.sums, w.products, dy.data + r * dy.row, x.data + r * x.row, x.w, x.ld, x.c, saved.mean);
  add_weight_gradients(pass, &w, saved);
  if (dx.data == NULL) return;
  find_factors(pass, &w, saved);
  for (int64_t r = 0; r < x.h; r++)
    pass->kernels->mix(dx.data + r * dx.row, dy.data + r * dy.row, x.data + r * x.row, x.w, x.ld, x.c, w.a, w.b,
                       w.shift);
}

bool ln_group_norm_can_fuse(const void *options, const LnFusion *f) {
  (void)options;
  return ln_fusion_only_activates(f);
}

LnActivation ln_group_norm_ends_in(const void *options, const LnFusion *fusion) {
  (void)options;
  return fusion->activation;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(16, 5, 6)}},
    {.options = "{\"groups\": 3, \"affine\": false}", .inputs = {LN_SHAPE(21, 4, 5)}},
    {.options = "{\"groups\": 1, \"eps\": 0.01}", .inputs = {LN_SHAPE(1, 6, 7)}},
    {.options = "{\"groups\": 2}", .inputs = {LN_SHAPE(4, 3, 4)}},
    {.options = "{\"groups\": 5}", .inputs = {LN_SHAPE(70, 3, 3)}},
    {.options = "{\"groups\": 4}", .inputs = {LN_SHAPE(20)}},
    {0}};

const LnLayerType ln_nn_group_norm = {
    .type = {.kind = "nn",
             .name = "group_norm",
             .doc = "Group normalisation: y = weight[c] (x - mean) / sqrt(variance + eps) + bias[c], sample by sample, "
                    "with mean and variance over all pixels of a group of channels.\n"
                    "groups = 1 is layer normalisation over the whole image, groups = channels instance normalisation. "
                    "Training and prediction are the same. Shape: unchanged. Tensors: weight (C), at first 1, and bias "
                    "(C), at first 0.\n"
                    "eps is 1e-5 by default, as PyTorch's; Keras's epsilon is 1e-3, and its groups are 32 if none are "
                    "given.\n"
                    "Source: Wu, He, ECCV 2018.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .declare = ln_group_norm_declare,
    .build = ln_group_norm_build,
    .forward = ln_group_norm_forward,
    .backward = ln_group_norm_backward,
    .can_fuse = ln_group_norm_can_fuse,
    .ends_in = ln_group_norm_ends_in,
};
