/* avgpool2d: the mean of each window. Rows and columns that fill no whole window are dropped. */
#include "nn/activation.h"
#include "nn/pooling.h"

typedef LnPoolOptions Options;

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 2, .min = 1, .max = 1024,
     .help = "window in pixels", .flags = LN_POSITIONAL},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 0, .min = 0, .max = 1024,
     .help = "pixels from one window to the next; 0 means the window's size"},
    {0}};

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = ln_pool_input_rows(b->options);
  return LN_OK;
}

static void forward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *x = &pass->x[0], *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    pass->kernels->avg_pool_row(y->data + r * y->row, y->ld, y->c, y->w, x->data + r * ln_pool_stride(o, 0) * x->row,
                                x->ld, x->row, o->size, ln_pool_stride(o, 1));
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  if (dx->data == NULL) return;
  ln_map_zero(*dx);
  for (int64_t r = 0; r < dy->h; r++)
    pass->kernels->avg_unpool_row(dx->data + r * ln_pool_stride(o, 0) * dx->row, dx->ld, dx->row,
                                  dy->data + r * dy->row, dy->ld, dy->c, dy->w, o->size, ln_pool_stride(o, 1));
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(6, 6, 8)}},
    {.options = "{\"size\": 3}", .inputs = {LN_SHAPE(2, 7, 8)}},
    {.options = "{\"size\": [2, 3], \"stride\": [1, 2]}", .inputs = {LN_SHAPE(17, 5, 7)}},
    {.options = "{\"size\": 3, \"stride\": 2}", .inputs = {LN_SHAPE(1, 9, 7)}},
    {0}};

const LnLayerType ln_nn_avgpool2d = {
    .type = {.kind = "nn",
             .name = "avgpool2d",
             .doc = "Average pooling: y = the mean of each window, channel by channel.\n"
                    "From C x H x W to C x floor((H - size) / stride) + 1 x ...; a window as large as the image gives "
                    "the mean of each channel.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = ln_pool_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
