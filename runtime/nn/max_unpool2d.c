/* max_unpool2d: a max pooling's way back: values go to the places of the maxima, all others are zero.
 *
 * The places are found again from the map that was pooled, which is the second input: a graph's values are maps, and
 * windows are read faster than places would be kept. */
#include "nn/activation.h"
#include "nn/pooling.h"

typedef LnPoolOptions Options;

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 2, .min = 1, .max = 15,
     .help = "the pooling's window in pixels", .flags = LN_POSITIONAL},
    {.name = "stride", .kind = LN_PARAM_INT2, .offset = offsetof(Options, stride), .def = 0, .min = 0, .max = 64,
     .help = "its stride; 0 means the window's size"},
    {.name = "padding", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, padding), .def = 0, .min = 0, .max = 512,
     .help = "its padding", .choices = ln_pool_paddings, .flags = LN_ALIKE /* where y fits both */},
    {.name = "dilation", .kind = LN_PARAM_INT2, .offset = offsetof(Options, dilation), .def = 1, .min = 1, .max = 64,
     .help = "its dilation"},
    {.name = "ceil_mode", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, ceil_mode), .def = 0,
     .help = "its ceil_mode"},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  return ln_pool_check(options, "max_unpool2d", err);
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  LnShape pooled;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  LN_TRY(ln_pool_shape(&pooled, options, &in[1], 1, err));
  for (int d = 0; d < 3; d++)
    if (in[0].d[d] != pooled.d[d])
      return ln_fail(err, LN_ESHAPE,
                     "its first input must be of shape %s, as maxpool2d with these options makes it of the second, %s; "
                     "got %s",
                     LN_SHAPE_TEXT(pooled), LN_SHAPE_TEXT(in[1]), LN_SHAPE_TEXT(in[0]));
  *out = in[1];
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  const Options *o = b->options;
  (void)err;
  int64_t row = b->in[0].d[2] * ln_kernels_ld(b->kernels, b->in[0].d[0]);
  needs->saved = b->training ? b->in[0].d[1] * row : row; /* the place of each maximum */
  needs->scratch = row;
  if (!ln_pool_tiles(o)) return LN_OK; /* windows share rows */
  needs->row_unit = o->size[0];
  needs->input_rows[0] = (LnInputRows){.step = 1, .scale = o->size[0]};
  return LN_OK;
}

static uint8_t *places_of(const LnPass *pass, int64_t r) {
  return (uint8_t *)pass->saved + (pass->training ? r * pass->x[0].w * pass->x[0].ld : 0);
}

/* Where in `map` the maximum of a window is: number p of row r. */
static int64_t place_of(const LnMap *map, const LnWindows *rows, const LnWindows *columns, int64_t r, int64_t p,
                        int argmax) {
  int64_t row = r * rows->stride - rows->before + argmax / columns->size * rows->dilation;
  int64_t column = p * columns->stride - columns->before + argmax % columns->size * columns->dilation;
  return row * map->row + column * map->ld;
}

/* Of windows that share their maximum the last one counts. */
static void forward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *x = &pass->x[0], *pooled = &pass->x[1], *y = &pass->y;
  LnWindows rows = ln_pool_windows(o, 0, pooled->h), columns = ln_pool_windows(o, 1, pooled->w);
  bool tiles = ln_pool_tiles(o);
  int64_t first = tiles ? pass->first / o->size[0] : 0, end = rows.out;
  if (tiles && (pass->first + pass->count) / o->size[0] < end) end = (pass->first + pass->count) / o->size[0];
  ln_map_zero(ln_map_rows(*y, pass->first, pass->count));
  for (int64_t r = first; r < end; r++) {
    uint8_t *argmax = places_of(pass, r);
    ln_pool_max_row(pass->scratch, argmax, &rows, &columns, pass->kernels, pooled, r);
    for (int64_t p = 0; p < x->w; p++, argmax += x->ld)
      for (int64_t c = 0; c < x->c; c++)
        y->data[place_of(y, &rows, &columns, r, p, argmax[c]) + c] = x->data[r * x->row + p * x->ld + c];
  }
}

/* The last window first: it takes the gradient away, so that those that it overwrote get none. */
static void backward(const LnPass *pass) {
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  LnWindows rows = ln_pool_windows(pass->options, 0, dy->h), columns = ln_pool_windows(pass->options, 1, dy->w);
  if (pass->dx[1].data != NULL) ln_map_zero(pass->dx[1]);
  if (dx->data == NULL) return;
  ln_map_zero(*dx);
  for (int64_t r = dx->h - 1; r >= 0; r--)
    for (int64_t p = dx->w - 1; p >= 0; p--) {
      const uint8_t *argmax = places_of(pass, r) + p * dx->ld;
      for (int64_t c = 0; c < dx->c; c++) {
        float *gradient = &dy->data[place_of(dy, &rows, &columns, r, p, argmax[c]) + c];
        dx->data[r * dx->row + p * dx->ld + c] = *gradient;
        *gradient = 0.0f;
      }
    }
}

static const LnCase cases[] = {
    {.options = "{\"size\": 3, \"stride\": 1, \"padding\": 1}", .inputs = {LN_SHAPE(6, 5, 4), LN_SHAPE(6, 5, 4)}},
    {.options = "{\"size\": [1, 3], \"stride\": 1, \"padding\": \"same\"}",
     .inputs = {LN_SHAPE(2, 4, 5), LN_SHAPE(2, 4, 5)}},
    {.options = "{\"size\": 1}", .inputs = {LN_SHAPE(17, 3, 4), LN_SHAPE(17, 3, 4)}},
    {0}};

const LnLayerType ln_nn_max_unpool2d = {
    .type = {.kind = "nn",
             .name = "max_unpool2d",
             .doc = "Max unpooling of two inputs, max_unpool2d{ y, x }: the values of y go where maxpool2d with the "
                    "same options found the largest of each window of x; zero elsewhere.\n"
                    "From y as that pooling's output, C x H' x W', and x, the input of the pooling, C x H x W, to C x "
                    "H x W. An encoder's maps so guide the decoder: local p = nn.maxpool2d{ x, size = 2 }, and after "
                    "more layers nn.max_unpool2d{ y, x, size = 2 }.\n"
                    "PyTorch hands indices around; here they are found again from x. There is no gradient to x. Where "
                    "windows overlap and share a maximum, the last one's value stays and gets the gradient; PyTorch "
                    "gives it to all of them.",
             .size = sizeof(Options),
             .params = params,
             .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                        "local a = ln.nn.conv2d{ 4 }(x)\n"
                        "local y = ln.nn.max_unpool2d{ 2 }(ln.nn.maxpool2d{ 2 }(a), a)\n"
                        "ln.nn.model{ inputs = x, outputs = y }:summary()",
             .cases = cases,
             .check = check},
    .min_inputs = 2,
    .max_inputs = 2,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
