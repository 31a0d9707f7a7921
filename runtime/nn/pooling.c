/* Windows of pooling layers: see pooling.h. */
#include "nn/pooling.h"

#include "nn/activation.h"

enum { SAME = -1, VALID = -2 };
const char *const ln_pool_paddings[] = {"same", "valid", NULL};

static int64_t span_of(const LnWindows *w) {
  return (w->size - 1) * w->dilation + 1;
}

/* 'same': TensorFlow's rule. ceil_mode: PyTorch's; a window must begin in the image or before it. */
static void place_windows(LnWindows *w, const LnPoolOptions *o, int axis) {
  int64_t span = span_of(w);
  if (o->padding[0] == SAME) {
    w->out = (w->in + w->stride - 1) / w->stride;
    int64_t total = (w->out - 1) * w->stride + span - w->in;
    w->before = total > 0 ? total / 2 : 0;
    w->after = total > 0 ? total - w->before : 0;
    return;
  }
  if (o->padding[0] != VALID) w->before = o->padding[2 * axis], w->after = o->padding[2 * axis + 1];
  int64_t rest = w->in + w->before + w->after - span + (o->ceil_mode ? w->stride - 1 : 0);
  w->out = rest < 0 ? 0 : rest / w->stride + 1;
  if (o->ceil_mode && w->out > 0 && (w->out - 1) * w->stride >= w->in + w->before) w->out--;
}

LnWindows ln_pool_windows(const LnPoolOptions *o, int axis, int64_t in) {
  LnWindows w = {.in = in,
                 .size = o->size[axis],
                 .stride = o->stride[axis] == 0 ? o->size[axis] : o->stride[axis],
                 .dilation = o->dilation[axis]};
  place_windows(&w, o, axis);
  int64_t room = in + w.before - span_of(&w);
  w.inner_end = room < 0 ? 0 : room / w.stride + 1;
  if (w.inner_end > w.out) w.inner_end = w.out;
  return w;
}

/* The elements of window n that lie in the image. */
static void inside(int64_t *first, int64_t *count, const LnWindows *w, int64_t n) {
  int64_t start = n * w->stride - w->before, end = w->in - start;
  if (start >= 0 && n < w->inner_end) {
    *first = 0, *count = w->size;
    return;
  }
  *first = start < 0 ? (-start + w->dilation - 1) / w->dilation : 0;
  end = end < 0 ? 0 : (end + w->dilation - 1) / w->dilation;
  *count = (end < w->size ? end : w->size) - *first;
}

LnWindowRun ln_pool_run(const LnWindows *rows, const LnWindows *columns, int64_t r, int64_t p) {
  LnWindowRun run = {.width = 1};
  inside(&run.first[0], &run.count[0], rows, r);
  inside(&run.first[1], &run.count[1], columns, p);
  if (run.count[1] == columns->size) run.width = columns->inner_end - p;
  return run;
}

bool ln_pool_tiles(const LnPoolOptions *o) {
  for (int axis = 0; axis < 2; axis++) {
    LnWindows w = ln_pool_windows(o, axis, o->size[axis]);
    if (w.stride != w.size || w.dilation != 1 || w.before != 0 || w.after != 0) return false;
  }
  return !o->ceil_mode && o->padding[0] != SAME;
}

/* A window as the kernels do not take them: cut on the left or right, or with pixels between its columns. */
static void pool_window(float *restrict y, uint8_t *restrict argmax, int64_t lanes, const float *restrict x,
                        int64_t x_row, int64_t x_step, const LnWindowRun *run, int64_t columns) {
  for (int64_t c = 0; c < lanes; c++) {
    y[c] = x[c];
    argmax[c] = (uint8_t)(run->first[0] * columns + run->first[1]);
  }
  for (int64_t i = 0; i < run->count[0]; i++)
    for (int64_t j = 0; j < run->count[1]; j++) {
      const float *from = x + i * x_row + j * x_step;
      uint8_t place = (uint8_t)((run->first[0] + i) * columns + run->first[1] + j);
      for (int64_t c = 0; c < lanes; c++) {
        bool larger = from[c] > y[c] || from[c] != from[c]; /* NaN stays */
        y[c] = larger ? from[c] : y[c];
        argmax[c] = larger ? place : argmax[c];
      }
    }
}

/* from: the first element in the image. */
static void pool_run(float *y, uint8_t *argmax, const LnWindows *rows, const LnWindows *columns,
                     const LnWindowRun *run, const LnKernels *kernels, const LnMap *x, const float *from) {
  int64_t x_row = rows->dilation * x->row;
  if (run->count[1] < columns->size || columns->dilation > 1) {
    for (int64_t i = 0; i < run->width; i++)
      pool_window(y + i * x->ld, argmax + i * x->ld, x->ld, from + i * columns->stride * x->ld, x_row,
                  columns->dilation * x->ld, run, columns->size);
    return;
  }
  kernels->max_pool_row(y, x->ld, argmax, x->c, (int)run->width, from, x->ld, x_row, run->count, columns->stride);
  if (run->first[0] == 0) return;
  for (int64_t i = 0; i < run->width * x->ld; i++) argmax[i] = (uint8_t)(argmax[i] + run->first[0] * columns->size);
}

void ln_pool_max_row(float *y, uint8_t *argmax, const LnWindows *rows, const LnWindows *columns,
                     const LnKernels *kernels, const LnMap *x, int64_t r) {
  for (int64_t p = 0; p < columns->out;) {
    LnWindowRun run = ln_pool_run(rows, columns, r, p);
    const float *from = x->data + (r * rows->stride - rows->before + run.first[0] * rows->dilation) * x->row +
                        (p * columns->stride - columns->before + run.first[1] * columns->dilation) * x->ld;
    pool_run(y + p * x->ld, argmax + p * x->ld, rows, columns, &run, kernels, x, from);
    p += run.width;
  }
}

LnInputRows ln_pool_input_rows(const LnPoolOptions *o, int64_t in) {
  LnWindows w = ln_pool_windows(o, 0, in);
  return (LnInputRows){.step = w.stride, .scale = 1, .before = w.before, .after = span_of(&w) - 1 - w.before};
}

LnStatus ln_pool_check(const LnPoolOptions *o, const char *item, LnError *err) {
  static const char *const lines[] = {"rows", "columns"};
  for (int side = 0; side < 4; side++) {
    LnWindows w = {.size = o->size[side / 2], .dilation = o->dilation[side / 2]};
    if (2 * o->padding[side] > span_of(&w))
      return ln_fail(err, LN_EARG, "%s: option 'padding' must be at most half of the window's %lld %s, got %lld", item,
                     (long long)span_of(&w), lines[side / 2], (long long)o->padding[side]);
  }
  return LN_OK;
}

/* Every window has a pixel: with dilation, one that begins in the padding may step over a small image. */
static LnStatus expect_pixels(const LnWindows *w, const char *line, LnShape in, LnError *err) {
  for (int64_t n = 0; n < w->out; n++) {
    int64_t first, count;
    inside(&first, &count, w, n);
    if (count < 1)
      return ln_fail(err, LN_ESHAPE, "window %lld of the %s has no pixel of an image of %s; use less padding",
                     (long long)n + 1, line, LN_SHAPE_TEXT(in));
  }
  return LN_OK;
}

LnStatus ln_pool_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const LnPoolOptions *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  LnWindows rows = ln_pool_windows(o, 0, in[0].d[1]), columns = ln_pool_windows(o, 1, in[0].d[2]);
  if (rows.out < 1 || columns.out < 1)
    return ln_fail(err, LN_ESHAPE,
                   "a window of %lldx%lld does not fit into an image of %s; use fewer poolings or larger images",
                   (long long)span_of(&rows), (long long)span_of(&columns), LN_SHAPE_TEXT(in[0]));
  LN_TRY(expect_pixels(&rows, "rows", in[0], err));
  LN_TRY(expect_pixels(&columns, "columns", in[0], err));
  *out = LN_SHAPE(in[0].d[0], rows.out, columns.out);
  return LN_OK;
}
