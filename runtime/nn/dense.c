/* dense: a fully connected layer, y = activation(W x + b).
 *
 * One sample at a time is limited by reading W, so rows are taken by plain dot products. Not by OpenBLAS: built without
 * threads, as Debian's openblas-serial, it may hand the same buffer to two threads that call sgemv at once. */
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  int64_t units;
  bool bias;
  int activation;
  int init;
} Options;

static const LnParam params[] = {
    {.name = "units", .kind = LN_PARAM_INT, .offset = offsetof(Options, units), .min = 1, .max = 1 << 24,
     .help = "output features", .flags = LN_REQUIRED | LN_POSITIONAL},
    {.name = "bias", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, bias), .def = 1,
     .help = "add one number a unit"},
    {.name = "activation", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, activation), .def = LN_ACT_linear,
     .help = "applied to the result; its option at the default", .choices = ln_activation_names},
    {.name = "init", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, init), .def = LN_INIT_GLOROT_UNIFORM,
     .help = "initial weights; biases start at 0", .choices = ln_init_names},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)n_inputs;
  if (in[0].n != 1)
    return ln_fail(err, LN_ESHAPE, "expected a vector of features, got %s; put nn.flatten{} before it",
                   LN_SHAPE_TEXT(in[0]));
  *out = LN_SHAPE(((const Options *)options)->units);
  return LN_OK;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  const Options *o = options;
  tensors[0] = (LnDecl){.name = "weight",
                        .shape = LN_SHAPE(o->units, in[0].d[0]),
                        .axes = {0, 1},
                        .init = (LnInit)o->init,
                        .fan_in = in[0].d[0],
                        .fan_out = o->units};
  tensors[1] = (LnDecl){.name = "bias", .shape = LN_SHAPE(o->units), .axes = {0}};
  *macs = (double)in[0].d[0] * (double)out.d[0];
  return o->bias ? 2 : 1;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->needs_x = true;
  ln_activation_needs(needs, b, ((const Options *)b->options)->activation);
  return LN_OK;
}

static LnRange range(const void *options) {
  return ln_activation_range(ln_activation_by_word(((const Options *)options)->activation));
}

static LnActivation ends_in(const void *options, const LnFusion *fusion) {
  return ln_activation_of(((const Options *)options)->activation, fusion);
}

static void forward(const LnPass *pass) {
  const Options *o = pass->options;
  int in = pass->x[0].c, out = pass->y.c;
  LnActivation activation = ln_activation_in_passing(pass, o->activation);
  for (int64_t i = 0; i < out; i++) {
    float sum = pass->kernels->dot(pass->tensors[0] + i * in, pass->x[0].data, in);
    pass->y.data[i] = o->bias ? sum + pass->tensors[1][i] : sum;
  }
  ln_map_activate(pass->kernels, pass->y, activation);
  ln_activation_finish(pass, o->activation);
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  int in = pass->x[0].c, out = pass->dy.c;
  ln_activation_undo(pass, o->activation);
  float *dx = pass->dx[0].data;
  if (dx != NULL) memset(dx, 0, (size_t)in * sizeof *dx);
  for (int64_t i = 0; i < out; i++) {
    pass->kernels->add_scaled(pass->grads[0] + i * in, pass->x[0].data, pass->dy.data[i], in);
    if (dx != NULL) pass->kernels->add_scaled(dx, pass->tensors[0] + i * in, pass->dy.data[i], in);
  }
  if (o->bias) pass->kernels->add(pass->grads[1], pass->dy.data, out);
}

static bool can_fuse(const void *options, const LnFusion *f) {
  return ln_activation_can_fuse(((const Options *)options)->activation, f) && ln_fusion_only_activates(f);
}

static const LnCase cases[] = {
    {.options = "{\"units\": 7, \"activation\": \"tanh\"}", .inputs = {LN_SHAPE(5)}},
    {.options = "{\"units\": 1, \"bias\": false}", .inputs = {LN_SHAPE(33)}},
    {.options = "{\"units\": 40, \"activation\": \"sigmoid\", \"init\": \"he_uniform\"}", .inputs = {LN_SHAPE(3)}},
    {0}};

static const int transposed[] = {1, 0};

const LnLayerType ln_nn_dense = {
    .type = {.kind = "nn",
             .name = "dense",
             .doc = "Fully connected layer: y = activation(W x + b).\n"
                    "From a vector of F features to one of `units`. Tensors: weight (units, F), as PyTorch's, where "
                    "Keras's kernel is (F, units), and bias (units). Weights begin as in Keras, by Glorot's uniform "
                    "distribution; PyTorch's Linear takes +-1 / sqrt(F), biases too.",
             .size = sizeof(Options),
             .params = params,
             .example = "local net = ln.nn.sequential{ ln.nn.flatten{},\n"
                        "  ln.nn.dense{ 64, activation = \"relu\" }, ln.nn.dense{ 10 } }\n"
                        "net:summary{ 1, 32, 32 }\n"
                        "net:predict(clean)",
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
    .ties_to = "dense",
    .tied_axes = transposed,
    .range = range,
};
