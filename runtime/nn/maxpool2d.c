/* maxpool2d: the largest value of each window. Rows and columns that fill no whole window are dropped. */
#include "nn/activation.h"
#include "nn/pooling.h"

typedef LnPoolOptions Options;

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 2, .min = 1, .max = 15,
     .help = "window in pixels", .flags = LN_POSITIONAL},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 0, .min = 0, .max = 64,
     .help = "pixels from one window to the next; 0 means the window's size"},
    {0}};

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = ln_pool_input_rows(b->options);
  int64_t row = b->out.d[2] * ln_kernels_ld(b->kernels, b->out.d[0]);
  needs->saved = b->training ? b->out.d[1] * row : row; /* the winner of each window */
  return LN_OK;
}

static void forward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *x = &pass->x[0], *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    uint8_t *argmax = (uint8_t *)pass->saved + (pass->training ? r * y->w * y->ld : 0);
    pass->kernels->max_pool_row(y->data + r * y->row, y->ld, argmax, y->c, y->w,
                                x->data + r * ln_pool_stride(o, 0) * x->row, x->ld, x->row, o->size,
                                ln_pool_stride(o, 1));
  }
}

/* Windows may overlap, so gradients are added up. */
static void scatter(const LnPass *pass, const Options *o) {
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  const uint8_t *argmax = pass->saved;
  for (int64_t r = 0; r < dy->h; r++)
    for (int64_t p = 0; p < dy->w; p++, argmax += dy->ld) {
      float *window = dx->data + r * ln_pool_stride(o, 0) * dx->row + p * ln_pool_stride(o, 1) * dx->ld;
      for (int64_t c = 0; c < dy->c; c++)
        window[argmax[c] / o->size[1] * dx->row + argmax[c] % o->size[1] * dx->ld + c] +=
            dy->data[r * dy->row + p * dy->ld + c];
    }
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  if (dx->data == NULL) return;
  bool apart = ln_pool_stride(o, 0) == o->size[0] && ln_pool_stride(o, 1) == o->size[1];
  if (!apart || dy->h * o->size[0] != dx->h || dy->w * o->size[1] != dx->w) ln_map_zero(*dx);
  if (!apart) {
    scatter(pass, o);
    return;
  }
  for (int64_t r = 0; r < dy->h; r++)
    pass->kernels->max_unpool_row(dx->data + r * o->size[0] * dx->row, dx->ld, dx->row, dy->data + r * dy->row, dy->ld,
                                  (const uint8_t *)pass->saved + r * dy->w * dy->ld, dy->c, dy->w, o->size);
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  const Options *o = options;
  if (fusion->pool[0] != 1 || fusion->pool[1] != 1) return false;
  if (ln_pool_stride(o, 0) != o->size[0] || ln_pool_stride(o, 1) != o->size[1]) return false;
  fusion->pool[0] = o->size[0], fusion->pool[1] = o->size[1];
  return true;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(6, 6, 8)}},
    {.options = "{\"size\": 3}", .inputs = {LN_SHAPE(2, 7, 8)}},
    {.options = "{\"size\": [2, 3], \"stride\": [1, 2]}", .inputs = {LN_SHAPE(17, 5, 7)}},
    {.options = "{\"size\": 3, \"stride\": 2}", .inputs = {LN_SHAPE(1, 9, 7)}},
    {0}};

const LnLayerType ln_nn_maxpool2d = {
    .type = {.kind = "nn",
             .name = "maxpool2d",
             .doc = "Max pooling: y = the largest value of each window, channel by channel.\n"
                    "From C x H x W to C x floor((H - size) / stride) + 1 x ...; the gradient goes to the first "
                    "largest value.",
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
    .fuse_into = fuse_into,
};
