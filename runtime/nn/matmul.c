/* matmul: products of matrices, channel by channel: what attention is made of.
 *
 *   y[c] = a[c] b[c],   da[c] = dy[c] b[c]',   db[c] = a[c]' dy[c]
 *
 * The channels of maps lie together, so matrices are brought into planes of their own first. */
#include <string.h>

#include "nn/activation.h"

typedef struct Options {
  bool transpose_a, transpose_b;
} Options;

static const LnParam params[] = {
    {.name = "transpose_a", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, transpose_a), .def = 0,
     .help = "take the first input's matrices transposed"},
    {.name = "transpose_b", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, transpose_b), .def = 0,
     .help = "take the second input's matrices transposed"},
    {0}};

/* a: rows x inner, b: inner x columns, as they are multiplied. */
typedef struct Sizes {
  int64_t rows, inner, columns, b_rows;
} Sizes;

static Sizes sizes_of(const Options *o, int64_t a_h, int64_t a_w, int64_t b_h, int64_t b_w) {
  return (Sizes){.rows = o->transpose_a ? a_w : a_h,
                 .inner = o->transpose_a ? a_h : a_w,
                 .b_rows = o->transpose_b ? b_w : b_h,
                 .columns = o->transpose_b ? b_h : b_w};
}

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)n_inputs;
  for (int i = 0; i < 2; i++) LN_TRY(ln_expect_image(in[i], err));
  if (in[0].d[0] != in[1].d[0])
    return ln_fail(err, LN_ESHAPE, "inputs must have the same channels; input 1 is %s, input 2 is %s",
                   LN_SHAPE_TEXT(in[0]), LN_SHAPE_TEXT(in[1]));
  Sizes s = sizes_of(options, in[0].d[1], in[0].d[2], in[1].d[1], in[1].d[2]);
  bool turned_fits = !((const Options *)options)->transpose_b && s.inner == s.columns;
  if (s.inner != s.b_rows)
    return ln_fail(err, LN_ESHAPE,
                   "a matrix of %lldx%lld cannot be multiplied by one of %lldx%lld; input 1 is %s, input 2 is %s%s",
                   (long long)s.rows, (long long)s.inner, (long long)s.b_rows, (long long)s.columns,
                   LN_SHAPE_TEXT(in[0]), LN_SHAPE_TEXT(in[1]),
                   turned_fits ? "; transpose_b = true turns the second around" : "");
  *out = LN_SHAPE(in[0].d[0], s.rows, s.columns);
  return LN_OK;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  (void)tensors;
  *macs = (double)ln_shape_count(out) * (double)(((const Options *)options)->transpose_a ? in[0].d[1] : in[0].d[2]);
  return 0;
}

static int64_t plane_size(LnShape shape) {
  return shape.d[1] * shape.d[2];
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->needs_x = true;
  needs->scratch = (b->training ? 2 : 1) * (plane_size(b->in[0]) + plane_size(b->in[1])) + plane_size(b->out);
  return LN_OK;
}

/* A channel of a map as a plane, transposed or not, and back. */
static void read_plane(float *plane, LnMap map, int64_t channel, bool transposed) {
  for (int64_t r = 0; r < map.h; r++)
    for (int64_t p = 0; p < map.w; p++)
      plane[transposed ? p * map.h + r : r * map.w + p] = map.data[r * map.row + p * map.ld + channel];
}

static void write_plane(LnMap map, int64_t channel, const float *plane, bool transposed) {
  for (int64_t r = 0; r < map.h; r++)
    for (int64_t p = 0; p < map.w; p++)
      map.data[r * map.row + p * map.ld + channel] = plane[transposed ? p * map.h + r : r * map.w + p];
}

/* One channel's matrices. */
typedef struct Planes {
  float *a, *b, *y, *da, *db;
} Planes;

static Planes planes_of(const LnPass *pass, const Sizes *s) {
  float *a = pass->scratch, *b = a + s->rows * s->inner, *y = b + s->inner * s->columns, *da = y + s->rows * s->columns;
  return (Planes){.a = a, .b = b, .y = y, .da = da, .db = da + s->rows * s->inner};
}

static void read_inputs(const LnPass *pass, const Planes *planes, int64_t channel) {
  const Options *o = pass->options;
  read_plane(planes->a, pass->x[0], channel, o->transpose_a);
  read_plane(planes->b, pass->x[1], channel, o->transpose_b);
}

static Sizes sizes_of_pass(const LnPass *pass) {
  return sizes_of(pass->options, pass->x[0].h, pass->x[0].w, pass->x[1].h, pass->x[1].w);
}

static void forward(const LnPass *pass) {
  Sizes s = sizes_of_pass(pass);
  Planes planes = planes_of(pass, &s);
  for (int64_t c = 0; c < pass->y.c; c++) {
    read_inputs(pass, &planes, c);
    memset(planes.y, 0, (size_t)(s.rows * s.columns) * sizeof(float));
    for (int64_t i = 0; i < s.rows; i++)
      for (int64_t k = 0; k < s.inner; k++)
        pass->kernels->add_scaled(planes.y + i * s.columns, planes.b + k * s.columns, planes.a[i * s.inner + k],
                                  s.columns);
    write_plane(pass->y, c, planes.y, false);
  }
}

static void backward(const LnPass *pass) {
  const Options *o = pass->options;
  Sizes s = sizes_of_pass(pass);
  Planes planes = planes_of(pass, &s);
  for (int64_t c = 0; c < pass->dy.c; c++) {
    read_inputs(pass, &planes, c);
    read_plane(planes.y, pass->dy, c, false);
    memset(planes.db, 0, (size_t)(s.inner * s.columns) * sizeof(float));
    for (int64_t i = 0; i < s.rows; i++) {
      const float *dy = planes.y + i * s.columns;
      for (int64_t k = 0; k < s.inner; k++) {
        planes.da[i * s.inner + k] = pass->kernels->dot(dy, planes.b + k * s.columns, s.columns);
        pass->kernels->add_scaled(planes.db + k * s.columns, dy, planes.a[i * s.inner + k], s.columns);
      }
    }
    if (pass->dx[0].data != NULL) write_plane(pass->dx[0], c, planes.da, o->transpose_a);
    if (pass->dx[1].data != NULL) write_plane(pass->dx[1], c, planes.db, o->transpose_b);
  }
}

static const LnCase cases[] = {
    {.options = "{\"transpose_b\": true}", .inputs = {LN_SHAPE(3, 4, 5), LN_SHAPE(3, 4, 5)}},
    {.options = "{\"transpose_a\": true}", .inputs = {LN_SHAPE(1, 6, 4), LN_SHAPE(1, 6, 4)}},
    {.options = "{}", .inputs = {LN_SHAPE(6, 4, 4), LN_SHAPE(6, 4, 4)}},
    {0}};

const LnLayerType ln_nn_matmul = {
    .type = {.kind = "nn",
             .name = "matmul",
             .doc = "Products of matrices, for each channel the one of the two inputs' planes: y[c] = a[c] b[c].\n"
                    "From C x M x K and C x K x N to C x M x N; channels are attention's heads: q, k and v of heads x "
                    "length "
                    "x size give\nsoftmax{ 3 }(scale{ size ^ -0.5 }(matmul{ transpose_b = true }(q, k))), and "
                    "matmul{} of "
                    "that and v.",
             .size = sizeof(Options),
             .params = params,
             .example = "local x = ln.nn.input{ 1, 32, 32 }\n"
                        "local a, b = ln.nn.conv2d{ 4 }(x), ln.nn.conv2d{ 4, kernel = 5 }(x)\n"
                        "local y = ln.nn.matmul{ transpose_b = true }(a, b)\n"
                        "local net = ln.nn.model{ inputs = x, outputs = y }\n"
                        "net:summary()",
             .cases = cases},
    .min_inputs = 2,
    .max_inputs = 2,
    .out_shape = out_shape,
    .declare = declare,
    .build = build,
    .forward = forward,
    .backward = backward,
};
