/* Direct convolution: a geometry turned into rectangles of taps (taps.h) that the kernels run.
 *
 * There are two lists of rectangles, one for the convolution and one for its adjoint. A convolution runs the first
 * forward and the second for its input gradient, a transposed convolution the other way round. Weight gradients come
 * from the pairs of pixels in the first list. */
#include "nn/conv_method.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_TAPS = LN_MAX_AXIS_TAPS * LN_MAX_AXIS_TAPS };

typedef struct Tap {
  int64_t row, column;       /* source pixel, counted from the rectangle's pixel */
  int kernel_rows[2];        /* first and last kernel row it stands for */
  int kernel_columns[2];
} Tap;

/* One rectangle: a product of two axis phases. */
typedef struct Rectangle {
  int64_t start[2], step[2], count[2], source_step[2]; /* rows, columns */
  int n_taps;
  int first_tap;             /* in the engine's list */
  int64_t weights;           /* place of its weights in the packed memory */
} Rectangle;

typedef enum Way { ALONG, BACK } Way; /* the convolution: from cin to cout channels; its adjoint */

typedef struct List {
  Rectangle *first, *end;
} List;

typedef struct Engine {
  LnConvShape shape;
  Way forward, backward;     /* which list is run for y, and for dx */
  List lists[2];             /* by way; those that are not needed are empty */
  int n_taps;
  int64_t packed, bias;      /* floats in all; place of the padded bias */
  Tap *taps;                 /* taps and rectangles lie behind this struct in the same block */
} Engine;

static int64_t source_channels(const Engine *e, Way way) {
  return way == ALONG ? e->shape.cin : e->shape.cout;
}

static int64_t channels_of(const Engine *e, Way way) {
  return way == ALONG ? e->shape.cout : e->shape.cin;
}

/* How a kernel takes its channels: see LnKernels. */
typedef enum Form { WIDE, DOT, FEW, DEPTHWISE } Form;

static Form form_of(const LnConvShape *shape, int64_t from, int64_t to) {
  if (shape->depthwise) return DEPTHWISE;
  if (to > 4) return WIDE;
  return from > 4 ? DOT : FEW;
}

static int64_t packed_size(const Engine *e, const LnKernels *kernels, int64_t taps, Way way) {
  int64_t from = source_channels(e, way), to = channels_of(e, way);
  switch (form_of(&e->shape, from, to)) {
    case WIDE: return taps * from * ln_kernels_ld(kernels, to);
    case DOT: return taps * ln_kernels_ld(kernels, from) * to;
    case FEW: return taps * from * kernels->vl;
    case DEPTHWISE: return taps * ln_kernels_ld(kernels, to);
  }
  return 0;
}

static void add_rectangle(Engine *e, Rectangle *r, const LnAxisPhase *rows, const LnAxisPhase *columns) {
  *r = (Rectangle){.start = {rows->start, columns->start},
                   .step = {rows->step, columns->step},
                   .count = {rows->count, columns->count},
                   .source_step = {rows->source_step, columns->source_step},
                   .n_taps = rows->n_taps * columns->n_taps,
                   .first_tap = e->n_taps};
  for (int i = 0; i < rows->n_taps; i++)
    for (int j = 0; j < columns->n_taps; j++)
      e->taps[e->n_taps++] = (Tap){.row = rows->taps[i].offset,
                                   .column = columns->taps[j].offset,
                                   .kernel_rows = {rows->taps[i].first, rows->taps[i].last},
                                   .kernel_columns = {columns->taps[j].first, columns->taps[j].last}};
}

typedef void AxisFunction(LnAxisPhase *out, const LnAxis *axis, int64_t phase);

static void add_rectangles(Engine *e, List *list, AxisFunction *axis, int64_t row_phases, int64_t column_phases) {
  LnAxisPhase rows, columns;
  for (int64_t i = 0; i < row_phases; i++) {
    axis(&rows, &e->shape.rows, i);
    for (int64_t j = 0; j < column_phases; j++) {
      axis(&columns, &e->shape.columns, j);
      add_rectangle(e, list->end++, &rows, &columns);
    }
  }
}

/* The convolution is wanted for y, for dx or for weight gradients; its adjoint for y or dx. */
static void fill_lists(Engine *e, Rectangle *room, bool training, bool input_grad) {
  const LnAxis *v = &e->shape.rows, *h = &e->shape.columns;
  e->lists[ALONG] = (List){room, room};
  if (e->forward == ALONG || training) add_rectangles(e, &e->lists[ALONG], ln_axis_forward, v->upsample, h->upsample);
  e->lists[BACK] = (List){e->lists[ALONG].end, e->lists[ALONG].end};
  if (e->forward == BACK || (training && input_grad))
    add_rectangles(e, &e->lists[BACK], ln_axis_backward, v->upsample > 1 ? 1 : v->stride,
                   h->upsample > 1 ? 1 : h->stride);
}

/* The engine is one block, so that ln_free releases it. */
static LnStatus engine_new(Engine **out, const LnConvShape *shape, const LnBuild *build, LnError *err) {
  const LnAxis *v = &shape->rows, *h = &shape->columns;
  assert(v->kernel * v->upsample <= LN_MAX_AXIS_TAPS && h->kernel * h->upsample <= LN_MAX_AXIS_TAPS);
  int64_t rectangles = v->upsample * h->upsample + v->stride * h->stride;
  int64_t taps = 2 * v->kernel * v->upsample * h->kernel * h->upsample; /* at most, either way */
  size_t bytes = sizeof(Engine) + (size_t)rectangles * sizeof(Rectangle) + (size_t)taps * sizeof(Tap);
  Engine *e = ln_calloc(1, bytes);
  if (e == NULL) return ln_fail_memory(err, "convolution plan", bytes);
  e->shape = *shape;
  e->forward = shape->transposed ? BACK : ALONG;
  e->backward = shape->transposed ? ALONG : BACK;
  Rectangle *room = (Rectangle *)(void *)(e + 1);
  e->taps = (Tap *)(void *)(room + rectangles);
  fill_lists(e, room, build->training, build->input_grad);
  for (Way way = ALONG; way <= BACK; way++)
    for (Rectangle *r = e->lists[way].first; r < e->lists[way].end; r++) {
      r->weights = e->packed;
      e->packed += packed_size(e, build->kernels, r->n_taps, way);
    }
  e->bias = e->packed;
  e->packed += ln_kernels_ld(build->kernels, channels_of(e, e->forward));
  *out = e;
  return LN_OK;
}

/* How far a list's rectangles read outside their source. */
static void reach(int border[4], const Engine *e, Way way) {
  const LnAxis *v = &e->shape.rows, *h = &e->shape.columns;
  int64_t height = way == ALONG ? v->in : v->out, width = way == ALONG ? h->in : h->out;
  memset(border, 0, 4 * sizeof border[0]);
  for (const Rectangle *r = e->lists[way].first; r < e->lists[way].end; r++) {
    if (r->count[0] == 0 || r->count[1] == 0) continue;
    for (int t = 0; t < r->n_taps; t++) {
      const Tap *tap = &e->taps[r->first_tap + t];
      int64_t over[4] = {-tap->row, (r->count[0] - 1) * r->source_step[0] + tap->row - (height - 1), -tap->column,
                         (r->count[1] - 1) * r->source_step[1] + tap->column - (width - 1)};
      for (int side = 0; side < 4; side++)
        if (over[side] > border[side]) border[side] = (int)over[side];
    }
  }
}

/* Where the input has few channels, so that the outputs before pooling are worth less than the memory they take. */
static bool pools(const LnConvShape *shape, bool input_grad) {
  return form_of(shape, shape->cin, shape->cout) == WIDE && shape->cin <= 4 && !shape->transposed && !input_grad &&
         shape->rows.upsample == 1 && shape->columns.upsample == 1;
}

static LnStatus make(void **plan, LnNeeds *needs, const LnConvShape *shape, const LnBuild *build, LnError *err) {
  Engine *e = NULL;
  LN_TRY(engine_new(&e, shape, build, err));
  reach(needs->border, e, e->forward);
  reach(needs->grad_border, e, e->backward);
  needs->packed += e->packed;
  needs->row_unit = shape->transposed ? shape->rows.stride : shape->rows.upsample; /* pooled: 1 */
  needs->prepare_parts = 2;
  *plan = e;
  return LN_OK;
}

/* Where the weights of one kernel position lie: from source channel i to channel o at i * from + o * to. */
typedef struct WeightSteps {
  int64_t from, to;
} WeightSteps;

static WeightSteps steps_of(const Engine *e, Way way) {
  if (e->shape.depthwise) return (WeightSteps){0, 1};
  return way == BACK ? (WeightSteps){1, e->shape.cout} : (WeightSteps){e->shape.cout, 1};
}

/* n weights of a tap, `step` apart, and zeros up to `padded`. Each is the sum over the kernel positions that the tap
 * stands for: one, but for upsampled inputs. */
static void take_weights(float *restrict out, const Engine *e, const Tap *tap, const float *restrict weight,
                         int64_t step, int64_t n, int64_t padded) {
  bool begun = false;
  for (int ky = tap->kernel_rows[0]; ky <= tap->kernel_rows[1]; ky++)
    for (int kx = tap->kernel_columns[0]; kx <= tap->kernel_columns[1]; kx++) {
      const float *from = weight + (ky * e->shape.columns.kernel + kx) * e->shape.tap;
      if (!begun)
        for (int64_t k = 0; k < n; k++) out[k] = from[k * step];
      else
        for (int64_t k = 0; k < n; k++) out[k] += from[k * step];
      begun = true;
    }
  for (int64_t k = begun ? n : 0; k < padded; k++) out[k] = 0.0f;
}

/* WIDE: [block of output channels][tap][source channel][channel of the block]. */
static void pack_wide(float *out, const Engine *e, const Rectangle *r, const LnKernels *kernels, const float *weight,
                      Way way) {
  int64_t from = source_channels(e, way), channels = channels_of(e, way);
  int64_t padded = ln_kernels_ld(kernels, channels), block = (int64_t)kernels->vl * kernels->conv_vectors;
  WeightSteps steps = steps_of(e, way);
  for (int64_t begin = 0; begin < padded; begin += block) {
    int64_t wide = padded - begin < block ? padded - begin : block;
    int64_t used = channels - begin < wide ? channels - begin : wide;
    for (int t = 0; t < r->n_taps; t++)
      for (int64_t i = 0; i < from; i++, out += wide)
        take_weights(out, e, &e->taps[r->first_tap + t], weight + i * steps.from + begin * steps.to, steps.to, used,
                     wide);
  }
}

/* DOT: [channel][tap][source channel, padded]. */
static void pack_dot(float *out, const Engine *e, const Rectangle *r, int64_t padded, const float *weight, Way way) {
  int64_t from = source_channels(e, way), channels = channels_of(e, way);
  WeightSteps steps = steps_of(e, way);
  for (int64_t o = 0; o < channels; o++)
    for (int t = 0; t < r->n_taps; t++, out += padded)
      take_weights(out, e, &e->taps[r->first_tap + t], weight + o * steps.to, steps.from, from, padded);
}

/* FEW: [tap][source channel][lane], a lane for each channel of each pixel that fits into a vector. */
static void pack_few(float *out, const Engine *e, const Rectangle *r, int lanes, const float *weight, Way way) {
  int64_t from = source_channels(e, way), to = channels_of(e, way), used = lanes / (from > to ? from : to) * to;
  WeightSteps steps = steps_of(e, way);
  for (int t = 0; t < r->n_taps; t++)
    for (int64_t i = 0; i < from; i++, out += lanes) {
      take_weights(out, e, &e->taps[r->first_tap + t], weight + i * steps.from, steps.to, to, lanes);
      for (int64_t j = to; j < used; j++) out[j] = out[j - to];
    }
}

/* DEPTHWISE: [tap][channel, padded]. */
static void pack_depthwise(float *out, const Engine *e, const Rectangle *r, int64_t padded, const float *weight) {
  for (int t = 0; t < r->n_taps; t++, out += padded)
    take_weights(out, e, &e->taps[r->first_tap + t], weight, 1, e->shape.cin, padded);
}

static void pack(float *out, const Engine *e, const Rectangle *r, const LnKernels *kernels, const float *weight,
                 Way way) {
  int64_t from = source_channels(e, way);
  switch (form_of(&e->shape, from, channels_of(e, way))) {
    case WIDE: pack_wide(out, e, r, kernels, weight, way); break;
    case DOT: pack_dot(out, e, r, ln_kernels_ld(kernels, from), weight, way); break;
    case FEW: pack_few(out, e, r, kernels->vl, weight, way); break;
    case DEPTHWISE: pack_depthwise(out, e, r, ln_kernels_ld(kernels, from), weight); break;
  }
}

/* The weights of a way are a part; the biases go with the first. */
static void prepare(float *packed, const void *plan, const LnKernels *kernels, const float *weight, const float *bias,
                    int part) {
  const Engine *e = plan;
  int64_t channels = channels_of(e, e->forward);
  Way way = (Way)part;
  for (const Rectangle *r = e->lists[way].first; r < e->lists[way].end; r++)
    pack(packed + r->weights, e, r, kernels, weight, way);
  if (part > 0) return;
  memset(packed + e->bias, 0, (size_t)ln_kernels_ld(kernels, channels) * sizeof(float));
  if (bias != NULL) memcpy(packed + e->bias, bias, (size_t)channels * sizeof(float));
}

/* The part of the arguments that follows from the rectangle, its rows first .. first+count-1: destination y, source x.
 */
static LnConvArgs arguments_of(int64_t offsets[MOST_TAPS], const Engine *e, const Rectangle *r, LnMap y, LnMap x,
                               int64_t first, int64_t count) {
  int64_t rows = r->count[0] - first < count ? r->count[0] - first : count;
  for (int t = 0; t < r->n_taps; t++) {
    const Tap *tap = &e->taps[r->first_tap + t];
    offsets[t] = tap->row * x.row + tap->column * x.ld;
  }
  return (LnConvArgs){
      .taps = r->n_taps,
      .offset = offsets,
      .cin = x.c,
      .cout = y.c,
      .width = (int)r->count[1],
      .height = rows > 0 ? (int)rows : 0,
      .x = x.data + first * r->source_step[0] * x.row,
      .x_step = r->source_step[1] * x.ld,
      .x_row = r->source_step[0] * x.row,
      .y = y.data + r->start[0] * y.row + r->start[1] * y.ld,
      .y_step = r->step[1] * y.ld,
      .y_row = r->step[0] * y.row,
  };
}

/* The same for the rows of a run, which count pixels of y where a rectangle has every step-th of them. */
static LnConvArgs arguments(int64_t offsets[MOST_TAPS], const Engine *e, const Rectangle *r, LnMap y,
                            const LnConvRun *run) {
  int64_t step = r->step[0], count = run->count / step + (run->count % step != 0);
  return arguments_of(offsets, e, r, y, run->x, run->first / step, count);
}

static void run_kernel(const LnKernels *kernels, const LnConvShape *shape, const LnConvArgs *args) {
  switch (form_of(shape, args->cin, args->cout)) {
    case WIDE: kernels->conv(args); break;
    case DOT: kernels->conv_dot(args); break;
    case FEW: kernels->conv_few(args); break;
    case DEPTHWISE: kernels->conv_depthwise(args); break;
  }
}

/* The arguments of an only rectangle's windows of 2x2 pixels. */
static LnConvArgs pooled_arguments(int64_t offsets[MOST_TAPS], const Engine *e, const LnConvRun *run, LnMap y) {
  LnConvArgs args = arguments_of(offsets, e, e->lists[ALONG].first, y, run->x, 0, INT64_MAX);
  int64_t rest = e->shape.rows.out / 2 - run->first;
  args.height = (int)(run->count < rest ? run->count : rest);
  args.width = (int)(e->shape.columns.out / 2);
  args.x_right = args.x_step, args.x_down = args.x_row;
  args.x_step *= 2, args.x_row *= 2;
  args.x += run->first * args.x_row;
  args.argmax = run->argmax;
  args.argmax_row = y.w * y.ld;
  return args;
}

static void forward_rectangle(const LnConvRun *run, const Rectangle *r, LnMap y, LnActivation activation) {
  const Engine *e = run->plan;
  int64_t offsets[MOST_TAPS];
  LnConvArgs args = e->shape.pooled ? pooled_arguments(offsets, e, run, y) : arguments(offsets, e, r, y, run);
  args.w = run->packed + r->weights;
  args.bias = run->packed + e->bias;
  args.activation = activation;
  args.accumulate = run->add;
  assert(!run->add || (!e->shape.pooled && form_of(&e->shape, args.cin, args.cout) == WIDE)); /* only these add */
  if (e->shape.pooled)
    run->kernels->conv_pooled(&args);
  else
    run_kernel(run->kernels, &e->shape, &args);
}

static void forward_rows(const LnConvRun *run, LnMap y, LnActivation activation) {
  const Engine *e = run->plan;
  for (const Rectangle *r = e->lists[e->forward].first; r < e->lists[e->forward].end; r++)
    forward_rectangle(run, r, y, activation);
}

/* Several rectangles read the same rows of x. With few outputs reading is most of the work, so they take turns. */
static void forward(const LnConvRun *run, LnMap y, LnActivation activation) {
  const Engine *e = run->plan;
  const List *list = &e->lists[e->forward];
  int64_t step = list->first->step[0], rows_out = e->shape.rows.out;
  int64_t end = run->count < rows_out ? run->first + run->count : rows_out;
  if (e->shape.transposed || list->end - list->first == 1 || form_of(&e->shape, e->shape.cin, e->shape.cout) == WIDE) {
    forward_rows(run, y, activation);
    return;
  }
  LnConvRun part = *run;
  LnMap rows = y;
  part.count = step;
  for (; part.first < end; part.first += step, rows.data += step * y.row) forward_rows(&part, rows, activation);
}

static void backward_input(const LnConvRun *run, LnMap dx, LnMap dy) {
  const Engine *e = run->plan;
  int64_t offsets[MOST_TAPS];
  for (const Rectangle *r = e->lists[e->backward].first; r < e->lists[e->backward].end; r++) {
    LnConvArgs args = arguments_of(offsets, e, r, dx, dy, 0, INT64_MAX);
    args.w = run->packed + r->weights;
    run_kernel(run->kernels, &e->shape, &args);
  }
}

/* The kernel positions that share the gradient of each tap, as places in dw. */
static void list_targets(int *n_targets, int64_t *targets, const Engine *e, const Rectangle *r) {
  for (int t = 0; t < r->n_taps; t++) {
    const Tap *tap = &e->taps[r->first_tap + t];
    n_targets[t] = 0;
    for (int ky = tap->kernel_rows[0]; ky <= tap->kernel_rows[1]; ky++)
      for (int kx = tap->kernel_columns[0]; kx <= tap->kernel_columns[1]; kx++, n_targets[t]++)
        *targets++ = (ky * e->shape.columns.kernel + kx) * e->shape.tap;
  }
}

static void run_gradient_kernel(const LnKernels *kernels, const LnConvShape *shape, const LnConvArgs *args) {
  if (shape->pooled) {
    kernels->conv_dw_pooled(args);
    return;
  }
  switch (form_of(shape, shape->cin, shape->cout)) {
    case WIDE: kernels->conv_dw(args); break;
    case DOT: kernels->conv_dw_dot(args); break;
    case FEW: kernels->conv_dw_few(args); break;
    case DEPTHWISE: kernels->conv_dw_depthwise(args); break;
  }
}

static LnConvArgs gradient_arguments(int64_t offsets[MOST_TAPS], const Engine *e, const Rectangle *r,
                                     const LnConvRun *run, LnMap dy) {
  if (e->shape.transposed) return arguments_of(offsets, e, r, run->x, dy, 0, INT64_MAX);
  return e->shape.pooled ? pooled_arguments(offsets, e, run, dy) : arguments(offsets, e, r, dy, run);
}

static void backward_weight(const LnConvRun *run, float *dw, LnMap dy) {
  const Engine *e = run->plan;
  int64_t offsets[MOST_TAPS], targets[MOST_TAPS];
  int n_targets[MOST_TAPS];
  for (const Rectangle *r = e->lists[ALONG].first; r < e->lists[ALONG].end; r++) {
    list_targets(n_targets, targets, e, r);
    LnConvArgs args = gradient_arguments(offsets, e, r, run, dy);
    args.dw = dw;
    args.accumulate = true;
    args.n_targets = n_targets;
    args.targets = targets;
    run_gradient_kernel(run->kernels, &e->shape, &args);
  }
}

static void backward(const LnConvRun *run, float *dw, LnMap dx, LnMap dy) {
  backward_weight(run, dw, dy);
  if (dx.data != NULL) backward_input(run, dx, dy);
}

const LnConvMethod ln_conv_direct = {
    .pools = pools, .make = make, .prepare = prepare, .forward = forward, .backward = backward};
