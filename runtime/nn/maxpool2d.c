/* maxpool2d: the largest value of each window. */
#include "nn/activation.h"
#include "nn/pooling.h"

typedef LnPoolOptions Options;

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 2, .min = 1, .max = 15,
     .help = "window in pixels", .flags = LN_POSITIONAL},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 0, .min = 0, .max = 64,
     .help = "pixels from one window to the next; 0 means the window's size"},
    {.name = "padding", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, padding), .def = 0, .min = 0, .max = 512,
     .help = "how far windows may reach past the image, at most half of one; nothing there is ever the largest. 'same' "
             "gives ceil(size / stride), 'valid' is 0",
     .choices = ln_pool_paddings},
    {.name = "dilation", .kind = LN_PARAM_INT2, .offset = offsetof(Options, dilation), .def = 1, .min = 1, .max = 64,
     .help = "pixels between a window's elements"},
    {.name = "ceil_mode", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, ceil_mode), .def = 0,
     .help = "also take a last window that reaches past the image, if it begins in it"},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  return ln_pool_check(options, "maxpool2d", err);
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = ln_pool_input_rows(b->options, b->in[0].d[1]);
  int64_t row = b->out.d[2] * ln_kernels_ld(b->kernels, b->out.d[0]);
  needs->saved = b->training ? b->out.d[1] * row : row; /* the winner of each window */
  return LN_OK;
}

static void forward(const LnPass *pass) {
  const LnMap *x = &pass->x[0], *y = &pass->y;
  LnWindows rows = ln_pool_windows(pass->options, 0, x->h), columns = ln_pool_windows(pass->options, 1, x->w);
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    ln_pool_max_row(y->data + r * y->row, (uint8_t *)pass->saved + (pass->training ? r * y->w * y->ld : 0), &rows,
                    &columns, pass->kernels, x, r);
}

/* Windows may overlap, so gradients are added up. */
static void scatter(const LnPass *pass) {
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  LnWindows rows = ln_pool_windows(pass->options, 0, dx->h), columns = ln_pool_windows(pass->options, 1, dx->w);
  const uint8_t *argmax = pass->saved;
  for (int64_t r = 0; r < dy->h; r++)
    for (int64_t p = 0; p < dy->w; p++, argmax += dy->ld) {
      const float *from = dy->data + r * dy->row + p * dy->ld;
      for (int64_t c = 0; c < dy->c; c++) {
        int64_t row = r * rows.stride - rows.before + argmax[c] / columns.size * rows.dilation;
        int64_t column = p * columns.stride - columns.before + argmax[c] % columns.size * columns.dilation;
        dx->data[row * dx->row + column * dx->ld + c] += from[c];
      }
    }
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  if (dx->data == NULL) return;
  bool tiles = ln_pool_tiles(o);
  if (!tiles || dy->h * o->size[0] != dx->h || dy->w * o->size[1] != dx->w) ln_map_zero(*dx);
  if (!tiles) {
    scatter(pass);
    return;
  }
  for (int64_t r = 0; r < dy->h; r++)
    pass->kernels->max_unpool_row(dx->data + r * o->size[0] * dx->row, dx->ld, dx->row, dy->data + r * dy->row, dy->ld,
                                  (const uint8_t *)pass->saved + r * dy->w * dy->ld, dy->c, dy->w, o->size);
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  const Options *o = options;
  if (fusion->pool[0] != 1 || fusion->pool[1] != 1) return false;
  if (!ln_pool_tiles(o)) return false;
  fusion->pool[0] = o->size[0], fusion->pool[1] = o->size[1];
  return true;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(6, 6, 8)}},
    {.options = "{\"size\": 3}", .inputs = {LN_SHAPE(2, 7, 8)}},
    {.options = "{\"size\": [2, 3], \"stride\": [1, 2]}", .inputs = {LN_SHAPE(17, 5, 7)}},
    {.options = "{\"size\": 3, \"stride\": 2}", .inputs = {LN_SHAPE(1, 9, 7)}},
    {.options = "{\"size\": 3, \"stride\": 2, \"padding\": 1, \"ceil_mode\": true}", .inputs = {LN_SHAPE(6, 7, 8)}},
    {.options = "{\"size\": [2, 3], \"dilation\": [3, 2], \"stride\": 1, \"padding\": [0, 1, 2, 0]}",
     .inputs = {LN_SHAPE(5, 7, 8)}},
    {.options = "{\"size\": 2, \"stride\": 3, \"padding\": \"same\"}", .inputs = {LN_SHAPE(2, 8, 7)}},
    {0}};

const LnLayerType ln_nn_maxpool2d = {
    .type = {.kind = "nn",
             .name = "maxpool2d",
             .doc = "Max pooling: y = the largest value of each window, channel by channel.\n"
                    "From C x H x W to C x floor((H + padding - span) / stride) + 1 x ..., where padding is that of "
                    "both sides and span = (size - 1) * dilation + 1; with ceil_mode, the ceiling.\n"
                    "The gradient goes to the first largest value. Options as PyTorch's; padding = 'same' is Keras's. "
                    "PyTorch's ceil_mode has no counterpart in Keras. "
                    "max_unpool2d goes back.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = ln_pool_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
    .fuse_into = fuse_into,
};
