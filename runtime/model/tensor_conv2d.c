/* conv2d of tensors: see tensor_conv2d.h. The layers' direct convolution (nn/conv_method.h) does it, forward, for the
 * gradient by x as a transposed convolution, and for that by w. Each group of channels is a convolution of its own;
 * tasks are strips of rows of one sample's group, and their borders depend on the sizes alone. */
#include "model/tensor_conv2d.h"

#include <inttypes.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/plan_steps.h"
#include "nn/conv_method.h"
#include "tensor/record.h"
#include "tensor/terms.h"

enum {
  MOST_STRIDE = 64,
  MOST_PADDING = 4096,
  MOST_SIDE = 1 << 24,
  STRIP = 1 << 16, /* floats of input or output in a strip, about */
  FEW = 1 << 17,   /* multiply-adds that one thread does alone: some 20 microseconds */
  LEAST_ROWS = 8,  /* of a strip: rows beside it are read as well */
  MOST_SHARDS = 8, /* of weight gradients, which are summed in order */
};

/* Channels of one group, rows, columns. */
typedef struct Size {
  int64_t c, h, w;
} Size;

typedef struct Job {
  const LnKernels *kernels;
  LnConvShape shape; /* of one group; transposed: from y to x */
  LnNeeds needs;
  void *plan;
  int64_t samples, groups;
  Size from, to;
  int64_t rows, strips; /* rows of `to` in a strip; strips of an image */
  int64_t lines;        /* rows of `from` that a strip reads, at most */
  const float *x;       /* samples, groups * from.c, from.h, from.w */
  float *y;             /* the same of `to` */
  const float *dy;      /* for weight gradients, instead of y */
  float *dw;            /* shards of weight gradients, each all groups */
  int64_t shards;
  float *packed; /* weights, needs.packed floats a group */
  float *work;   /* a worker's: strips of x and of y, scratch */
  int64_t x_room, y_room, work_room;
} Job;

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t floor_div(int64_t a, int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static int64_t aligned(int64_t floats) {
  const int64_t line = LN_ALIGN / (int64_t)sizeof(float);
  return (floats + line - 1) / line * line;
}

static int64_t weights_of(const Job *job) {
  return job->shape.rows.kernel * job->shape.columns.kernel * job->shape.tap;
}

/* ---- Strips ---- */

/* The first row of `from` that is read for row `row` of `to`. */
static int64_t first_line(const Job *job, int64_t row) {
  const LnAxis *a = &job->shape.rows;
  if (!job->shape.transposed) return row * a->stride - a->pad;
  return floor_div(row + a->pad - (a->kernel - 1) * a->dilation, a->stride);
}

static LnMap map_of(const Job *job, Size size, float *data, int64_t left, int64_t right) {
  int64_t ld = ln_kernels_ld(job->kernels, size.c), row = (size.w + left + right) * ld;
  return (LnMap){.data = data + left * ld, .c = (int)size.c, .h = (int)size.h, .w = (int)size.w, .ld = ld, .row = row};
}

/* Rows of one channel, which lie in the map as they do in the plane; zeros around them. */
static void import_plane(const Job *job, float *room, const float *plane, int64_t line) {
  size_t left = (size_t)job->needs.border[2], width = (size_t)job->from.w, right = (size_t)job->needs.border[3];
  for (int64_t end = line + job->lines; line < end; line++, room += left + width + right) {
    if (line < 0 || line >= job->from.h) {
      memset(room, 0, (left + width + right) * sizeof(float));
      continue;
    }
    memset(room, 0, left * sizeof(float));
    memcpy(room + left, plane + line * job->from.w, width * sizeof(float));
    memset(room + left + width, 0, right * sizeof(float));
  }
}

/* A map of x in which the rows that a strip reads exist, the borders zero; data is the place of row 0. */
static LnMap strip_of_x(const Job *job, float *room, int64_t sample, int64_t group, int64_t first_row) {
  LnMap x = map_of(job, job->from, room, job->needs.border[2], job->needs.border[3]);
  int64_t line = first_line(job, first_row), first = line < 0 ? 0 : line, end = least(line + job->lines, job->from.h);
  const float *planes = job->x + (sample * job->groups + group) * job->from.c * job->from.h * job->from.w;
  x.data -= line * x.row;
  if (job->from.c == 1) return import_plane(job, room, planes, line), x;
  memset(room, 0, (size_t)job->x_room * sizeof(float));
  if (first < end) ln_plan_import_rows(x, planes, first, end);
  return x;
}

static LnConvRun run_of(const Job *job, float *work, int64_t group, int64_t first, int64_t count) {
  return (LnConvRun){.plan = job->plan,
                     .kernels = job->kernels,
                     .packed = job->packed + group * job->needs.packed,
                     .scratch = work + job->x_room + job->y_room,
                     .first = first,
                     .count = count};
}

static void strip_task(void *context, int64_t task, int worker) {
  const Job *job = context;
  int64_t image = task / job->strips, sample = image / job->groups, group = image % job->groups;
  int64_t first = task % job->strips * job->rows, count = least(job->rows, job->to.h - first);
  float *work = job->work + worker * job->work_room;
  float *planes = job->y + image * job->to.c * job->to.h * job->to.w;
  bool direct = job->to.c == 1; /* planes and map are the same, and nothing is written past a row */
  LnMap y = map_of(job, job->to, direct ? planes + first * job->to.w : work + job->x_room, 0, 0);
  LnConvRun run = run_of(job, work, group, first, count);
  run.x = strip_of_x(job, work, sample, group, first);
  ln_conv_direct.forward(&run, y, (LnActivation){0});
  y.data -= first * y.row;
  if (!direct) ln_plan_export_rows(planes, y, first, first + count);
}

/* A shard of weight gradients of a group: some of the strips of all samples. */
static void weight_task(void *context, int64_t task, int worker) {
  const Job *job = context;
  int64_t group = task % job->groups, shard = task / job->groups, all = job->samples * job->strips;
  float *work = job->work + worker * job->work_room, *dw = job->dw + (shard * job->groups + group) * weights_of(job);
  for (int64_t at = all * shard / job->shards; at < all * (shard + 1) / job->shards && !ln_interrupted(); at++) {
    int64_t sample = at / job->strips, first = at % job->strips * job->rows,
            count = least(job->rows, job->to.h - first);
    LnMap dy = map_of(job, job->to, work + job->x_room, 0, 0), place = dy;
    LnConvRun run = run_of(job, work, group, first, count);
    run.x = strip_of_x(job, work, sample, group, first);
    memset(dy.data, 0, (size_t)job->y_room * sizeof(float));
    place.data -= first * dy.row;
    ln_plan_import_rows(place, job->dy + (sample * job->groups + group) * job->to.c * job->to.h * job->to.w, first,
                        first + count);
    ln_conv_direct.backward(&run, dw, (LnMap){0}, dy);
  }
}

/* ---- Jobs ---- */

static void choose_strips(Job *job) {
  const LnAxis *a = &job->shape.rows;
  int64_t unit = job->needs.row_unit, span = (a->kernel - 1) * a->dilation;
  int64_t in = job->from.c * job->from.w * job->from.h / job->to.h, out = job->to.c * job->to.w,
          row = in > out ? in : out;
  int64_t rows = row * LEAST_ROWS > STRIP ? LEAST_ROWS : STRIP / (row + 1) + 1;
  job->rows = least((rows + unit - 1) / unit * unit, (job->to.h + unit - 1) / unit * unit);
  job->strips = (job->to.h + job->rows - 1) / job->rows;
  job->lines = job->shape.transposed ? (job->rows + span) / a->stride + 2 : (job->rows - 1) * a->stride + span + 1;
  int64_t border = job->needs.border[2] + job->needs.border[3];
  job->x_room = aligned(job->lines * (job->from.w + border) * ln_kernels_ld(job->kernels, job->from.c));
  job->y_room = aligned(job->rows * job->to.w * ln_kernels_ld(job->kernels, job->to.c));
  job->work_room = job->x_room + job->y_room + aligned(job->needs.scratch);
}

/* Weights O,I,K,L, of any strides, by groups as the kernels' packing wants them: group,K,L,in,out. */
static void order_weights(float *out, const Job *job, const LnTensor *w) {
  const LnConvShape *s = &job->shape;
  for (int64_t g = 0; g < job->groups; g++)
    for (int64_t r = 0; r < s->rows.kernel; r++)
      for (int64_t c = 0; c < s->columns.kernel; c++)
        for (int64_t i = 0; i < s->cin; i++)
          for (int64_t o = 0; o < s->cout; o++)
            *out++ = w->data[(g * s->cout + o) * w->stride[0] + i * w->stride[1] + r * w->stride[2] + c * w->stride[3]];
}

/* The sum of the shards, in order, as O,I,K,L. */
static void gather_weights(float *dw, const Job *job) {
  const LnConvShape *s = &job->shape;
  int64_t size = weights_of(job), all = size * job->groups, at = 0, area = s->rows.kernel * s->columns.kernel;
  for (int64_t g = 0; g < job->groups; g++)
    for (int64_t k = 0; k < area; k++)
      for (int64_t i = 0; i < s->cin; i++)
        for (int64_t o = 0; o < s->cout; o++, at++) {
          float sum = 0;
          for (int64_t shard = 0; shard < job->shards; shard++) sum += job->dw[shard * all + at];
          dw[((g * s->cout + o) * s->cin + i) * area + k] = sum;
        }
}

static LnStatus pack(Job *job, const LnTensor *w, const LnTensor *bias, LnError *err) {
  size_t bytes = (size_t)(weights_of(job) * job->groups + job->shape.cout * job->groups) * sizeof(float);
  float *ordered = ln_alloc(bytes), *biases = ordered == NULL ? NULL : ordered + weights_of(job) * job->groups;
  if (ordered == NULL) return ln_fail_memory(err, "conv2d", bytes);
  order_weights(ordered, job, w);
  if (bias != NULL) ln_tensor_read(biases, bias);
  for (int64_t g = 0; g < job->groups; g++)
    for (int part = 0; part < job->needs.prepare_parts; part++)
      ln_conv_direct.prepare(job->packed + g * job->needs.packed, job->plan, job->kernels,
                             ordered + g * weights_of(job), bias == NULL ? NULL : biases + g * job->shape.cout, part);
  ln_free(ordered);
  return LN_OK;
}

/* w: to pack; NULL for weight gradients, which need shards instead. */
static LnStatus prepare(Job *job, const LnTensor *w, const LnTensor *bias, LnError *err) {
  LnBuild build = {.kernels = job->kernels, .training = w == NULL};
  LN_TRY(ln_conv_direct.make(&job->plan, &job->needs, &job->shape, &build, err));
  job->needs.packed = aligned(job->needs.packed);
  choose_strips(job);
  size_t floats = (size_t)(job->groups * job->needs.packed + ln_threads() * job->work_room);
  job->work = ln_alloc(floats * sizeof(float));
  if (job->work == NULL) return ln_fail_memory(err, "conv2d", floats * sizeof(float));
  job->packed = job->work + ln_threads() * job->work_room;
  if (w != NULL) return pack(job, w, bias, err);
  job->shards = least(MOST_SHARDS, job->samples * job->strips);
  size_t shards = (size_t)(job->shards * weights_of(job) * job->groups);
  job->dw = ln_calloc(shards, sizeof(float));
  return job->dw == NULL ? ln_fail_memory(err, "conv2d", shards * sizeof(float)) : LN_OK;
}

static void release(Job *job) {
  ln_free(job->plan), ln_free(job->work), ln_free(job->dw);
}

/* On all threads, unless the work is less than waking them. */
static LnStatus deal(Job *job, int64_t tasks, LnTask *task, LnError *err) {
  double work = (double)(job->samples * job->groups * job->to.h * job->to.w) * (double)weights_of(job);
  if (work >= FEW) return ln_parallel_stoppable(tasks, task, job, err);
  for (int64_t i = 0; i < tasks; i++) task(job, i, 0);
  return ln_interrupt_check(err);
}

/* ---- The operation and its gradients ---- */

/* What is recorded of an operation. */
typedef struct Geometry {
  LnAxis rows, columns;
  int64_t samples, groups, cin, cout; /* channels of one group */
} Geometry;

static Job job_of(const Geometry *g, bool transposed) {
  Size x = {g->cin, g->rows.in, g->columns.in}, y = {g->cout, g->rows.out, g->columns.out};
  return (Job){.kernels = ln_kernels(),
               .shape = {.rows = g->rows,
                         .columns = g->columns,
                         .cin = g->cin,
                         .cout = g->cout,
                         .tap = g->cin * g->cout,
                         .transposed = transposed},
               .samples = g->samples,
               .groups = g->groups,
               .from = transposed ? y : x,
               .to = transposed ? x : y};
}

/* t itself or a copy, which no tape sees. */
static LnStatus straight(LnTensor **out, LnTensor *t, LnError *err) {
  if (ln_tensor_contiguous(t)) return *out = ln_tensor_ref(t), LN_OK;
  LN_TRY(ln_tensor_new(out, t->shape, err));
  ln_tensor_read((*out)->data, t);
  return LN_OK;
}

/* y = the convolution of x, or, transposed, dx of dy. */
static LnStatus convolve(LnTensor **out, LnTensor *x, LnTensor *w, LnTensor *bias, const Geometry *g, bool transposed,
                         LnError *err) {
  Job job = job_of(g, transposed);
  LnTensor *from = NULL, *y = NULL;
  LnStatus status = straight(&from, x, err);
  if (status == LN_OK)
    status = ln_tensor_new_unfilled(&y, LN_SHAPE(g->samples, g->groups * job.to.c, job.to.h, job.to.w), err);
  if (status == LN_OK && ln_shape_count(y->shape) > 0) {
    job.x = from->data, job.y = y->data;
    status = prepare(&job, w, bias, err);
    if (status == LN_OK) status = deal(&job, g->samples * g->groups * job.strips, strip_task, err);
    release(&job);
  }
  ln_tensor_unref(from);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  *out = y;
  return LN_OK;
}

static LnStatus weight_gradient(LnTensor **out, LnTensor *x, LnTensor *dy, const Geometry *g, LnError *err) {
  Job job = job_of(g, false);
  LnTensor *from = NULL, *to = NULL, *dw = NULL;
  LnStatus status = straight(&from, x, err);
  if (status == LN_OK) status = straight(&to, dy, err);
  if (status == LN_OK)
    status = ln_tensor_new(&dw, LN_SHAPE(g->groups * g->cout, g->cin, g->rows.kernel, g->columns.kernel), err);
  if (status == LN_OK && ln_shape_count(dy->shape) > 0) {
    job.x = from->data, job.dy = to->data;
    status = prepare(&job, NULL, NULL, err);
    if (status == LN_OK) status = deal(&job, job.shards * g->groups, weight_task, err);
    if (status == LN_OK) gather_weights(dw->data, &job);
    release(&job);
  }
  ln_tensor_unref(from), ln_tensor_unref(to);
  if (status != LN_OK) return ln_tensor_unref(dw), status;
  *out = dw;
  return LN_OK;
}

static LnStatus bias_gradient(LnTensor **out, LnTensor *dy, LnError *err) {
  LnTerms t = {.err = err};
  LnTensor *sum = dy;
  static const int dims[] = {3, 2, 0};
  for (int i = 0; i < 3 && sum != NULL; i++) {
    LnTensor *less = NULL;
    sum = ln_term(&t, ln_tensor_reduce(&less, LN_SUM, sum, dims[i], false, err), &less);
  }
  return ln_terms_end(&t, out, sum);
}

static LnStatus conv2d_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const Geometry *g = of->args;
  LnTensor *dy = of->dout[0];
  if (ln_wanted(of, 0)) LN_TRY(convolve(&din[0], dy, of->in[1], NULL, g, true, err));
  if (ln_wanted(of, 1)) LN_TRY(weight_gradient(&din[1], of->in[0], dy, g, err));
  if (of->n_in > 2 && ln_wanted(of, 2)) LN_TRY(bias_gradient(&din[2], dy, err));
  return LN_OK;
}

/* x: N,C,H,W  w: O,C/groups,K,L */
static LnStatus conv2d(LnTensor **out, LnTensor *x, LnTensor *w, LnTensor *bias, const Geometry *g, LnError *err) {
  LnTensor *y = NULL;
  LN_TRY(convolve(&y, x, w, bias, g, false, err));
  const LnTensor *in[] = {x, w, bias};
  LnOperation op = {"conv2d", conv2d_adjoint, .in = in, .n_in = bias == NULL ? 2 : 3, LN_ARGS(*g)};
  return ln_tape_finish(out, y, &op, err);
}

/* ---- Arguments ---- */

static LnStatus check_numbers(const LnConv2d *how, LnError *err) {
  for (int axis = 0; axis < 2; axis++) {
    if (how->stride[axis] < 1 || how->stride[axis] > MOST_STRIDE)
      return ln_fail(err, LN_EARG, "conv2d: option 'stride' must be from 1 to %d, got %" PRId64, MOST_STRIDE,
                     how->stride[axis]);
    if (how->dilation[axis] < 1 || how->dilation[axis] > MOST_STRIDE)
      return ln_fail(err, LN_EARG, "conv2d: option 'dilation' must be from 1 to %d, got %" PRId64, MOST_STRIDE,
                     how->dilation[axis]);
    if (how->padding[axis] < 0 || how->padding[axis] > MOST_PADDING)
      return ln_fail(err, LN_EARG, "conv2d: option 'padding' must be from 0 to %d, got %" PRId64, MOST_PADDING,
                     how->padding[axis]);
  }
  return LN_OK;
}

static LnStatus axis_of(LnAxis *out, const LnConv2d *how, int axis, const LnTensor *x, const LnTensor *w,
                        LnError *err) {
  LnAxis a = {.in = x->shape.d[x->shape.n - 2 + axis],
              .kernel = w->shape.d[w->shape.n - 2 + axis],
              .stride = how->stride[axis],
              .dilation = how->dilation[axis],
              .pad = how->padding[axis],
              .upsample = 1};
  if (a.kernel < 1 || a.kernel > LN_MAX_AXIS_TAPS)
    return ln_fail(err, LN_ESHAPE, "conv2d: kernels have 1 to %d rows and columns, got %s; larger ones go by ln.fft2",
                   LN_MAX_AXIS_TAPS, LN_SHAPE_TEXT(w->shape));
  int64_t span = (a.kernel - 1) * a.dilation + 1;
  if (how->same) {
    a.out = (a.in + a.stride - 1) / a.stride;
    int64_t total = (a.out - 1) * a.stride + span - a.in;
    a.pad = total > 0 ? total / 2 : 0;
  } else {
    a.out = a.in + 2 * a.pad < span ? 0 : (a.in + 2 * a.pad - span) / a.stride + 1;
  }
  if (a.in > MOST_SIDE)
    return ln_fail(err, LN_ESHAPE, "conv2d: images have at most %d rows and columns, got shape %s", MOST_SIDE,
                   LN_SHAPE_TEXT(x->shape));
  if (a.out < 1)
    return ln_fail(err, LN_ESHAPE,
                   "conv2d: a kernel of %" PRId64 " %s, over %" PRId64
                   " of them with its dilation, does not "
                   "fit into the %" PRId64 " of %s",
                   a.kernel, axis == 0 ? "rows" : "columns", span, a.in + 2 * a.pad, LN_SHAPE_TEXT(x->shape));
  *out = a;
  return LN_OK;
}

static LnStatus check_channels(const Geometry *g, const LnTensor *x, const LnTensor *w, const LnTensor *bias,
                               int64_t channels, LnError *err) {
  if (g->groups < 1 || w->shape.d[0] % g->groups != 0 || channels % g->groups != 0)
    return ln_fail(err, LN_EARG,
                   "conv2d: option 'groups' must divide the %" PRId64 " channels of %s and the %" PRId64
                   " filters of %s, got %" PRId64,
                   channels, LN_SHAPE_TEXT(x->shape), w->shape.d[0], LN_SHAPE_TEXT(w->shape), g->groups);
  if (w->shape.d[1] * g->groups != channels)
    return ln_fail(err, LN_ESHAPE,
                   "conv2d: shapes %s and %s do not fit: filters of %" PRId64 " channels, and %" PRId64 " channels%s",
                   LN_SHAPE_TEXT(x->shape), LN_SHAPE_TEXT(w->shape), w->shape.d[1], channels / g->groups,
                   g->groups > 1 ? " in each group" : "");
  if (bias != NULL && (bias->shape.n != 1 || bias->shape.d[0] != w->shape.d[0]))
    return ln_fail(err, LN_ESHAPE, "conv2d: the bias has shape %s, but there are %" PRId64 " filters",
                   LN_SHAPE_TEXT(bias->shape), w->shape.d[0]);
  return LN_OK;
}

static LnStatus check_dims(const LnTensor *x, const LnTensor *w, const LnTensor *bias, const LnConv2d *how,
                           LnError *err) {
  if (x->shape.n < 2 || x->shape.n > 4)
    return ln_fail(err, LN_ESHAPE, "conv2d: needs images HxW, CxHxW or NxCxHxW, got shape %s", LN_SHAPE_TEXT(x->shape));
  if (w->shape.n != 2 && w->shape.n != 4)
    return ln_fail(err, LN_ESHAPE, "conv2d: filters are KxL, or OxCxKxL, got shape %s", LN_SHAPE_TEXT(w->shape));
  if (w->shape.n == 4 && (w->shape.d[0] < 1 || w->shape.d[1] < 1))
    return ln_fail(err, LN_ESHAPE, "conv2d: there are no filters in shape %s", LN_SHAPE_TEXT(w->shape));
  if (w->shape.n == 2 && (bias != NULL || how->groups != 1))
    return ln_fail(err, LN_EARG, "conv2d: one filter of shape %s for every channel takes no bias and no groups",
                   LN_SHAPE_TEXT(w->shape));
  return LN_OK;
}

LnStatus ln_tensor_conv2d(LnTensor **out, LnTensor *x, LnTensor *w, LnTensor *bias, const LnConv2d *how, LnError *err) {
  LN_TRY(check_dims(x, w, bias, how, err));
  LN_TRY(check_numbers(how, err));
  const int n = x->shape.n;
  int64_t samples = n > 3 ? x->shape.d[0] : 1, channels = n > 2 ? x->shape.d[n - 3] : 1, planes = samples * channels;
  bool single = w->shape.n == 2; /* every channel is a sample then */
  Geometry g = {.samples = single ? planes : samples, .groups = how->groups};
  LN_TRY(axis_of(&g.rows, how, 0, x, w, err));
  LN_TRY(axis_of(&g.columns, how, 1, x, w, err));
  if (!single) LN_TRY(check_channels(&g, x, w, bias, channels, err));
  g.cin = single ? 1 : w->shape.d[1], g.cout = single ? 1 : w->shape.d[0] / g.groups;
  LnTerms t = {.err = err};
  LnTensor *made = NULL;
  LnTensor *images = ln_shaped(&t, x, LN_SHAPE(g.samples, single ? 1 : channels, g.rows.in, g.columns.in));
  LnTensor *filters = single ? ln_shaped(&t, w, LN_SHAPE(1, 1, g.rows.kernel, g.columns.kernel)) : w;
  if (images == NULL || filters == NULL) return ln_terms_end(&t, out, NULL);
  LnTensor *y = ln_term(&t, conv2d(&made, images, filters, bias, &g, err), &made);
  LnShape shape = x->shape;
  if (!single && n == 2) shape.n = 3;
  if (!single) shape.d[shape.n - 3] = w->shape.d[0];
  shape.d[shape.n - 2] = g.rows.out, shape.d[shape.n - 1] = g.columns.out;
  return ln_terms_end(&t, out, y == NULL || ln_shape_equal(y->shape, shape) ? y : ln_shaped(&t, y, shape));
}
