/* conv2d: two-dimensional cross-correlation, as deep learning calls convolution.
 *
 *   y[o][p][q] = b[o] + sum_irs w[o][i][r][s] * x[i][stride p + dilation r - pad][stride q + dilation s - pad]
 *
 * with zeros outside x, or what padding_mode says; with groups, i runs over those channels that o's group sees. The
 * layer can absorb nearest-neighbour upsamplings and the concatenation of inputs before it, and an activation and a max
 * pooling after it: see LnFusion. Each of several concatenated inputs is convolved by itself, as a part; the results
 * are added. */
#include "nn/conv2d.h"

#include <string.h>

#include "base/memory.h"
#include "nn/activation.h"
#include "nn/conv_method.h"

typedef LnConv2dOptions Options;

const char *const ln_conv2d_paddings[] = {"same", "valid", NULL};
const char *const ln_conv2d_padding_modes[] = {"zeros", "reflect", "replicate", "circular", NULL};
static const LnPadMode modes[] = {LN_PAD_CONSTANT, LN_PAD_REFLECT, LN_PAD_REPLICATE, LN_PAD_CIRCULAR};

enum { AUTO, DIRECT, WINOGRAD };
static const char *const algorithms[] = {"auto", "direct", "winograd", NULL};

static const LnParam params[] = {
    {.name = "filters", .kind = LN_PARAM_INT, .offset = offsetof(Options, filters), .min = 1, .max = 65536,
     .help = "output channels", .flags = LN_REQUIRED | LN_POSITIONAL},
    {.name = "kernel", .kind = LN_PARAM_INT2, .offset = offsetof(Options, kernel), .def = 3, .min = 1, .max = 31,
     .help = "kernel size in pixels"},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 1, .min = 1, .max = 16,
     .help = "pixels from one output to the next"},
    {.name = "padding", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, padding), .def = LN_CONV2D_SAME,
     .min = 0, .max = 1024,
     .help = "pixels around the image: 'same' gives ceil(size / stride), 'valid' none, or how many",
     .choices = ln_conv2d_paddings},
    {.name = "padding_mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, padding_mode), .def = 0,
     .help = "what they are: of a row abcd, zeros 00|abcd, reflect cb|abcd, replicate aa|abcd, circular cd|abcd",
     .choices = ln_conv2d_padding_modes},
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
    {.name = "algorithm", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, algorithm), .def = AUTO,
     .help = "auto takes Winograd's F(4x4, 3x3), which rounds a little differently, for 3x3 kernels between enough "
             "channels",
     .choices = algorithms, .flags = LN_ALIKE},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  const Options *o = options;
  for (int axis = 0; axis < 2 && o->algorithm == WINOGRAD; axis++)
    if (o->kernel[axis] != 3 || o->stride[axis] != 1 || o->dilation[axis] != 1)
      return ln_fail(err, LN_EARG, "conv2d: algorithm 'winograd' needs kernel 3, stride 1 and dilation 1; use 'auto'");
  if (o->filters % o->groups != 0)
    return ln_fail(err, LN_EARG, "conv2d: option 'groups' must divide the %lld filters, got %lld",
                   (long long)o->filters, (long long)o->groups);
  return LN_OK;
}

static int64_t groups_of(const Options *o, int64_t channels) {
  return o->depth_multiplier > 0 ? channels : o->groups;
}

static int64_t filters_of(const Options *o, int64_t channels) {
  return o->depth_multiplier > 0 ? channels * o->depth_multiplier : o->filters;
}

/* Output size and padding before along one axis (TensorFlow's rule for 'same'). */
static LnAxis axis_of(const Options *o, int axis, int64_t size, int64_t upsample) {
  LnAxis a = {.in = size,
              .kernel = o->kernel[axis],
              .stride = o->stride[axis],
              .dilation = o->dilation[axis],
              .upsample = upsample};
  int64_t large = size * upsample, span = (a.kernel - 1) * a.dilation + 1;
  if (o->padding[0] == LN_CONV2D_SAME) {
    a.out = (large + a.stride - 1) / a.stride;
    int64_t total = (a.out - 1) * a.stride + span - large;
    a.pad = total > 0 ? total / 2 : 0;
  } else {
    bool valid = o->padding[0] == LN_CONV2D_VALID;
    int64_t after = valid ? 0 : o->padding[2 * axis + 1];
    a.pad = valid ? 0 : o->padding[2 * axis];
    a.out = large + a.pad + after < span ? 0 : (large + a.pad + after - span) / a.stride + 1;
  }
  return a;
}

/* Of what there is; `size` pixels along an axis. */
static LnStatus check_padding(const Options *o, const LnAxis *a, const char *lines, LnShape in, LnError *err) {
  LnPadMode mode = modes[o->padding_mode];
  int64_t most = mode == LN_PAD_REFLECT ? a->in - 1 : mode == LN_PAD_CIRCULAR ? a->in : INT64_MAX;
  int64_t after = (a->out - 1) * a->stride + (a->kernel - 1) * a->dilation + 1 - a->pad - a->in;
  int64_t padding = after > a->pad ? after : a->pad;
  if (padding <= most || mode == LN_PAD_CONSTANT) return LN_OK;
  return ln_fail(err, LN_ESHAPE,
                 "padding_mode '%s' takes at most %lld %s of padding from an image of %s, got %lld; use 'replicate' or "
                 "'zeros'",
                 ln_conv2d_padding_modes[o->padding_mode], (long long)most, lines, LN_SHAPE_TEXT(in),
                 (long long)padding);
}

LnStatus ln_conv2d_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  if (in[0].d[0] % groups_of(o, in[0].d[0]) != 0)
    return ln_fail(err, LN_ESHAPE, "the %lld channels of %s cannot be divided into %lld groups",
                   (long long)in[0].d[0], LN_SHAPE_TEXT(in[0]), (long long)o->groups);
  LnAxis rows = axis_of(o, 0, in[0].d[1], 1), columns = axis_of(o, 1, in[0].d[2], 1);
  if (rows.out < 1 || columns.out < 1)
    return ln_fail(
        err, LN_ESHAPE,
        "a kernel of %lldx%lld with dilation %lldx%lld does not fit into an image of %s; use padding = 'same'",
        (long long)o->kernel[0], (long long)o->kernel[1], (long long)o->dilation[0], (long long)o->dilation[1],
        LN_SHAPE_TEXT(in[0]));
  LN_TRY(check_padding(o, &rows, "rows", in[0], err));
  LN_TRY(check_padding(o, &columns, "columns", in[0], err));
  *out = LN_SHAPE(filters_of(o, in[0].d[0]), rows.out, columns.out);
  return LN_OK;
}

int ln_conv2d_declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in,
                      LnShape out) {
  const Options *o = options;
  int64_t area = o->kernel[0] * o->kernel[1], filters = out.d[0], cin = in[0].d[0] / groups_of(o, in[0].d[0]);
  tensors[0] = (LnDecl){.name = "weight",
                        .shape = LN_SHAPE(o->kernel[0], o->kernel[1], cin, filters),
                        .axes = {3, 2, 0, 1},
                        .init = (LnInit)o->init,
                        .fan_in = area * cin,
                        .fan_out = area * filters};
  tensors[1] = (LnDecl){.name = "bias", .shape = LN_SHAPE(filters), .axes = {0}};
  *macs = (double)(area * cin) * (double)ln_shape_count(out);
  return o->bias ? 2 : 1;
}

/* Pooling works on a band of rows of the convolution's output: a few at a time, or all where an input gradient is
 * wanted. */
typedef struct Band {
  int64_t rows;              /* of the pooled output at a time */
  LnMap map;                 /* the band's map; data is set when run */
  int64_t start, first;      /* of the band, and of its pixel (0, 0), in the scratch memory */
  int64_t size;              /* floats */
} Band;

/* One of the concatenated inputs. */
typedef struct Part {
  const LnConvMethod *method;
  void *plan;                /* the method's */
  int64_t weights;           /* place of its first weight */
  int64_t packed;            /* place of its packed weights */
  int prepare_parts;
} Part;

typedef struct Prepared {
  int n_parts;
  Part parts[LN_MAX_INPUTS];
  int64_t conv_rows, conv_columns;
  int64_t unit;              /* rows that the method works in */
  bool pooled;               /* the only part's method does the pooling; else it is done in bands: */
  Band forward, backward;
} Prepared;

static Band band_of(int64_t rows, const Prepared *p, const LnBuild *b, const int border[4], int64_t start) {
  int64_t ld = ln_kernels_ld(b->kernels, b->out.d[0]), row = (p->conv_columns + border[2] + border[3]) * ld;
  LnMap map = {
      .c = (int)b->out.d[0], .h = (int)(rows * b->fusion->pool[0]), .w = (int)p->conv_columns, .ld = ld, .row = row};
  return (Band){.rows = rows,
                .map = map,
                .start = start,
                .first = start + border[0] * row + border[2] * ld,
                .size = (map.h + border[0] + border[1]) * row};
}

/* Pooled rows of a small band: the convolution's rows are a multiple of what its method works in. */
static int64_t small_band(const Prepared *p, const LnFusion *f) {
  int64_t rows = 1;
  while (rows * f->pool[0] % p->unit != 0 || rows * f->pool[0] * p->conv_columns < 256) rows++;
  return rows;
}

static void plan_pooling(LnNeeds *needs, Prepared *p, const LnBuild *b) {
  static const int none[4];
  int64_t ld = ln_kernels_ld(b->kernels, b->out.d[0]), start = (needs->scratch + 15) / 16 * 16,
          small = small_band(p, b->fusion);
  p->forward = band_of(small, p, b, none, start);
  needs->saved = (b->training ? b->out.d[1] : small) * b->out.d[2] * ld;
  needs->row_unit = small;
  needs->scratch = start + p->forward.size;
  if (!b->training) return;
  int64_t all = (p->conv_rows + b->fusion->pool[0] - 1) / b->fusion->pool[0];
  p->backward = band_of(b->input_grad ? all : small, p, b, needs->grad_border, start);
  if (p->backward.size > p->forward.size) needs->scratch = start + p->backward.size;
  memset(needs->grad_border, 0, sizeof needs->grad_border); /* the layer's own dy is the pooled one */
}

static const LnConvMethod *method_for(const Options *o, const LnConvShape *shape, const LnKernels *kernels) {
  bool winograd = o->algorithm != DIRECT && ln_conv_winograd.can(shape) &&
                  (o->algorithm == WINOGRAD || ln_conv_winograd.pays(shape, kernels));
  return winograd ? &ln_conv_winograd : &ln_conv_direct;
}

/* The method for a shape, which becomes what that is made with. */
static const LnConvMethod *choose_method(LnConvShape *shape, const Options *o, const LnKernels *kernels) {
  if (shape->groups == 1 && shape->padding == LN_PAD_CONSTANT) return method_for(o, shape, kernels);
  LnConvShape one = ln_conv_one_group(shape);
  return ln_conv_stage(shape, method_for(o, &one, kernels));
}

/* Where rows of the image stand above and below it as well, more of them are read. */
static void reach_for_padding(LnInputRows *rows, const LnAxis *a) {
  int64_t span = (a->kernel - 1) * a->dilation, below = (a->out - 1) * a->stride + span + 1 - a->pad - a->in;
  if (2 * below > span) rows->before += 2 * below - span;
  if (a->pad > rows->after) rows->after = a->pad;
}

static bool method_pools(const LnConvMethod *method, const LnConvShape *shape, const LnBuild *b) {
  const int64_t *pool = b->fusion->pool;
  return pool[0] == 2 && pool[1] == 2 && method->pools != NULL && method->pools(shape, b->training && b->input_grad);
}

static int64_t common_multiple(int64_t a, int64_t b) {
  int64_t multiple = a;
  while (multiple % b != 0) multiple += a;
  return multiple;
}

/* Parts run one after the other. */
static void add_needs(LnNeeds *needs, const LnNeeds *part) {
  for (int side = 0; side < 4; side++) {
    if (part->border[side] > needs->border[side]) needs->border[side] = part->border[side];
    if (part->grad_border[side] > needs->grad_border[side]) needs->grad_border[side] = part->grad_border[side];
  }
  needs->packed += (part->packed + 15) / 16 * 16;
  needs->prepare_parts += part->prepare_parts;
  needs->row_unit = needs->row_unit == 0 ? part->row_unit : common_multiple(needs->row_unit, part->row_unit);
  if (part->scratch > needs->scratch) needs->scratch = part->scratch;
}

static LnStatus build_part(Prepared *p, LnNeeds *needs, const LnBuild *b, int64_t channels, int index, LnError *err) {
  const Options *o = b->options;
  const LnShape *in = &b->in[index];
  Part *part = &p->parts[index];
  LnNeeds own = {0};
  LnConvShape shape = {.rows = axis_of(o, 0, in->d[1], b->fusion->upsample[index][0]),
                       .columns = axis_of(o, 1, in->d[2], b->fusion->upsample[index][1]),
                       .cin = in->d[0],
                       .cout = filters_of(o, in->d[0]),
                       .groups = groups_of(o, in->d[0]),
                       .padding = modes[o->padding_mode]};
  shape.tap = channels / shape.groups * shape.cout;
  part->method = choose_method(&shape, o, b->kernels);
  p->conv_rows = shape.rows.out, p->conv_columns = shape.columns.out;
  p->pooled = shape.pooled = method_pools(part->method, &shape, b);
  LN_TRY(part->method->make(&part->plan, &own, &shape, b, err));
  int64_t step = shape.rows.stride, span = (shape.rows.kernel - 1) * shape.rows.dilation, pool = b->fusion->pool[0];
  needs->input_rows[index] = (LnInputRows){.step = pool * step,
                                  .scale = shape.rows.upsample,
                                  .before = shape.rows.pad,
                                  .after = (pool - 1) * step - shape.rows.pad + span};
  if (shape.padding != LN_PAD_CONSTANT) reach_for_padding(&needs->input_rows[index], &shape.rows);
  part->packed = needs->packed;
  part->prepare_parts = own.prepare_parts;
  add_needs(needs, &own);
  return LN_OK;
}

LnStatus ln_conv2d_build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  const Options *o = b->options;
  Prepared *p = ln_calloc(1, sizeof *p);
  if (p == NULL) return ln_fail_memory(err, "conv2d plan", sizeof *p);
  needs->prepared = p;
  int64_t channels = 0;
  for (int i = 0; i < b->n_inputs; i++) {
    p->parts[i].weights = channels * o->filters;
    channels += b->in[i].d[0];
  }
  for (; p->n_parts < b->n_inputs; p->n_parts++) LN_TRY(build_part(p, needs, b, channels, p->n_parts, err));
  p->unit = needs->row_unit;
  needs->needs_x = true;
  ln_activation_needs(needs, b, o->activation);
  if (p->pooled && b->training) needs->saved = b->out.d[1] * b->out.d[2] * ln_kernels_ld(b->kernels, b->out.d[0]);
  if (ln_fusion_pools(b->fusion) && !p->pooled) plan_pooling(needs, p, b);
  if (modes[o->padding_mode] == LN_PAD_CIRCULAR) needs->row_unit = 0; /* the first rows read the last */
  return LN_OK;
}

void ln_conv2d_release(void *prepared) {
  Prepared *p = prepared;
  for (int i = 0; i < LN_MAX_INPUTS; i++) ln_conv_release(p->parts[i].method, p->parts[i].plan);
  ln_free(p);
}

/* The bias goes with the first of the concatenated inputs. */
void ln_conv2d_prepare(float *packed, const void *options, const LnKernels *kernels, const void *prepared,
                       float *const *tensors, int part) {
  const Prepared *p = prepared;
  const Part *input = p->parts;
  for (; part >= input->prepare_parts; input++) part -= input->prepare_parts;
  bool biased = ((const Options *)options)->bias && input == p->parts;
  input->method->prepare(packed + input->packed, input->plan, kernels, tensors[0] + input->weights,
                         biased ? tensors[1] : NULL, part);
}

LnRange ln_conv2d_range(const void *options) {
  return ln_activation_range(ln_activation_by_word(((const Options *)options)->activation));
}

LnActivation ln_conv2d_ends_in(const void *options, const LnFusion *fusion) {
  return ln_activation_of(((const Options *)options)->activation, fusion);
}

static LnConvRun run_of(const LnPass *pass, int part, int64_t first, int64_t count) {
  const Prepared *p = pass->prepared;
  LnConvRun run = {.plan = p->parts[part].plan,
                   .kernels = pass->kernels,
                   .packed = pass->packed + p->parts[part].packed,
                   .scratch = pass->scratch,
                   .x = pass->x[part],
                   .add = part > 0,
                   .first = first,
                   .count = count};
  if (p->pooled && pass->training) run.argmax = (uint8_t *)pass->saved + first * pass->y.w * pass->y.ld;
  return run;
}

static void forward_pooled(const LnPass *pass, const Prepared *p, LnActivation activation) {
  LnMap y = pass->y, band = p->forward.map;
  band.data = pass->scratch + p->forward.first;
  const int64_t *pool = pass->fusion->pool;
  for (int64_t row = pass->first, end = row + pass->count; row < end; row += p->forward.rows) {
    int64_t rows = end - row < p->forward.rows ? end - row : p->forward.rows;
    LnConvRun run = run_of(pass, 0, row * pool[0], rows * pool[0]);
    p->parts[0].method->forward(&run, band, activation);
    for (int64_t r = 0; r < rows; r++) {
      uint8_t *argmax = (uint8_t *)pass->saved + (pass->training ? row + r : r) * y.w * y.ld;
      pass->kernels->max_pool_row(y.data + (row + r) * y.row, y.ld, argmax, y.c, y.w,
                                  band.data + r * pool[0] * band.row, band.ld, band.row, pool, pool[1]);
    }
  }
}

void ln_conv2d_forward(const LnPass *pass) {
  const Prepared *p = pass->prepared;
  const Options *o = pass->options;
  LnActivation activation = ln_activation_in_passing(pass, o->activation);
  if (ln_fusion_pools(pass->fusion) && !p->pooled) {
    forward_pooled(pass, p, activation);
    return;
  }
  for (int i = 0; i < p->n_parts; i++) {
    LnConvRun run = run_of(pass, i, pass->first, pass->count);
    p->parts[i].method->forward(&run, ln_map_rows(pass->y, pass->first, pass->count),
                                i == p->n_parts - 1 ? activation : (LnActivation){0});
  }
  ln_activation_finish(pass, o->activation);
}

/* The gradient before pooling, band by band: each value goes to the pixel that was the largest, the rest is zero. */
static void backward_pooled(const LnPass *pass, const Prepared *p) {
  const Band *band = &p->backward;
  const int64_t *pool = pass->fusion->pool;
  LnMap map = band->map, dy = pass->dy;
  map.data = pass->scratch + band->first;
  for (int64_t row = 0; row < dy.h; row += band->rows) {
    int64_t rows = dy.h - row < band->rows ? dy.h - row : band->rows;
    int64_t count = row + rows == dy.h ? p->conv_rows - row * pool[0] : rows * pool[0];
    if (count > map.h) count = map.h; /* rows that no window covers have no gradient */
    memset(pass->scratch + band->start, 0, (size_t)band->size * sizeof(float));
    for (int64_t r = 0; r < rows; r++)
      pass->kernels->max_unpool_row(map.data + r * pool[0] * map.row, map.ld, map.row, dy.data + (row + r) * dy.row,
                                    dy.ld, (const uint8_t *)pass->saved + (row + r) * dy.w * dy.ld, dy.c, dy.w, pool);
    LnConvRun run = run_of(pass, 0, row * pool[0], count);
    map.h = (int)count;
    p->parts[0].method->backward(&run, pass->grads[0], pass->dx[0], map);
    map.h = band->map.h;
  }
}

void ln_conv2d_backward(const LnPass *pass) {
  const Prepared *p = pass->prepared;
  const Options *o = pass->options;
  ln_activation_undo(pass, o->activation);
  if (o->bias) ln_map_sum_pixels(pass->kernels, pass->grads[1], pass->dy);
  if (ln_fusion_pools(pass->fusion) && !p->pooled) {
    backward_pooled(pass, p);
    return;
  }
  for (int i = 0; i < p->n_parts; i++) {
    LnConvRun run = run_of(pass, i, 0, INT64_MAX);
    p->parts[i].method->backward(&run, pass->grads[0] + p->parts[i].weights, pass->dx[i], pass->dy);
  }
}

static bool accepts_inputs(const Options *o, const LnFusion *f) {
  bool plain = o->depth_multiplier == 0 && o->groups == 1 && modes[o->padding_mode] == LN_PAD_CONSTANT;
  if (!plain) return f->concatenated == 1 && !ln_fusion_upsamples(f);
  bool saves = ln_fusion_upsamples(f), adds = o->filters > 4; /* kernels for fewer channels set, they do not add */
  if (f->concatenated > 1 && (!saves || !adds)) return false;
  for (int i = 0; i < f->concatenated; i++)
    for (int axis = 0; axis < 2; axis++)
      if (o->kernel[axis] * f->upsample[i][axis] > LN_MAX_AXIS_TAPS) return false;
  return !saves || (o->stride[0] == 1 && o->stride[1] == 1 && !ln_fusion_pools(f));
}

bool ln_conv2d_can_fuse(const void *options, const LnFusion *f) {
  const Options *o = options;
  if (!ln_activation_can_fuse(o->activation, f)) return false;
  return accepts_inputs(o, f) && f->pool[0] * f->pool[1] <= 255;
}

static const LnCase cases[] = {
    {.options = "{\"filters\": 5, \"activation\": \"tanh\"}", .inputs = {LN_SHAPE(3, 6, 7)}},
    {.options = "{\"filters\": 1, \"activation\": \"sigmoid\"}", .inputs = {LN_SHAPE(6, 5, 5)}},
    {.options = "{\"filters\": 17, \"kernel\": 1, \"bias\": false}", .inputs = {LN_SHAPE(2, 4, 5)}},
    {.options = "{\"filters\": 6, \"kernel\": [3, 5], \"padding\": \"valid\"}", .inputs = {LN_SHAPE(5, 7, 8)}},
    {.options = "{\"filters\": 4, \"stride\": 2}", .inputs = {LN_SHAPE(1, 7, 6)}},
    {.options = "{\"filters\": 8, \"stride\": [1, 3], \"kernel\": 4, \"padding\": 2}", .inputs = {LN_SHAPE(7, 6, 9)}},
    {.options = "{\"filters\": 2, \"dilation\": 2, \"init\": \"he_normal\"}", .inputs = {LN_SHAPE(9, 8, 7)}},
    {.options = "{\"filters\": 3, \"kernel\": 5, \"dilation\": [2, 1], \"activation\": \"leaky_relu\"}",
     .inputs = {LN_SHAPE(3, 9, 6)}},
    {.options = "{\"filters\": 6, \"padding\": [2, 0, 1, 3]}", .inputs = {LN_SHAPE(5, 5, 6)}},
    {.options = "{\"filters\": 6, \"groups\": 3, \"stride\": 2}", .inputs = {LN_SHAPE(9, 7, 6)}},
    {.options = "{\"filters\": 16, \"groups\": 2, \"activation\": \"tanh\"}", .inputs = {LN_SHAPE(12, 4, 5)}},
    {.options = "{\"filters\": 6, \"padding_mode\": \"reflect\"}", .inputs = {LN_SHAPE(6, 4, 5)}},
    {.options = "{\"filters\": 3, \"padding_mode\": \"circular\", \"padding\": [2, 0, 1, 3]}",
     .inputs = {LN_SHAPE(2, 5, 6)}},
    {.options = "{\"filters\": 8, \"padding_mode\": \"replicate\", \"dilation\": 3, \"groups\": 2}",
     .inputs = {LN_SHAPE(4, 4, 5)}},
    {.options = "{\"filters\": 33, \"algorithm\": \"winograd\"}", .inputs = {LN_SHAPE(32, 9, 6)}},
    {0}};

const LnLayerType ln_nn_conv2d = {
    .type = {.kind = "nn",
             .name = "conv2d",
             .doc =
                 "Two-dimensional convolution: y[o] = activation(b[o] + sum over i of w[o][i] * x[i]), kernels not "
                 "flipped.\n"
                 "From channels x height x width to filters x height' x width'. Tensors: weight (filters, channels /\n"
                 "groups, kernel height, kernel width), as PyTorch's, and bias (filters). With groups, the first\n"
                 "filters / groups filters see the first channels / groups channels, and so on.\n"
                 "Padding 'same' puts an odd number of zeros' last one at the bottom and on the right, as TensorFlow;\n"
                 "PyTorch's padding = 1 begins a strided 3x3 kernel one pixel earlier. Without the option, Keras pads\n"
                 "'valid' and PyTorch 0; here it is 'same'. Weights begin as in Keras, by Glorot's uniform\n"
                 "distribution; PyTorch takes +-1 / sqrt(channels / groups * kernel area), for biases too.\n"
                 "Winograd's method rounds sums, not products: a weight's gradient that is exactly 0 can come out as\n"
                 "about 1e-7 of its neighbours'. Adam and RMSprop, which scale every weight by itself, would then move\n"
                 "that weight; algorithm = \"direct\" gives exact zeros.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = ln_conv2d_shape,
    .declare = ln_conv2d_declare,
    .build = ln_conv2d_build,
    .release = ln_conv2d_release,
    .prepare = ln_conv2d_prepare,
    .forward = ln_conv2d_forward,
    .backward = ln_conv2d_backward,
    .can_fuse = ln_conv2d_can_fuse,
    .ends_in = ln_conv2d_ends_in,
    .range = ln_conv2d_range,
};
