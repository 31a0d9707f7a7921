/* reshape: the same numbers as a sample of another shape, in the order in which users see them: channel by channel, row
 * by row (as PyTorch, and Keras' channels-first, order them). */
#include <stdio.h>

#include "nn/activation.h"

typedef struct Options {
  LnSizes shape;
} Options;

static const LnParam params[] = {
    {.name = "shape", .kind = LN_PARAM_SIZES, .offset = offsetof(Options, shape), .min = -1, .max = 16777216,
     .help = "channels, height, width, or features; -1, once: as many as there are",
     .flags = LN_REQUIRED | LN_POSITIONAL},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  const LnSizes *shape = &((const Options *)options)->shape;
  int open = 0, empty = 0;
  for (int64_t i = 0; i < shape->n; i++) open += shape->d[i] == -1, empty += shape->d[i] == 0;
  if (shape->n == 2)
    return ln_fail(err, LN_EARG,
                   "reshape: option 'shape' must be {channels, height, width} or {features}, got 2 sizes");
  if (empty > 0) return ln_fail(err, LN_EARG, "reshape: option 'shape' must have sizes of at least 1, or -1, got 0");
  if (open > 1) return ln_fail(err, LN_EARG, "reshape: option 'shape' may have one size of -1, got %d", open);
  return LN_OK;
}

/* "8x4x4", with "?" for the size that is open. */
static const char *shape_text(const LnSizes *shape, char *text, size_t size) {
  size_t used = 0;
  for (int64_t i = 0; i < shape->n; i++) {
    const char *between = i > 0 ? "x" : "";
    if (shape->d[i] == -1) used += (size_t)snprintf(text + used, size - used, "%s?", between);
    else used += (size_t)snprintf(text + used, size - used, "%s%lld", between, (long long)shape->d[i]);
  }
  return text;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const LnSizes *shape = &((const Options *)options)->shape;
  int64_t count = ln_shape_count(in[0]), known = 1;
  char text[64];
  int open = -1;
  (void)n_inputs;
  *out = (LnShape){.n = (int)shape->n};
  for (int i = 0; i < out->n; i++) {
    out->d[i] = shape->d[i];
    if (shape->d[i] == -1) open = i;
    else known = known > count / shape->d[i] ? count + 1 : known * shape->d[i]; /* too many already */
  }
  if (open >= 0 && count % known == 0) out->d[open] = count / known, known = count;
  if (known == count) return LN_OK;
  return ln_fail(err, LN_ESHAPE, open >= 0 ? "a sample of %s has %lld numbers, which %s does not divide"
                                           : "a sample of %s has %lld numbers, not %s",
                 LN_SHAPE_TEXT(in[0]), (long long)count, shape_text(shape, text, sizeof text));
}

/* Goes through a map in the order of users. */
typedef struct Walk {
  LnMap map;
  int64_t channel, row, column;
} Walk;

static float *next_place(Walk *w) {
  float *place = w->map.data + w->row * w->map.row + w->column * w->map.ld + w->channel;
  if (++w->column == w->map.w) {
    w->column = 0;
    if (++w->row == w->map.h) w->row = 0, w->channel++;
  }
  return place;
}

static void copy(LnMap to, LnMap from) {
  Walk in = {.map = from}, out = {.map = to};
  for (int64_t i = 0, n = (int64_t)from.c * from.h * from.w; i < n; i++) *next_place(&out) = *next_place(&in);
}

static void forward(const LnPass *pass) {
  copy(pass->y, pass->x[0]);
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data != NULL) copy(pass->dx[0], pass->dy);
}

static const LnCase cases[] = {
    {.options = "{\"shape\": [2, 6, 5]}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{\"shape\": [6, -1, 3]}", .inputs = {LN_SHAPE(18, 3, 2)}},
    {.options = "{\"shape\": [18, 1, 1]}", .inputs = {LN_SHAPE(18)}},
    {.options = "{\"shape\": [-1]}", .inputs = {LN_SHAPE(6, 3, 4)}},
    {0}};

const LnLayerType ln_nn_reshape = {
    .type = {.kind = "nn",
             .name = "reshape",
             .doc = "The numbers of a sample in another shape: nn.reshape{ 8, 4, 4 } makes an image of 128 features.\n"
                    "Their order is channel by channel, row by row, as PyTorch's; Keras's Reshape of channels_last has "
                    "another. One size may be -1: what is left.",
             .size = sizeof(Options),
             .params = params,
             .example = "local layer = ln.nn.reshape{ { 2, -1, 32 } }\n"
                        "local net = ln.nn.sequential{ ln.nn.conv2d{ 8 }, layer }\n"
                        "net:summary{ 1, 32, 32 }",
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .forward = forward,
    .backward = backward,
};
