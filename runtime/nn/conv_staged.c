/* Convolutions by way of copies, for what the methods' kernels do not read in place: groups of channels, which lie
 * between each other's in a map, and images that are continued past their edge by their own pixels.
 *
 * The input of each group is copied into a map of its own, with what lies around it; another method convolves that; the
 * output is put among those of the other groups. Gradients go the same ways back. Where every channel is a group, all
 * of them are one depthwise convolution, before which channels that have several outputs are repeated. */
#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "nn/activation.h"
#include "nn/conv_method.h"

enum { LINE = 16, FEW_PIXELS = 1024 /* of y in a copy, at least, so that rows are not copied over and over */ };

typedef struct Plan {
  LnConvShape whole, one;    /* as asked for, and as the other method sees it */
  const LnConvMethod *method;
  void *plan;                /* the other method's */
  LnNeeds needs;
  int parts;                 /* runs of it: the groups, or 1 if they are done together */
  int64_t repeat;            /* how often each channel of x stands in the copy */
  int64_t rows;              /* of y at a time */
  LnMap x, y;                /* the copies; data is set when run */
  int64_t x_room, dx_room, y_room, dw_room; /* floats */
} Plan;

static int64_t lines(int64_t floats) {
  return (floats + LINE - 1) / LINE * LINE;
}

static int64_t span_of(const LnAxis *a) {
  return (a->kernel - 1) * a->dilation;
}

/* ---- Shapes ---- */

/* Continued by its own pixels, the image is as large as what is read of it. */
static void continue_axis(LnAxis *a) {
  assert(a->upsample == 1);
  a->in = (a->out - 1) * a->stride + span_of(a) + 1;
  a->pad = 0;
}

static bool is_depthwise(const LnConvShape *s) {
  return s->groups > 1 && s->cin == s->groups && (!s->transposed || s->cout == s->groups);
}

LnConvShape ln_conv_one_group(const LnConvShape *whole) {
  LnConvShape one = *whole;
  if (is_depthwise(whole))
    one.cin = one.cout, one.depthwise = true;
  else
    one.cin /= whole->groups, one.cout /= whole->groups;
  one.tap = one.depthwise ? one.cout : one.cin * one.cout;
  one.groups = 1;
  one.padding = LN_PAD_CONSTANT;
  if (whole->padding != LN_PAD_CONSTANT) continue_axis(&one.rows), continue_axis(&one.columns);
  return one;
}

const LnConvMethod *ln_conv_stage(LnConvShape *shape, const LnConvMethod *one_group) {
  LnConvShape one = ln_conv_one_group(shape);
  bool in_place = one.cin == shape->cin && one.cout == shape->cout;
  if (shape->padding == LN_PAD_CONSTANT && in_place) return *shape = one, one_group;
  shape->one_group = one_group;
  return &ln_conv_staged;
}

void ln_conv_release(const LnConvMethod *method, void *plan) {
  if (method != NULL && method->release != NULL)
    method->release(plan);
  else
    ln_free(plan);
}

/* The first and the last row of x that rows first .. end-1 of y are made of; they may not exist. */
static void rows_read(int64_t *from, int64_t *to, const Plan *p, int64_t first, int64_t end) {
  const LnAxis *a = &p->one.rows;
  if (!p->one.transposed) {
    *from = first * a->stride - a->pad;
    *to = (end - 1) * a->stride - a->pad + span_of(a);
    return;
  }
  int64_t low = first + a->pad - span_of(a);
  *from = low >= 0 ? low / a->stride : -((-low + a->stride - 1) / a->stride);
  *to = (end - 1 + a->pad) / a->stride;
}

static LnMap map_of(const LnKernels *kernels, int64_t c, int64_t h, int64_t w, const int border[4]) {
  int64_t ld = ln_kernels_ld(kernels, c);
  return (LnMap){.c = (int)c, .h = (int)h, .w = (int)w, .ld = ld, .row = (w + border[2] + border[3]) * ld};
}

static int64_t rows_of_y(const Plan *p) {
  return p->one.transposed ? p->one.rows.in : p->one.rows.out;
}

/* Rows of y that are done at a time, a multiple of the method's unit: all in training, as then all memory is there. */
static int64_t rows_at_a_time(const Plan *p, bool training) {
  int64_t unit = p->needs.row_unit, all = (rows_of_y(p) + unit - 1) / unit * unit, rows = unit;
  while (rows < all && (training || rows * p->y.w < FEW_PIXELS)) rows += unit;
  return rows;
}

static void plan_rooms(Plan *p, const LnBuild *b) {
  const LnConvShape *one = &p->one;
  bool back = one->transposed;
  const LnAxis *v = &one->rows, *h = &one->columns;
  p->x = map_of(b->kernels, back ? one->cout : one->cin, back ? v->out : v->in, back ? h->out : h->in, p->needs.border);
  p->y = map_of(b->kernels, back ? one->cin : one->cout, back ? v->in : v->out, back ? h->in : h->out,
                p->needs.grad_border);
  p->rows = rows_at_a_time(p, b->training);
  int64_t read = back ? (p->rows - 1 + span_of(v)) / v->stride + 2 : (p->rows - 1) * v->stride + span_of(v) + 1;
  p->x_room = lines(read * p->x.row);
  p->dx_room = b->training && b->input_grad ? lines(p->x.h * p->x.row) : 0;
  if (p->parts == 1) return;
  p->y_room = lines((p->rows + p->needs.grad_border[0] + p->needs.grad_border[1]) * p->y.row);
  p->dw_room = b->training ? lines(v->kernel * h->kernel * one->tap) : 0;
}

static LnStatus make(void **plan, LnNeeds *needs, const LnConvShape *shape, const LnBuild *build, LnError *err) {
  Plan *p = ln_calloc(1, sizeof *p);
  if (p == NULL) return ln_fail_memory(err, "convolution plan", sizeof *p);
  *plan = p;
  bool depthwise = is_depthwise(shape);
  *p = (Plan){.whole = *shape,
              .one = ln_conv_one_group(shape),
              .method = shape->one_group,
              .parts = depthwise ? 1 : (int)shape->groups,
              .repeat = depthwise ? shape->cout / shape->groups : 1};
  LN_TRY(p->method->make(&p->plan, &p->needs, &p->one, build, err));
  plan_rooms(p, build);
  p->needs.packed = lines(p->needs.packed);
  int64_t ordered = p->parts == 1 ? 0 : lines(shape->rows.kernel * shape->columns.kernel * p->one.tap);
  needs->packed += p->parts * (p->needs.packed + ordered);
  needs->prepare_parts = p->parts == 1 ? p->needs.prepare_parts : p->parts;
  needs->row_unit = p->needs.row_unit;
  needs->scratch += p->x_room + p->dx_room + p->y_room + p->dw_room + lines(p->needs.scratch);
  if (p->parts == 1) memcpy(needs->grad_border, p->needs.grad_border, sizeof needs->grad_border);
  return LN_OK;
}

static void release(void *plan) {
  Plan *p = plan;
  if (p == NULL) return;
  ln_conv_release(p->method, p->plan);
  ln_free(p);
}

/* ---- Weights ---- */

/* A group's weights in order, from among those of all groups; or their gradients back. */
static void take_weights(float *out, const Plan *p, const float *weight, int group) {
  int64_t rows = p->one.rows.kernel * p->one.columns.kernel * p->one.cin, n = p->one.cout, all = p->whole.cout;
  for (int64_t i = 0; i < rows; i++) memcpy(out + i * n, weight + i * all + group * n, (size_t)n * sizeof(float));
}

static void add_weights(float *weight, const Plan *p, const float *in, int group) {
  int64_t rows = p->one.rows.kernel * p->one.columns.kernel * p->one.cin, n = p->one.cout, all = p->whole.cout;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t o = 0; o < n; o++) weight[i * all + group * n + o] += in[i * n + o];
}

static int64_t packed_of_part(const Plan *p) {
  int64_t weights = p->one.rows.kernel * p->one.columns.kernel * p->one.tap;
  return p->needs.packed + (p->parts == 1 ? 0 : lines(weights));
}

static void prepare(float *packed, const void *plan, const LnKernels *kernels, const float *weight, const float *bias,
                    int part) {
  const Plan *p = plan;
  if (p->parts == 1) {
    p->method->prepare(packed, p->plan, kernels, weight, bias, part);
    return;
  }
  packed += part * packed_of_part(p);
  take_weights(packed + p->needs.packed, p, weight, part);
  for (int i = 0; i < p->needs.prepare_parts; i++)
    p->method->prepare(packed, p->plan, kernels, packed + p->needs.packed, bias == NULL ? NULL : bias + part * p->y.c,
                       i);
}

/* ---- Copies ---- */

/* The pixel of a line of x, 0 .. size-1, that stands at place i of the copy; -1: zero. */
static int64_t source_of(const Plan *p, int axis, int64_t i, int64_t size) {
  const LnAxis *asked = axis == 0 ? &p->whole.rows : &p->whole.columns;
  if (p->whole.padding == LN_PAD_CONSTANT) return i >= 0 && i < size ? i : -1;
  int64_t there = axis == 0 ? p->x.h : p->x.w;
  return i >= 0 && i < there ? ln_pad_source(i - asked->pad, size, p->whole.padding) : -1;
}

/* Whether a pixel of the copy is one of x. */
static bool whole_pixels(const Plan *p) {
  return p->parts == 1 && p->repeat == 1;
}

static void copy_pixel(float *out, const Plan *p, const float *in, int part) {
  int64_t c = p->x.c;
  if (p->repeat == 1) {
    memcpy(out, in + part * c, (size_t)c * sizeof(float));
  } else {
    for (int64_t i = 0; i < c; i++) out[i] = in[i / p->repeat];
  }
  for (; c < p->x.ld; c++) out[c] = 0.0f;
}

static void add_pixel(float *out, const Plan *p, const float *in, int part) {
  float *to = out + part * p->x.c;
  for (int64_t c = 0; p->repeat == 1 && c < p->x.c; c++) to[c] += in[c];
  for (int64_t c = 0; p->repeat > 1 && c < p->x.c; c++) to[c / p->repeat] += in[c];
}

/* The places of the copy's row that are all of x's row, side by side. */
static void middle_of(int64_t *first, int64_t *end, const Plan *p, int64_t width) {
  *first = p->whole.padding == LN_PAD_CONSTANT ? 0 : p->whole.columns.pad;
  *end = *first + width < p->x.w ? *first + width : p->x.w;
}

static void copy_row(float *out, const Plan *p, const float *in, const LnMap *x, int part) {
  int64_t first, end, left = p->needs.border[2], right = p->needs.border[3];
  middle_of(&first, &end, p, x->w);
  out += left * p->x.ld;
  for (int64_t i = -left; i < p->x.w + right; i++) {
    if (i == first && whole_pixels(p) && end > first) {
      memcpy(out + i * p->x.ld, in, (size_t)((end - first) * p->x.ld) * sizeof(float));
      i = end - 1;
      continue;
    }
    int64_t source = source_of(p, 1, i, x->w);
    if (source < 0)
      memset(out + i * p->x.ld, 0, (size_t)p->x.ld * sizeof(float));
    else
      copy_pixel(out + i * p->x.ld, p, in + source * x->ld, part);
  }
}

/* The copy of what rows first .. end-1 of y read; data is the place of its row 0. */
static LnMap copy_input(float *room, const Plan *p, LnMap x, int part, int64_t first, int64_t end) {
  int64_t from, to;
  rows_read(&from, &to, p, first, end);
  LnMap copy = p->x;
  for (int64_t r = from; r <= to; r++) {
    int64_t source = source_of(p, 0, r, x.h);
    float *out = room + (r - from) * copy.row;
    if (source < 0)
      memset(out, 0, (size_t)copy.row * sizeof(float));
    else
      copy_row(out, p, x.data + source * x.row, &x, part);
  }
  copy.data = room + p->needs.border[2] * copy.ld - from * copy.row;
  return copy;
}

/* Its adjoint: dx += what the copy's gradient comes to. */
static void add_input(LnMap dx, const Plan *p, LnMap copy, int part) {
  for (int64_t r = 0; r < copy.h; r++) {
    int64_t row = source_of(p, 0, r, dx.h);
    for (int64_t i = 0; row >= 0 && i < copy.w; i++) {
      int64_t column = source_of(p, 1, i, dx.w);
      if (column < 0) continue;
      add_pixel(dx.data + row * dx.row + column * dx.ld, p, copy.data + r * copy.row + i * copy.ld, part);
    }
  }
}

/* Channels of a group's output among those of all; the lanes past the last channel become finite with the last. */
static void put_output(LnMap y, const Plan *p, LnMap copy, int part) {
  bool last = part == p->parts - 1;
  for (int64_t r = 0; r < copy.h; r++)
    for (int64_t i = 0; i < copy.w; i++) {
      float *out = y.data + r * y.row + i * y.ld;
      memcpy(out + part * copy.c, copy.data + r * copy.row + i * copy.ld, (size_t)copy.c * sizeof(float));
      for (int64_t c = y.c; last && c < y.ld; c++) out[c] = 0.0f;
    }
}

static LnMap copy_output_grad(float *room, const Plan *p, LnMap dy, int part) {
  const int *border = p->needs.grad_border;
  LnMap copy = p->y;
  copy.h = dy.h;
  copy.data = room + border[0] * copy.row + border[2] * copy.ld;
  memset(room, 0, (size_t)((copy.h + border[0] + border[1]) * copy.row) * sizeof(float));
  for (int64_t r = 0; r < copy.h; r++)
    for (int64_t i = 0; i < copy.w; i++)
      memcpy(copy.data + r * copy.row + i * copy.ld, dy.data + r * dy.row + i * dy.ld + part * copy.c,
             (size_t)copy.c * sizeof(float));
  return copy;
}

/* ---- Runs ---- */

/* Working memory: x, y, dx, dw, and what the other method needs. */
static LnConvRun run_of(const LnConvRun *run, const Plan *p, int part, int64_t first, int64_t count) {
  LnConvRun own = *run;
  own.plan = p->plan;
  own.packed = run->packed + part * packed_of_part(p);
  own.scratch = run->scratch + p->x_room + p->y_room + p->dx_room + p->dw_room;
  own.first = first, own.count = count;
  int64_t unit = p->needs.row_unit, end = first + (count + unit - 1) / unit * unit;
  own.x = copy_input(run->scratch, p, run->x, part, first, end);
  return own;
}

static int64_t end_of(const LnConvRun *run, const Plan *p) {
  int64_t rest = rows_of_y(p) - run->first;
  return run->first + (run->count < rest ? run->count : rest);
}

/* y.data is the place of row `first`. */
static void forward_part(const LnConvRun *run, const Plan *p, LnMap y, int part, int64_t first, int64_t count,
                         LnActivation activation) {
  LnConvRun own = run_of(run, p, part, first, count);
  LnMap copy = p->y;
  copy.h = (int)count;
  copy.data = run->scratch + p->x_room;
  p->method->forward(&own, p->parts == 1 ? y : copy, activation);
  if (p->parts > 1) put_output(y, p, copy, part);
}

static void forward(const LnConvRun *run, LnMap y, LnActivation activation) {
  const Plan *p = run->plan;
  for (int64_t first = run->first, end = end_of(run, p); first < end; first += p->rows) {
    int64_t count = end - first < p->rows ? end - first : p->rows;
    LnMap rows = y;
    rows.h = (int)count;
    rows.data = y.data + (first - run->first) * y.row;
    for (int part = 0; part < p->parts; part++) forward_part(run, p, rows, part, first, count, activation);
  }
}

static void backward_part(const LnConvRun *run, const Plan *p, float *dw, LnMap dx, LnMap dy, int part) {
  LnConvRun own = run_of(run, p, part, run->first, end_of(run, p) - run->first);
  float *y_room = run->scratch + p->x_room, *dx_room = y_room + p->y_room, *own_dw = dx_room + p->dx_room;
  LnMap copy = p->x;
  copy.data = dx.data == NULL ? NULL : dx_room + p->needs.border[2] * copy.ld;
  if (dx.data != NULL) own.count = INT64_MAX;
  if (p->parts == 1) {
    p->method->backward(&own, dw, copy, dy);
  } else {
    memset(own_dw, 0, (size_t)p->dw_room * sizeof(float));
    p->method->backward(&own, own_dw, copy, copy_output_grad(y_room, p, dy, part));
    add_weights(dw, p, own_dw, part);
  }
  if (dx.data != NULL) add_input(dx, p, copy, part);
}

static void backward(const LnConvRun *run, float *dw, LnMap dx, LnMap dy) {
  const Plan *p = run->plan;
  if (dx.data != NULL) ln_map_zero(dx);
  for (int part = 0; part < p->parts; part++) backward_part(run, p, dw, dx, dy, part);
}

const LnConvMethod ln_conv_staged = {
    .make = make, .release = release, .prepare = prepare, .forward = forward, .backward = backward};
