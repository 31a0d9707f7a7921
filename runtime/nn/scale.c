/* scale: y = factor x + offset; the factor a constant, or trained, one for each channel.
 *
 * Source of the trained one, as the last layer of a residual branch: "LayerScale" of Touvron, Cord, Sablayrolles,
 * Synnaeve, Jegou, "Going deeper with Image Transformers", ICCV 2021. */
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  double factor, offset;
  bool trained;
} Options;

static const LnParam params[] = {
    {.name = "factor", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, factor), .def = 1,
     .help = "what x is multiplied by", .flags = LN_POSITIONAL},
    {.name = "offset", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, offset), .def = 0,
     .help = "what is added to the product"},
    {.name = "trained", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, trained), .def = 0,
     .help = "each channel has a factor of its own that is trained, and begins with `factor`"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  const Options *o = options;
  tensors[0] =
      (LnDecl){.name = "weight", .shape = LN_SHAPE(in[0].d[0]), .init = LN_INIT_VALUE, .value = (float)o->factor};
  *macs = (double)ln_shape_count(out);
  return o->trained ? 1 : 0;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  int64_t ld = ln_kernels_ld(b->kernels, b->in[0].d[0]);
  (void)err;
  needs->row_unit = 1;
  needs->needs_x = ((const Options *)b->options)->trained;
  needs->needs_y = b->fusion->activation.code != LN_ACT_linear;
  needs->scratch = 2 * ld + 2 * ld * (int64_t)(sizeof(double) / sizeof(float));
  return LN_OK;
}

/* Working memory, by channel: sums, factors and terms. */
typedef struct Work {
  double *sums, *products;
  float *factors, *terms;
} Work;

static Work work_of(const LnPass *pass) {
  int64_t ld = ln_kernels_ld(pass->kernels, pass->x[0].c);
  double *sums = (double *)(void *)pass->scratch;
  float *factors = (float *)(void *)(sums + 2 * ld);
  memset(pass->scratch, 0, (size_t)(2 * ld) * (sizeof *sums + sizeof *factors));
  return (Work){.sums = sums, .products = sums + ld, .factors = factors, .terms = factors + ld};
}

static void set_factors(const LnPass *pass, const Work *w) {
  const Options *o = pass->options;
  for (int c = 0; c < pass->x[0].c; c++) w->factors[c] = o->trained ? pass->tensors[0][c] : (float)o->factor;
}

static void forward(const LnPass *pass) {
  Work w = work_of(pass);
  LnMap x = pass->x[0], y = pass->y;
  set_factors(pass, &w);
  for (int c = 0; c < y.c; c++) w.terms[c] = (float)((const Options *)pass->options)->offset;
  LnActivation activation = pass->fusion->activation;
  if (pass->logits) activation = (LnActivation){0};
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    pass->kernels->scale_shift(y.data + r * y.row, x.data + r * x.row, y.w, y.ld, y.c, w.factors, w.terms, activation);
}

static void backward(const LnPass *pass) {
  Work w = work_of(pass);
  LnMap x = pass->x[0], dy = pass->dy, dx = pass->dx[0];
  if (!pass->logits) ln_map_activate_grad(pass->kernels, dy, pass->y, pass->fusion->activation);
  if (((const Options *)pass->options)->trained) {
    for (int64_t r = 0; r < dy.h; r++) /* around 0, as the factors still are */
      pass->kernels->products(w.sums, w.products, dy.data + r * dy.row, x.data + r * x.row, x.w, x.ld, x.c, w.factors);
    for (int c = 0; c < x.c; c++) pass->grads[0][c] += (float)w.products[c];
  }
  set_factors(pass, &w);
  for (int64_t r = 0; dx.data != NULL && r < dx.h; r++)
    pass->kernels->scale_shift(dx.data + r * dx.row, dy.data + r * dy.row, dx.w, dx.ld, dx.c, w.factors, w.terms,
                               (LnActivation){0});
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
    {.options = "{\"factor\": -1.5, \"offset\": 0.3}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{\"factor\": 2}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"factor\": 0.5, \"trained\": true}", .inputs = {LN_SHAPE(6, 4, 5)}},
    {.options = "{\"trained\": true, \"offset\": -1}", .inputs = {LN_SHAPE(9)}},
    {0}};

const LnLayerType ln_nn_scale = {
    .type = {.kind = "nn",
             .name = "scale",
             .doc = "y = factor * x + offset, element by element; also written 2 * a, a + 1, -a.\n"
                    "With trained = true every channel has a factor that is trained, tensor weight (channels); at "
                    "first "
                    "all of them are `factor`. Shape: unchanged.\nSource of trained factors: Touvron et al., ICCV "
                    "2021.",
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
