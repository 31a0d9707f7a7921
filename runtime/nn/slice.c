/* slice: some of the channels, or features. */
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  int64_t first, last; /* from 1, both included; below 0: from the end */
} Options;

static const LnParam params[] = {
    {.name = "first", .kind = LN_PARAM_INT, .offset = offsetof(Options, first), .def = 1, .min = -16777216,
     .max = 16777216, .help = "the first channel, from 1; -1 is the last one", .flags = LN_POSITIONAL},
    {.name = "last", .kind = LN_PARAM_INT, .offset = offsetof(Options, last), .def = -1, .min = -16777216,
     .max = 16777216, .help = "the last channel, likewise; it belongs to the slice"},
    {0}};

/* A position from 0. */
static int64_t position(int64_t place, int64_t channels) {
  return place < 0 ? channels + place : place - 1;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  int64_t channels = in[0].d[0], first = position(o->first, channels), last = position(o->last, channels);
  (void)n_inputs;
  if (first < 0 || last < first || last >= channels)
    return ln_fail(err, LN_ESHAPE, "channels %lld to %lld: there are 1 to %lld, and the last is not before the first",
                   (long long)o->first, (long long)o->last, (long long)channels);
  *out = in[0];
  out->d[0] = last - first + 1;
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)b, (void)err;
  needs->row_unit = 1;
  return LN_OK;
}

static int64_t first_of(const LnPass *pass) {
  return position(((const Options *)pass->options)->first, pass->x[0].c);
}

static void forward(const LnPass *pass) {
  LnMap x = pass->x[0], y = pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    for (int64_t p = 0; p < y.w; p++)
      memcpy(y.data + r * y.row + p * y.ld, x.data + r * x.row + p * x.ld + first_of(pass),
             (size_t)y.c * sizeof(float));
}

static void backward(const LnPass *pass) {
  LnMap dx = pass->dx[0], dy = pass->dy;
  if (dx.data == NULL) return;
  ln_map_zero(dx);
  for (int64_t r = 0; r < dy.h; r++)
    for (int64_t p = 0; p < dy.w; p++)
      memcpy(dx.data + r * dx.row + p * dx.ld + first_of(pass), dy.data + r * dy.row + p * dy.ld,
             (size_t)dy.c * sizeof(float));
}

static const LnCase cases[] = {
    {.options = "{\"first\": 2, \"last\": 3}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"first\": -3}", .inputs = {LN_SHAPE(4, 3, 2)}},
    {.options = "{\"last\": 5}", .inputs = {LN_SHAPE(9)}},
    {0}};

const LnLayerType ln_nn_slice = {
    .type = {.kind = "nn",
             .name = "slice",
             .doc = "The channels `first` to `last` of an image, or of a vector's features; they count from 1, and "
                    "from the "
                    "end with -1, -2, ...\n"
                    "From C x H x W to (last - first + 1) x H x W. The rows and columns of an image are cut by "
                    "nn.crop.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
