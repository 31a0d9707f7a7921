/* upsample2d: enlargement by whole factors, nearest neighbour or bilinear. */
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
     .help = "enlargement factor", .flags = LN_POSITIONAL},
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

/* Where output pixel p reads along one axis: pixels at[0] and at[1] with weights 1 - share and share. Half-pixel
 * centres, edges repeated (PyTorch, align_corners=False). */
static float between(int64_t at[2], int64_t p, int64_t scale, int64_t size) {
  float place = ((float)p + 0.5f) / (float)scale - 0.5f;
  if (place < 0) place = 0;
  at[0] = (int64_t)place;
  at[1] = at[0] + 1 < size ? at[0] + 1 : at[0];
  return place - (float)at[0];
}

/* The four pixels of x that make one of y, and their weights. */
typedef struct Mix {
  int64_t place[4];
  float weight[4];
} Mix;

static Mix mix_of(const Options *o, const LnAct *x, int64_t r, int64_t p) {
  int64_t rows[2], columns[2];
  float v = between(rows, r, o->scale[0], x->h), h = between(columns, p, o->scale[1], x->w);
  Mix m;
  for (int k = 0; k < 4; k++) {
    m.place[k] = rows[k / 2] * x->row + columns[k % 2] * x->ld;
    m.weight[k] = (k / 2 ? v : 1 - v) * (k % 2 ? h : 1 - h);
  }
  return m;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)b, (void)err;
  needs->row_unit = 1;
  return LN_OK;
}

static void forward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnAct *x = &pass->x[0], *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    for (int64_t p = 0; p < y->w; p++) {
      float *out = y->data + r * y->row + p * y->ld;
      if (o->mode == NEAREST) {
        memcpy(out, x->data + r / o->scale[0] * x->row + p / o->scale[1] * x->ld, (size_t)x->ld * sizeof(float));
        continue;
      }
      Mix m = mix_of(o, x, r, p);
      const float *a = x->data + m.place[0], *b = x->data + m.place[1], *c = x->data + m.place[2],
                  *d = x->data + m.place[3];
      for (int64_t i = 0; i < x->c; i++)
        out[i] = a[i] * m.weight[0] + b[i] * m.weight[1] + c[i] * m.weight[2] + d[i] * m.weight[3];
    }
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  const LnAct *dx = &pass->dx[0], *dy = &pass->dy;
  if (dx->data == NULL) return;
  ln_act_zero(*dx);
  for (int64_t r = 0; r < dy->h; r++)
    for (int64_t p = 0; p < dy->w; p++) {
      const float *gradient = dy->data + r * dy->row + p * dy->ld;
      if (o->mode == NEAREST) {
        pass->kernels->add(dx->data + r / o->scale[0] * dx->row + p / o->scale[1] * dx->ld, gradient, dx->ld);
        continue;
      }
      Mix m = mix_of(o, dx, r, p);
      for (int k = 0; k < 4; k++)
        for (int64_t i = 0; i < dx->c; i++) dx->data[m.place[k] + i] += gradient[i] * m.weight[k];
    }
}

static bool offers(LnFusion *fusion, const void *options) {
  const Options *o = options;
  if (o->mode != NEAREST || fusion->enlarge[0] != 1 || fusion->enlarge[1] != 1) return false;
  fusion->enlarge[0] = o->scale[0], fusion->enlarge[1] = o->scale[1];
  return true;
}

static const LnCase cases[] = {{"{}", {LN_SHAPE(6, 3, 4)}},
                               {"{\"scale\": [1, 3]}", {LN_SHAPE(2, 3, 2)}},
                               {"{\"scale\": 2, \"mode\": \"bilinear\"}", {LN_SHAPE(17, 3, 4)}},
                               {"{\"scale\": 3, \"mode\": \"bilinear\"}", {LN_SHAPE(1, 4, 1)}},
                               {0}};

const LnLayerType ln_nn_upsample2d = {
    .type = {.kind = "nn",
             .name = "upsample2d",
             .doc =
                 "Enlargement by whole factors: nearest repeats pixels, bilinear interpolates between pixel centres.\n"
                 "From C x H x W to C x scale*H x scale*W. Before a conv2d, nearest costs nothing: the two are "
                 "computed together.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
    .offers = offers,
};
