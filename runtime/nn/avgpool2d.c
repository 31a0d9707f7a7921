/* avgpool2d: the mean of each window. */
#include "nn/activation.h"
#include "nn/pooling.h"

typedef struct Options {
  LnPoolOptions pool; /* dilation is 1 */
  bool count_include_pad;
  int64_t divisor_override;
} Options;

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, pool.size), .def = 2, .min = 1, .max = 1024,
     .help = "window in pixels", .flags = LN_POSITIONAL},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, pool.stride), .def = 0, .min = 0,
     .max = 1024, .help = "pixels from one window to the next; 0 means the window's size"},
    {.name = "padding", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, pool.padding), .def = 0, .min = 0,
     .max = 512,
     .help = "zeros around the image, at most half a window; 'same' gives ceil(size / stride), 'valid' is 0",
     .choices = ln_pool_paddings},
    {.name = "ceil_mode", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, pool.ceil_mode), .def = 0,
     .help = "also take a last window that reaches past the image, if it begins in it"},
    {.name = "count_include_pad", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, count_include_pad), .def = 1,
     .help = "whether the zeros of the padding count, as in PyTorch; Keras never counts them"},
    {.name = "divisor_override", .kind = LN_PARAM_INT, .offset = offsetof(Options, divisor_override), .def = 0,
     .min = -(1 << 24), .max = 1 << 24, .help = "divide sums by this instead; 0: by the number of pixels"},
    {0}};

/* The dilation is no option; an item begins zeroed. */
static LnPoolOptions pool_of(const Options *o) {
  LnPoolOptions pool = o->pool;
  pool.dilation[0] = pool.dilation[1] = 1;
  return pool;
}

static LnStatus check(const void *options, LnError *err) {
  LnPoolOptions pool = pool_of(options);
  return ln_pool_check(&pool, "avgpool2d", err);
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  LnPoolOptions pool = pool_of(options);
  return ln_pool_shape(out, &pool, in, n_inputs, err);
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  LnPoolOptions pool = pool_of(b->options);
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = ln_pool_input_rows(&pool, b->in[0].d[1]);
  return LN_OK;
}

/* Pixels of window n that count along one axis; padding ends where it was asked for. */
static int64_t counted(const LnWindows *w, int64_t n) {
  int64_t rest = w->in + w->after - (n * w->stride - w->before);
  return rest < w->size ? rest : w->size;
}

/* Neighbouring windows with the same divisor. The kernels divide by the pixels in the image, so `factor` is left. */
typedef struct Run {
  LnWindowRun windows;
  float factor;
  int64_t start; /* of the first pixel in the image, in the map */
} Run;

static Run run_at(const Options *o, const LnMap *x, const LnWindows *rows, const LnWindows *columns, int64_t r,
                  int64_t p) {
  Run run = {.windows = ln_pool_run(rows, columns, r, p)};
  int64_t pixels = run.windows.count[0] * run.windows.count[1], divisor = pixels;
  bool inside = pixels == rows->size * columns->size;
  if (o->count_include_pad && !inside) divisor = counted(rows, r) * counted(columns, p);
  if (o->divisor_override != 0) divisor = o->divisor_override;
  run.factor = divisor == pixels ? 1.0f : (float)pixels / (float)divisor;
  run.start = (r * rows->stride - rows->before + run.windows.first[0]) * x->row +
              (p * columns->stride - columns->before + run.windows.first[1]) * x->ld;
  return run;
}

static void multiply(float *data, int64_t n, float factor) {
  for (int64_t i = 0; factor != 1 && i < n; i++) data[i] *= factor;
}

static void forward(const LnPass *pass) {
  LnPoolOptions pool = pool_of(pass->options);
  const LnMap *x = &pass->x[0], *y = &pass->y;
  LnWindows rows = ln_pool_windows(&pool, 0, x->h), columns = ln_pool_windows(&pool, 1, x->w);
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    for (int64_t p = 0; p < columns.out;) {
      Run run = run_at(pass->options, x, &rows, &columns, r, p);
      float *to = y->data + r * y->row + p * y->ld;
      pass->kernels->avg_pool_row(to, y->ld, y->c, (int)run.windows.width, x->data + run.start, x->ld, x->row,
                                  run.windows.count, columns.stride);
      multiply(to, run.windows.width * y->ld, run.factor);
      p += run.windows.width;
    }
}

static void backward(const LnPass *pass) {
  LnPoolOptions pool = pool_of(pass->options);
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  LnWindows rows = ln_pool_windows(&pool, 0, dx->h), columns = ln_pool_windows(&pool, 1, dx->w);
  if (dx->data == NULL) return;
  ln_map_zero(*dx);
  for (int64_t r = 0; r < dy->h; r++)
    for (int64_t p = 0; p < columns.out;) {
      Run run = run_at(pass->options, dx, &rows, &columns, r, p);
      float *from = dy->data + r * dy->row + p * dy->ld;
      multiply(from, run.windows.width * dy->ld, run.factor);
      pass->kernels->avg_unpool_row(dx->data + run.start, dx->ld, dx->row, from, dy->ld, dy->c, (int)run.windows.width,
                                    run.windows.count, columns.stride);
      p += run.windows.width;
    }
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(6, 6, 8)}},
    {.options = "{\"size\": 3}", .inputs = {LN_SHAPE(2, 7, 8)}},
    {.options = "{\"size\": [2, 3], \"stride\": [1, 2]}", .inputs = {LN_SHAPE(17, 5, 7)}},
    {.options = "{\"size\": 3, \"stride\": 2}", .inputs = {LN_SHAPE(1, 9, 7)}},
    {.options = "{\"size\": 3, \"stride\": 2, \"padding\": 1, \"ceil_mode\": true}", .inputs = {LN_SHAPE(6, 7, 8)}},
    {.options = "{\"size\": 3, \"stride\": 1, \"padding\": [0, 1, 1, 0], \"count_include_pad\": false}",
     .inputs = {LN_SHAPE(5, 5, 4)}},
    {.options = "{\"padding\": \"same\", \"divisor_override\": 3}", .inputs = {LN_SHAPE(2, 5, 7)}},
    {0}};

const LnLayerType ln_nn_avgpool2d = {
    .type = {.kind = "nn",
             .name = "avgpool2d",
             .doc = "Average pooling: y = the mean of each window, channel by channel.\n"
                    "From C x H x W to C x floor((H + padding - size) / stride) + 1 x ..., where padding is that of "
                    "both sides; with ceil_mode, the ceiling.\n"
                    "A window as large as the image gives the mean of each channel. Options as PyTorch's; padding = "
                    "'same' is Keras's, with count_include_pad = false.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
