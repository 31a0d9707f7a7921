/* upsample2d: upsampling by whole factors, nearest neighbour or bilinear. */
#include "nn/activation.h"

#include <string.h>

typedef struct Options {
  int64_t scale[2];
  int mode;
} Options;

enum { NEAREST, BILINEAR };
static const char *const modes[] = {"nearest", "bilinear", NULL};

static const LnParam params[] = {
    {.name = "scale", .kind = LN_PARAM_INT2, .offset = offsetof(Options, scale), .def = 2, .min = 1, .max = 16,
     .help = "upsampling factor", .flags = LN_POSITIONAL},
    {.name = "mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, mode), .def = NEAREST,
     .help = "how new pixels are made", .choices = modes},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  *out = LN_SHAPE(in[0].d[0], in[0].d[1] * o->scale[0], in[0].d[2] * o->scale[1]);
  return LN_OK;
}

/* Where an output pixel reads along one axis: pixels at[0] and at[1] with weights 1 - share and share. */
typedef struct Between {
  int64_t at[2];
  float share;
} Between;

/* Half-pixel centres, edges repeated (PyTorch, align_corners=False). */
static Between between(int64_t p, int64_t scale, int64_t size) {
  float place = ((float)p + 0.5f) / (float)scale - 0.5f;
  if (place <= 0) return (Between){.at = {0, 0}}; /* no row but the first is read: see input_rows */
  int64_t at = (int64_t)place;
  return (Between){.at = {at, at + 1 < size ? at + 1 : at}, .share = place - (float)at};
}

/* The four pixels of x that make one of y, and their weights. */
typedef struct Mix {
  int64_t place[4];
  float weight[4];
} Mix;

static Mix mix_of(const LnMap *x, Between rows, Between columns) {
  Mix m;
  for (int k = 0; k < 4; k++) {
    m.place[k] = rows.at[k / 2] * x->row + columns.at[k % 2] * x->ld;
    m.weight[k] = (k / 2 ? rows.share : 1 - rows.share) * (k % 2 ? columns.share : 1 - columns.share);
  }
  return m;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  const Options *o = b->options;
  int64_t scale = o->scale[0];
  (void)err;
  needs->row_unit = 1;
  needs->input_rows[0] = (LnInputRows){.step = 1, .scale = scale};
  if (o->mode == BILINEAR) /* see between() */
    needs->input_rows[0] = (LnInputRows){.step = 2, .scale = 2 * scale, .before = scale, .after = scale + 1};
  return LN_OK;
}

static void forward_nearest(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *x = &pass->x[0], *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    for (int64_t p = 0; p < y->w; p++)
      memcpy(y->data + r * y->row + p * y->ld, x->data + r / o->scale[0] * x->row + p / o->scale[1] * x->ld,
             (size_t)x->ld * sizeof(float));
}

static void forward_bilinear(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *x = &pass->x[0], *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++) {
    Between rows = between(r, o->scale[0], x->h);
    float *out = y->data + r * y->row;
    for (int64_t p = 0; p < y->w; p++, out += y->ld) {
      Mix m = mix_of(x, rows, between(p, o->scale[1], x->w));
      const float *from[4];
      for (int k = 0; k < 4; k++) from[k] = x->data + m.place[k];
      if (x->c > 4) {
        pass->kernels->sum_rows(out, from, m.weight, 4, x->ld);
        continue;
      }
      for (int c = 0; c < x->c; c++)
        out[c] = from[0][c] * m.weight[0] + from[1][c] * m.weight[1] + from[2][c] * m.weight[2] +
                 from[3][c] * m.weight[3];
    }
  }
}

static void forward(const LnPass *pass) {
  (((const Options *)pass->options)->mode == NEAREST ? forward_nearest : forward_bilinear)(pass);
}

static void backward_nearest(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  for (int64_t r = 0; r < dy->h; r++)
    for (int64_t p = 0; p < dy->w; p++)
      pass->kernels->add(dx->data + r / o->scale[0] * dx->row + p / o->scale[1] * dx->ld,
                         dy->data + r * dy->row + p * dy->ld, dx->ld);
}

static void backward_bilinear(const LnPass *pass) {
  const Options *o = pass->options;
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  for (int64_t r = 0; r < dy->h; r++) {
    Between rows = between(r, o->scale[0], dx->h);
    for (int64_t p = 0; p < dy->w; p++) {
      Mix m = mix_of(dx, rows, between(p, o->scale[1], dx->w));
      for (int k = 0; k < 4; k++)
        pass->kernels->add_scaled(dx->data + m.place[k], dy->data + r * dy->row + p * dy->ld, m.weight[k], dx->ld);
    }
  }
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data == NULL) return;
  ln_map_zero(pass->dx[0]);
  (((const Options *)pass->options)->mode == NEAREST ? backward_nearest : backward_bilinear)(pass);
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  const Options *o = options;
  int64_t *upsample = fusion->upsample[0];
  if (o->mode != NEAREST || fusion->concatenated != 1 || upsample[0] != 1 || upsample[1] != 1) return false;
  upsample[0] = o->scale[0], upsample[1] = o->scale[1];
  return true;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(6, 3, 4)}},
    {.options = "{\"scale\": [1, 3]}", .inputs = {LN_SHAPE(2, 3, 2)}},
    {.options = "{\"scale\": 2, \"mode\": \"bilinear\"}", .inputs = {LN_SHAPE(17, 3, 4)}},
    {.options = "{\"scale\": 3, \"mode\": \"bilinear\"}", .inputs = {LN_SHAPE(1, 4, 1)}},
    {0}};

const LnLayerType ln_nn_upsample2d = {
    .type = {.kind = "nn",
             .name = "upsample2d",
             .doc =
                 "Upsampling by whole factors: nearest repeats pixels, bilinear interpolates between pixel centres.\n"
                 "From C x H x W to C x scale*H x scale*W. Before a conv2d of stride 1, which alone reads it, "
                 "nearest costs nothing: the two are computed together.",
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
    .fuse_into = fuse_into,
};
