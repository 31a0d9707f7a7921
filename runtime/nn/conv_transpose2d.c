/* conv_transpose2d: transposed convolution, the learned way to upsample.
 *
 * Every input pixel adds the kernel, times its value, to the output around stride times its place:
 *
 *   y[o][p*stride + r*dilation - pad][q*stride + s*dilation - pad] += w[i][o][r][s] * x[i][p][q]
 *
 * for all i, p, q, r and s, and b[o] is added everywhere. That is the input gradient of a convolution: see
 * LnConvShape.transposed. */
#include "base/memory.h"
#include "nn/activation.h"
#include "nn/conv_method.h"

typedef struct Options {
  int64_t filters, groups;
  int64_t kernel[2], stride[2], output_padding[2], dilation[2];
  int64_t padding[4]; /* top, bottom, left, right; or four times SAME */
  bool bias;
  int activation;
  int init;
} Options;

enum { SAME = -1 };
static const char *const paddings[] = {"same", NULL};

static const LnParam params[] = {
    {.name = "filters", .kind = LN_PARAM_INT, .offset = offsetof(Options, filters), .min = 1, .max = 65536,
     .help = "output channels", .flags = LN_REQUIRED | LN_POSITIONAL},
    {.name = "kernel", .kind = LN_PARAM_INT2, .offset = offsetof(Options, kernel), .def = 2, .min = 1, .max = 31,
     .help = "kernel size in pixels"},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 2, .min = 1, .max = 16,
     .help = "output pixels from one input pixel to the next: the upsampling"},
    {.name = "padding", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, padding), .def = SAME, .min = 0,
     .max = 1024, .help = "pixels cut off on each side, or 'same', which gives size * stride",
     .choices = paddings},
    {.name = "output_padding", .kind = LN_PARAM_INT2, .offset = offsetof(Options, output_padding), .def = 0, .min = 0,
     .max = 63, .help = "pixels more at the bottom and on the right, fewer than stride or dilation; not with 'same'"},
    {.name = "dilation", .kind = LN_PARAM_INT2, .offset = offsetof(Options, dilation), .def = 1, .min = 1, .max = 64,
     .help = "pixels between kernel elements"},
    {.name = "groups", .kind = LN_PARAM_INT, .offset = offsetof(Options, groups), .def = 1, .min = 1, .max = 65536,
     .help = "channels and filters in so many parts, each convolved by itself; it divides both"},
    {.name = "bias", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, bias), .def = 1,
     .help = "add one number a filter"},
    {.name = "activation", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, activation), .def = LN_ACT_linear,
     .help = "applied to the result; its option at the default", .choices = ln_activation_names},
    {.name = "init", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, init), .def = LN_INIT_GLOROT_UNIFORM,
     .help = "initial weights; biases start at 0", .choices = ln_init_names},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  const Options *o = options;
  for (int axis = 0; axis < 2; axis++) {
    int64_t extra = o->output_padding[axis];
    if (extra > 0 && o->padding[0] == SAME)
      return ln_fail(err, LN_EARG,
                     "conv_transpose2d: option 'output_padding' needs a number for 'padding', got %lld with 'same'",
                     (long long)extra);
    if (extra >= o->stride[axis] && extra >= o->dilation[axis])
      return ln_fail(err, LN_EARG,
                     "conv_transpose2d: option 'output_padding' must be below stride %lld or dilation %lld, got %lld",
                     (long long)o->stride[axis], (long long)o->dilation[axis], (long long)extra);
  }
  return LN_OK;
}

/* The convolution that this one transposes, along one axis: from our output to our input. */
static LnAxis axis_of(const Options *o, int axis, int64_t size) {
  LnAxis a = {.out = size,
              .kernel = o->kernel[axis],
              .stride = o->stride[axis],
              .dilation = o->dilation[axis],
              .upsample = 1};
  int64_t span = (a.kernel - 1) * a.dilation + 1;
  if (o->padding[0] == SAME) { /* as conv2d pads an image of size * stride */
    a.in = size * a.stride;
    a.pad = span > a.stride ? (span - a.stride) / 2 : 0;
  } else {
    a.in = (size - 1) * a.stride + span - o->padding[2 * axis] - o->padding[2 * axis + 1] +
           o->output_padding[axis];
    a.pad = o->padding[2 * axis];
  }
  return a;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  if (o->filters % o->groups != 0) /* not before: those of a tied layer follow from the graph */
    return ln_fail(err, LN_ESHAPE, "option 'groups' must divide the %lld filters, got %lld", (long long)o->filters,
                   (long long)o->groups);
  if (in[0].d[0] % o->groups != 0)
    return ln_fail(err, LN_ESHAPE, "the %lld channels of %s cannot be divided into %lld groups",
                   (long long)in[0].d[0], LN_SHAPE_TEXT(in[0]), (long long)o->groups);
  int64_t rows = axis_of(o, 0, in[0].d[1]).in, columns = axis_of(o, 1, in[0].d[2]).in;
  if (rows < 1 || columns < 1)
    return ln_fail(err, LN_ESHAPE,
                   "a padding of {%lld, %lld, %lld, %lld} leaves nothing of an image of %s; use padding = 'same'",
                   (long long)o->padding[0], (long long)o->padding[1], (long long)o->padding[2],
                   (long long)o->padding[3], LN_SHAPE_TEXT(in[0]));
  *out = LN_SHAPE(o->filters, rows, columns);
  return LN_OK;
}

/* An output pixel sums area / stride^2 products a channel, not area as that of a convolution. */
static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  const Options *o = options;
  int64_t area = o->kernel[0] * o->kernel[1], strides = o->stride[0] * o->stride[1], cin = in[0].d[0];
  int64_t filters = o->filters / o->groups, seen = cin / o->groups; /* by each other */
  (void)out;
  tensors[0] = (LnDecl){.name = "weight",
                        .shape = LN_SHAPE(o->kernel[0], o->kernel[1], filters, cin),
                        .axes = {3, 2, 0, 1},
                        .init = (LnInit)o->init,
                        .fan_in = area > strides ? area * seen / strides : seen,
                        .fan_out = area * filters};
  tensors[1] = (LnDecl){.name = "bias", .shape = LN_SHAPE(o->filters), .axes = {0}};
  *macs = (double)(area * filters) * (double)ln_shape_count(in[0]);
  return o->bias ? 2 : 1;
}

typedef struct Prepared {
  const LnConvMethod *method;
  void *plan; /* the method's */
} Prepared;

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  const Options *o = b->options;
  int64_t channels = b->in[0].d[0];
  LnConvShape shape = {.rows = axis_of(o, 0, b->in[0].d[1]),
                       .columns = axis_of(o, 1, b->in[0].d[2]),
                       .cin = o->filters,
                       .cout = channels,
                       .tap = o->filters / o->groups * channels,
                       .transposed = true,
                       .groups = o->groups};
  Prepared *p = ln_calloc(1, sizeof *p);
  if (p == NULL) return ln_fail_memory(err, "conv_transpose2d plan", sizeof *p);
  needs->prepared = p;
  p->method = o->groups == 1 ? &ln_conv_direct : ln_conv_stage(&shape, &ln_conv_direct);
  int64_t span = (shape.rows.kernel - 1) * shape.rows.dilation;
  needs->input_rows[0] = (LnInputRows){
      .step = 1, .scale = shape.rows.stride, .before = span - shape.rows.pad, .after = shape.rows.pad};
  needs->needs_x = true;
  ln_activation_needs(needs, b, o->activation);
  return p->method->make(&p->plan, needs, &shape, b, err);
}

static void release(void *prepared) {
  Prepared *p = prepared;
  ln_conv_release(p->method, p->plan);
  ln_free(p);
}

static void prepare(float *packed, const void *options, const LnKernels *kernels, const void *prepared,
                    float *const *tensors, int part) {
  const Prepared *p = prepared;
  const float *bias = ((const Options *)options)->bias ? tensors[1] : NULL;
  p->method->prepare(packed, p->plan, kernels, tensors[0], bias, part);
}

static LnRange range(const void *options) {
  return ln_activation_range(ln_activation_by_word(((const Options *)options)->activation));
}

static LnActivation ends_in(const void *options, const LnFusion *fusion) {
  return ln_activation_of(((const Options *)options)->activation, fusion);
}

static LnConvRun run_of(const LnPass *pass, int64_t first, int64_t count) {
  const Prepared *p = pass->prepared;
  return (LnConvRun){.plan = p->plan, .kernels = pass->kernels, .packed = pass->packed, .scratch = pass->scratch,
                     .x = pass->x[0], .first = first, .count = count};
}

static void forward(const LnPass *pass) {
  const Prepared *p = pass->prepared;
  const Options *o = pass->options;
  LnActivation activation = ln_activation_in_passing(pass, o->activation);
  LnConvRun run = run_of(pass, pass->first, pass->count);
  p->method->forward(&run, ln_map_rows(pass->y, pass->first, pass->count), activation);
  ln_activation_finish(pass, o->activation);
}

static void backward(const LnPass *pass) {
  const Prepared *p = pass->prepared;
  const Options *o = pass->options;
  ln_activation_undo(pass, o->activation);
  if (o->bias) ln_map_sum_pixels(pass->kernels, pass->grads[1], pass->dy);
  LnConvRun run = run_of(pass, 0, INT64_MAX);
  p->method->backward(&run, pass->grads[0], pass->dx[0], pass->dy);
}

static bool can_fuse(const void *options, const LnFusion *f) {
  return ln_activation_can_fuse(((const Options *)options)->activation, f) && ln_fusion_only_activates(f);
}

static const LnCase cases[] = {
    {.options = "{\"filters\": 5, \"activation\": \"tanh\"}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{\"filters\": 1, \"kernel\": 3, \"activation\": \"sigmoid\"}", .inputs = {LN_SHAPE(6, 3, 4)}},
    {.options = "{\"filters\": 17, \"kernel\": 3, \"padding\": 1, \"output_padding\": 1}",
     .inputs = {LN_SHAPE(2, 4, 5)}},
    {.options = "{\"filters\": 6, \"kernel\": [4, 3], \"stride\": [2, 3], \"padding\": 0, \"bias\": false}",
     .inputs = {LN_SHAPE(18, 3, 3)}},
    {.options = "{\"filters\": 6, \"kernel\": 4, \"padding\": [2, 0, 1, 3]}", .inputs = {LN_SHAPE(5, 3, 4)}},
    {.options = "{\"filters\": 6, \"groups\": 3, \"kernel\": 3}", .inputs = {LN_SHAPE(9, 3, 4)}},
    {.options = "{\"filters\": 6, \"groups\": 6, \"kernel\": 4, \"padding\": 1}", .inputs = {LN_SHAPE(6, 3, 4)}},
    {.options = "{\"filters\": 2, \"stride\": 3}", .inputs = {LN_SHAPE(1, 3, 4)}},
    {.options = "{\"filters\": 8, \"kernel\": 3, \"stride\": 1, \"dilation\": 2}", .inputs = {LN_SHAPE(7, 5, 4)}},
    {.options = "{\"filters\": 3, \"kernel\": 5, \"dilation\": [1, 2], \"padding\": 2}", .inputs = {LN_SHAPE(5, 4, 5)}},
    {0}};

const LnLayerType ln_nn_conv_transpose2d = {
    .type = {.kind = "nn",
             .name = "conv_transpose2d",
             .doc = "Transposed convolution, a learned upsampling: y = activation(b + the sum of all kernels, each "
                    "times its input pixel and laid down at stride times that pixel's place).\n"
                    "From channels x height x width to filters x stride * height x stride * width; with a number for "
                    "padding, height becomes (height - 1) * stride + (kernel - 1) * dilation + 1 - padding on both "
                    "sides + output_padding, and width likewise.\n"
                    "Tensors: weight (channels, filters / groups, kernel height, kernel width), as PyTorch's, and bias "
                    "(filters).\n"
                    "Padding is 'same' by default, which is Keras's 'same'; its default is 'valid', PyTorch's 0, and "
                    "both begin with stride 1.\n"
                    "With tied = conv, a conv2d, it undoes that layer with the same weight, its kernels flipped (eq. 6 "
                    "of Gondara 2016): filters, kernel, stride, dilation and padding follow from that layer.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .declare = declare,
    .build = build,
    .release = release,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .can_fuse = can_fuse,
    .ends_in = ends_in,
    .ties_to = "conv2d",
    .range = range,
};
