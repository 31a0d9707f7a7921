/* upsample2d: an image of another size, larger or smaller. What torch.nn.functional.interpolate does.
 *
 * Rows and columns are made alike: each of y is a weighted sum of neighbouring ones of x. Which and how much of each is
 * worked out once, per axis (Taps). */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "nn/activation.h"

typedef struct Options {
  double scale[2];
  int64_t size[2]; /* 0: scale counts */
  int mode;
  bool align_corners;
} Options;

typedef enum Mode { NEAREST, NEAREST_EXACT, BILINEAR, BICUBIC, AREA } Mode;
static const char *const modes[] = {"nearest", "nearest-exact", "bilinear", "bicubic", "area", NULL};

enum { MOST_FUSED = 16, FEW_TAPS = 16 };

static const LnParam params[] = {
    {.name = "scale", .kind = LN_PARAM_FLOAT2, .offset = offsetof(Options, scale), .def = 2, .min = 0, .max = 64,
     .help = "upsampling factor, also a fraction; sizes are rounded down", .flags = LN_POSITIONAL | LN_ABOVE_MIN},
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 0, .min = 0, .max = 65536,
     .help = "size of the result in pixels, instead of scale; 0: scale counts"},
    {.name = "mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, mode), .def = NEAREST,
     .help = "how new pixels are made", .choices = modes},
    {.name = "align_corners", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, align_corners), .def = 0,
     .help = "bilinear, bicubic: corner pixels' centres stay at the corners; else the image's edges do"},
    {0}};

static LnStatus check(const void *options, LnError *err) {
  const Options *o = options;
  if (o->align_corners && o->mode != BILINEAR && o->mode != BICUBIC)
    return ln_fail(err, LN_EARG, "upsample2d: option 'align_corners' goes with mode 'bilinear' or 'bicubic', got '%s'",
                   modes[o->mode]);
  if ((o->size[0] == 0) != (o->size[1] == 0))
    return ln_fail(err, LN_EARG, "upsample2d: option 'size' must be {height, width} in pixels, got {%lld, %lld}",
                   (long long)o->size[0], (long long)o->size[1]);
  return LN_OK;
}

static int64_t out_size(const Options *o, int axis, int64_t in) {
  return o->size[axis] > 0 ? o->size[axis] : (int64_t)floor((double)in * o->scale[axis]);
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const Options *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  int64_t rows = out_size(o, 0, in[0].d[1]), columns = out_size(o, 1, in[0].d[2]);
  if (rows < 1 || columns < 1)
    return ln_fail(err, LN_ESHAPE, "a scale of %gx%g leaves nothing of an image of %s", o->scale[0], o->scale[1],
                   LN_SHAPE_TEXT(in[0]));
  *out = LN_SHAPE(in[0].d[0], rows, columns);
  return LN_OK;
}

/* ---- Taps ---- */

/* What a row (or column) of y is made of: rows first .. first+count-1 of x, times the weights. */
typedef struct Tap {
  int64_t first;
  int count;
} Tap;

typedef struct Axis {
  int64_t in, out;
  int most;       /* taps of one */
  Tap *taps;      /* `out` of them */
  float *weights; /* `most` for each */
} Axis;

typedef struct Prepared {
  Axis rows, columns; /* their lists lie behind this struct in the same block */
} Prepared;

static int most_taps(const Options *o, int64_t in, int64_t out) {
  switch ((Mode)o->mode) {
    case BILINEAR: return 2;
    case BICUBIC: return 4;
    case AREA: return (int)(in / out + 2);
    case NEAREST:
    case NEAREST_EXACT: break;
  }
  return 1;
}

/* Pixels of x for one of y. */
static double ratio_of(const Options *o, int axis, const Axis *a) {
  if (o->align_corners) return a->out > 1 ? (double)(a->in - 1) / (double)(a->out - 1) : 0;
  return o->size[axis] > 0 ? (double)a->in / (double)a->out : 1 / o->scale[axis];
}

static int64_t nearest_to(const Options *o, int axis, const Axis *a, int64_t i) {
  double shift = o->mode == NEAREST_EXACT ? 0.5 : 0, place = (double)i + shift;
  int64_t at = (int64_t)floor(o->size[axis] > 0 ? place * (double)a->in / (double)a->out : place / o->scale[axis]);
  return at < a->in ? at : a->in - 1;
}

/* Adds to the weight of pixel `at`, or of the image's last one there. */
static void add_weight(Tap *tap, float *weights, const Axis *a, int64_t at, double weight) {
  at = at < 0 ? 0 : at < a->in ? at : a->in - 1;
  if (tap->count == 0) tap->first = at;
  if (at >= tap->first + tap->count) weights[tap->count++] = 0.0f;
  weights[at - tap->first] += (float)weight;
}

/* Keys' cubic with the free parameter that PyTorch has, -0.75: its value at a distance. */
static double cubic(double x) {
  const double a = -0.75;
  x = fabs(x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static void interpolate(Tap *tap, float *weights, const Options *o, const Axis *a, double ratio, int64_t i) {
  double place = o->align_corners ? (double)i * ratio : ((double)i + 0.5) * ratio - 0.5;
  if (o->mode == BILINEAR && place < 0) place = 0;
  int64_t at = (int64_t)floor(place);
  double share = place - (double)at;
  if (o->mode == BILINEAR) {
    add_weight(tap, weights, a, at, 1 - share);
    if (share > 0) add_weight(tap, weights, a, at + 1, share);
    return;
  }
  for (int k = -1; k <= 2; k++) add_weight(tap, weights, a, at + k, cubic(share - k));
}

static void average(Tap *tap, float *weights, const Axis *a, int64_t i) {
  int64_t first = i * a->in / a->out, end = ((i + 1) * a->in + a->out - 1) / a->out;
  for (int64_t at = first; at < end; at++) add_weight(tap, weights, a, at, 1 / (double)(end - first));
}

static void fill_axis(Axis *a, const Options *o, int axis) {
  double ratio = ratio_of(o, axis, a);
  for (int64_t i = 0; i < a->out; i++) {
    Tap *tap = &a->taps[i];
    float *weights = a->weights + i * a->most;
    if (o->mode == NEAREST || o->mode == NEAREST_EXACT)
      add_weight(tap, weights, a, nearest_to(o, axis, a, i), 1);
    else if (o->mode == AREA)
      average(tap, weights, a, i);
    else
      interpolate(tap, weights, o, a, ratio, i);
  }
}

/* The tightest line of the form in LnInputRows below all first taps, and that above all last ones. */
static LnInputRows rows_read(const Axis *a) {
  LnInputRows read = {.step = a->in, .scale = a->out};
  for (int64_t i = 0; i < a->out; i++) {
    int64_t first = a->taps[i].first, last = first + a->taps[i].count - 1, at = i * a->in;
    int64_t before = at - (first + 1) * a->out + 1, after = last * a->out - at;
    if (before > read.before) read.before = before;
    if (after > read.after) read.after = after;
  }
  return read;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  const Options *o = b->options;
  Axis axes[2];
  size_t taps = 0, weights = 0;
  for (int k = 0; k < 2; k++) {
    axes[k] = (Axis){.in = b->in[0].d[1 + k], .out = b->out.d[1 + k]};
    axes[k].most = most_taps(o, axes[k].in, axes[k].out);
    taps += (size_t)axes[k].out, weights += (size_t)(axes[k].out * axes[k].most);
  }
  size_t bytes = sizeof(Prepared) + taps * sizeof(Tap) + weights * sizeof(float);
  Prepared *p = ln_calloc(1, bytes);
  if (p == NULL) return ln_fail_memory(err, "upsample2d plan", bytes);
  axes[0].taps = (Tap *)(void *)(p + 1);
  axes[1].taps = axes[0].taps + axes[0].out;
  axes[0].weights = (float *)(void *)(axes[0].taps + taps);
  axes[1].weights = axes[0].weights + axes[0].out * axes[0].most;
  for (int k = 0; k < 2; k++) fill_axis(&axes[k], o, k);
  *p = (Prepared){axes[0], axes[1]};
  needs->prepared = p;
  needs->row_unit = 1;
  needs->input_rows[0] = rows_read(&axes[0]);
  return LN_OK;
}

/* ---- Runs ---- */

static bool is_nearest(const LnPass *pass) {
  int mode = ((const Options *)pass->options)->mode;
  return mode == NEAREST || mode == NEAREST_EXACT;
}

/* The pixels of x that make a pixel of y, as places in the map, and their weights, at most FEW_TAPS from number
 * `skip` on; gives how many. */
static int taps_of(int64_t places[FEW_TAPS], float weights[FEW_TAPS], const Prepared *p, const LnMap *x, int64_t r,
                   int64_t column, int skip) {
  const Tap *v = &p->rows.taps[r], *h = &p->columns.taps[column];
  const float *wv = p->rows.weights + r * p->rows.most, *wh = p->columns.weights + column * p->columns.most;
  int n = 0;
  for (; n < FEW_TAPS && skip < v->count * h->count; skip++, n++) {
    int i = skip / h->count, j = skip % h->count;
    places[n] = (v->first + i) * x->row + (h->first + j) * x->ld;
    weights[n] = wv[i] * wh[j];
  }
  return n;
}

static void forward_nearest(const LnPass *pass) {
  const Prepared *p = pass->prepared;
  const LnMap *x = &pass->x[0], *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    for (int64_t column = 0; column < y->w; column++)
      memcpy(y->data + r * y->row + column * y->ld,
             x->data + p->rows.taps[r].first * x->row + p->columns.taps[column].first * x->ld,
             (size_t)x->ld * sizeof(float));
}

/* The first few taps are written, what follows is added. */
static void mix_pixel(float *out, const LnPass *pass, int64_t r, int64_t column) {
  const Prepared *p = pass->prepared;
  const LnMap *x = &pass->x[0];
  int64_t places[FEW_TAPS];
  float weights[FEW_TAPS];
  const float *from[FEW_TAPS];
  int all = p->rows.taps[r].count * p->columns.taps[column].count, n = 0;
  for (int done = 0; done < all; done += n) {
    n = taps_of(places, weights, p, x, r, column, done);
    for (int k = 0; k < n; k++) from[k] = x->data + places[k];
    if (done == 0 && x->c > 4) {
      pass->kernels->sum_rows(out, from, weights, n, x->ld);
      continue;
    }
    for (int c = 0; done == 0 && c < x->c; c++) out[c] = 0.0f;
    for (int k = 0; k < n; k++)
      for (int64_t c = 0; c < x->ld; c++) out[c] += from[k][c] * weights[k];
  }
}

static void forward(const LnPass *pass) {
  if (is_nearest(pass)) {
    forward_nearest(pass);
    return;
  }
  const LnMap *y = &pass->y;
  for (int64_t r = pass->first; r < pass->first + pass->count; r++)
    for (int64_t column = 0; column < y->w; column++)
      mix_pixel(y->data + r * y->row + column * y->ld, pass, r, column);
}

static void backward(const LnPass *pass) {
  const Prepared *p = pass->prepared;
  const LnMap *dx = &pass->dx[0], *dy = &pass->dy;
  int64_t places[FEW_TAPS];
  float weights[FEW_TAPS];
  if (dx->data == NULL) return;
  ln_map_zero(*dx);
  for (int64_t r = 0; r < dy->h; r++)
    for (int64_t column = 0; column < dy->w; column++) {
      const float *from = dy->data + r * dy->row + column * dy->ld;
      if (is_nearest(pass)) {
        pass->kernels->add(dx->data + p->rows.taps[r].first * dx->row + p->columns.taps[column].first * dx->ld, from,
                           dx->ld);
        continue;
      }
      int all = p->rows.taps[r].count * p->columns.taps[column].count, n = 0;
      for (int done = 0; done < all; done += n) {
        n = taps_of(places, weights, p, dx, r, column, done);
        for (int k = 0; k < n; k++) pass->kernels->add_scaled(dx->data + places[k], from, weights[k], dx->ld);
      }
    }
}

static bool fuse_into(LnFusion *fusion, const void *options) {
  const Options *o = options;
  int64_t *upsample = fusion->upsample[0];
  if (o->mode != NEAREST || fusion->concatenated != 1 || upsample[0] != 1 || upsample[1] != 1) return false;
  for (int axis = 0; axis < 2; axis++)
    if (o->size[axis] > 0 || o->scale[axis] != floor(o->scale[axis]) || o->scale[axis] > MOST_FUSED) return false;
  upsample[0] = (int64_t)o->scale[0], upsample[1] = (int64_t)o->scale[1];
  return true;
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(6, 3, 4)}},
    {.options = "{\"scale\": [1, 3]}", .inputs = {LN_SHAPE(2, 3, 2)}},
    {.options = "{\"scale\": 2, \"mode\": \"bilinear\"}", .inputs = {LN_SHAPE(17, 3, 4)}},
    {.options = "{\"scale\": 3, \"mode\": \"bilinear\"}", .inputs = {LN_SHAPE(1, 4, 1)}},
    {.options = "{\"size\": [7, 3], \"mode\": \"bicubic\", \"align_corners\": true}", .inputs = {LN_SHAPE(5, 4, 5)}},
    {.options = "{\"scale\": [1.7, 0.6], \"mode\": \"area\"}", .inputs = {LN_SHAPE(3, 4, 7)}},
    {0}};

const LnLayerType ln_nn_upsample2d = {
    .type = {.kind = "nn",
             .name = "upsample2d",
             .doc = "An image of another size: nearest repeats pixels, bilinear interpolates between pixel centres, "
                    "bicubic by Keys' cubic (PyTorch's, a = -0.75), area takes means.\n"
                    "From C x H x W to C x scale*H x scale*W, or to size. Modes and options as in PyTorch's interpolate; "
                    "Keras' nearest and bilinear are the same, its bicubic has a = -0.5, and nothing there is as "
                    "align_corners. Before a conv2d of stride 1, which alone "
                    "reads it, nearest by whole factors costs nothing: the two are computed together.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases,
             .check = check},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .out_shape = out_shape,
    .build = build,
    .release = ln_free,
    .forward = forward,
    .backward = backward,
    .fuse_into = fuse_into,
};
