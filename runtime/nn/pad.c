/* pad: rows and columns around an image.
 *
 *   constant   00|abcd|00        replicate  aa|abcd|dd
 *   reflect    cb|abcd|cb        circular   cd|abcd|ab
 *   symmetric  ba|abcd|dc
 *
 * Outside of "constant" every pixel of y is one of x; gradients go back to where it came from and add up. */
#include "nn/activation.h"

#include <string.h>

typedef struct Options {
  int64_t sides[4]; /* top, bottom, left, right */
  int mode;
  double value;
} Options;

enum { CONSTANT, REFLECT, SYMMETRIC, REPLICATE, CIRCULAR };
static const char *const modes[] = {"constant", "reflect", "symmetric", "replicate", "circular", NULL};

static const LnParam params[] = {
    {.name = "sides", .kind = LN_PARAM_SIDES, .offset = offsetof(Options, sides), .def = 1, .min = 0, .max = 4096,
     .help = "pixels at top, bottom, left and right", .flags = LN_POSITIONAL},
    {.name = "mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, mode), .def = CONSTANT,
     .help = "what they hold", .choices = modes},
    {.name = "value", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, value), .def = 0, .min = -1e30, .max = 1e30,
     .help = "of the pixels, in mode 'constant'"},
    {0}};

/* How many pixels a mode can make on each side of n. */
static int64_t most(int mode, int64_t n) {
  return mode == REFLECT ? n - 1 : mode == SYMMETRIC || mode == CIRCULAR ? n : INT64_MAX;
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  static const char *const names[] = {"top", "bottom", "left", "right"};
  const Options *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  for (int side = 0; side < 4; side++)
    if (o->sides[side] > most(o->mode, in[0].d[1 + side / 2]))
      return ln_fail(err, LN_ESHAPE, "mode '%s' can make at most %lld pixels at the %s of an image of %s, not %lld",
                     modes[o->mode], (long long)most(o->mode, in[0].d[1 + side / 2]), names[side], LN_SHAPE_TEXT(in[0]),
                     (long long)o->sides[side]);
  *out = LN_SHAPE(in[0].d[0], in[0].d[1] + o->sides[0] + o->sides[1], in[0].d[2] + o->sides[2] + o->sides[3]);
  return LN_OK;
}

/* Where pixel i, counted from the first one of n, comes from; -1: from nowhere. */
static int64_t source(int mode, int64_t i, int64_t n) {
  if (i >= 0 && i < n) return i;
  switch (mode) {
    case REFLECT: return i < 0 ? -i : 2 * (n - 1) - i;
    case SYMMETRIC: return i < 0 ? -1 - i : 2 * n - 1 - i;
    case REPLICATE: return i < 0 ? 0 : n - 1;
    case CIRCULAR: return i < 0 ? i + n : i - n;
    default: return -1;
  }
}

/* Rows from the other end are read by circular alone; mirrored ones reach as far in as the side is wide. */
static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  const Options *o = b->options;
  int64_t top = o->sides[0], bottom = o->sides[1];
  (void)err;
  needs->row_unit = o->mode == CIRCULAR ? 0 : 1;
  needs->input_rows[0] = (LnInputRows){.step = 1, .scale = 1, .before = top + 2 * bottom, .after = top};
  return LN_OK;
}

static void fill_pixels(float *to, int64_t pixels, LnMap map, float value) {
  for (int64_t p = 0; p < pixels; p++)
    for (int64_t c = 0; c < map.c; c++) to[p * map.ld + c] = value;
}

static void pad_row(const Options *o, float *to, const float *from, LnMap x, LnMap y) {
  int64_t left = o->sides[2];
  for (int64_t p = 0; p < y.w; p++) {
    int64_t place = source(o->mode, p - left, x.w);
    if (place < 0) fill_pixels(to + p * y.ld, 1, y, (float)o->value);
    else if (place != p - left) memcpy(to + p * y.ld, from + place * x.ld, (size_t)x.ld * sizeof *to);
    if (p == left) { /* the image's own row, at once */
      memcpy(to + p * y.ld, from, (size_t)(x.w * x.ld) * sizeof *to);
      p += x.w - 1;
    }
  }
}

static void forward(const LnPass *pass) {
  const Options *o = pass->options;
  LnMap x = pass->x[0], y = pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    int64_t place = source(o->mode, r - o->sides[0], x.h);
    float *to = y.data + r * y.row;
    if (place < 0) fill_pixels(to, y.w, y, (float)o->value);
    else pad_row(o, to, x.data + place * x.row, x, y);
  }
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  LnMap dx = pass->dx[0], dy = pass->dy;
  if (dx.data == NULL) return;
  ln_map_zero(dx);
  for (int64_t r = 0; r < dy.h; r++) {
    int64_t row = source(o->mode, r - o->sides[0], dx.h);
    for (int64_t p = 0; row >= 0 && p < dy.w; p++) {
      int64_t place = source(o->mode, p - o->sides[2], dx.w);
      if (place >= 0)
        pass->kernels->add(dx.data + row * dx.row + place * dx.ld, dy.data + r * dy.row + p * dy.ld, dx.ld);
    }
  }
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5)}},
    {.options = "{\"sides\": [1, 2, 0, 3], \"mode\": \"reflect\"}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"sides\": [2, 1], \"value\": 0.5}", .inputs = {LN_SHAPE(2, 3, 4)}},
    {.options = "{\"sides\": 3, \"mode\": \"circular\"}", .inputs = {LN_SHAPE(1, 4, 5)}},
    {0}};

const LnLayerType ln_nn_pad = {
    .type = {.kind = "nn",
             .name = "pad",
             .doc = "Rows and columns around an image: zeros, another constant, or what the image has near the edge "
                    "or at the "
                    "other end, as t:pad has it.\n"
                    "From C x H x W to C x (H + top + bottom) x (W + left + right). mode: constant 00abcd00 (`value`), "
                    "reflect cbabcdcb, symmetric baabcddc, replicate aaabcddd, circular cdabcdab (PyTorch's words).",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
