/* Winograd's convolution F(4x4, 3x3): 36 products for 16 outputs of a channel pair instead of 144.
 *
 * With V the transformed input, U the transformed weights and M the products, everything is 36 matrix products over
 * tiles:
 *
 *   forward   M = V U             tiles x cout = (tiles x cin)(cin x cout)
 *   backward  dU = V' dM          dV = dM U'         where dM is the adjoint transform of dy
 *
 * and the adjoint transforms take dU back to the weights and dV, with overlaps added, to the input. A nearest-neighbour
 * enlargement of the input is only a matter of where the transforms read and add. Forward works on strips of tiles,
 * backward also on blocks of input channels, so that what is in use stays in the second-level cache. */
#include <string.h>

#include "base/memory.h"
#include "nn/activation.h"
#include "nn/conv_method.h"

enum {
  POINTS = 36,
  TILE = 4,             /* outputs of a tile, each way; it reads two more */
  FORWARD_TILES = 24,   /* of a strip, if a row of tiles is not longer already */
  BACKWARD_TILES = 64,
  LINE = 16,            /* floats added to the distance of points, so that they do not fall on the same cache sets */
};

typedef struct Plan {
  LnConvShape shape;
  int64_t tiles[2];                    /* rows and columns of tiles */
  int64_t in_ld, out_ld, block;        /* floats a pixel; input channels of a block */
  int64_t forward_rows, backward_rows; /* tile rows of a strip */
  int64_t u_point, u, ut, bias;        /* places in the shared memory: U, U' packed by blocks */
  int64_t ut_point, transposed;
} Plan;

static bool suits(const LnConvShape *s) {
  const LnAxis *axes[2] = {&s->rows, &s->columns};
  if (s->transposed) return false;
  for (int k = 0; k < 2; k++)
    if (axes[k]->kernel != 3 || axes[k]->stride != 1 || axes[k]->dilation != 1 || axes[k]->out < TILE) return false;
  return s->cin >= 12 && s->cout >= 12;
}

static int64_t strip_rows(int64_t tiles, int64_t rows, int64_t columns) {
  int64_t strip = tiles / columns;
  if (strip < 1) strip = 1;
  return strip < rows ? strip : rows;
}

static int64_t largest(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* Floats from one point to the next of an array of n. */
static int64_t apart(int64_t n) {
  return (n + LINE - 1) / LINE * LINE + LINE;
}

static int64_t scratch_size(const Plan *p, bool training) {
  int64_t tiles = p->forward_rows * p->tiles[1];
  int64_t forward = POINTS * (apart(tiles * p->in_ld) + apart(tiles * p->out_ld));
  if (!training) return forward;
  tiles = p->backward_rows * p->tiles[1];
  return largest(forward,
                 POINTS * (apart(tiles * p->out_ld) + apart(tiles * p->block) + apart(p->block * p->shape.cout)));
}

/* What the last tile reads beyond the (enlarged) input, in pixels of the input. */
static int border_after(const LnAxis *axis, int64_t tiles) {
  int64_t last = tiles * TILE + 1 - axis->pad; /* the last pixel read */
  int64_t over = last / axis->enlarge - (axis->in - 1);
  return over > 0 ? (int)over : 0;
}

static LnStatus make(void **plan, LnNeeds *needs, const LnConvShape *shape, const LnBuild *build, LnError *err) {
  const LnAxis *v = &shape->rows, *h = &shape->columns;
  Plan *p = ln_calloc(1, sizeof *p);
  if (p == NULL) return ln_fail_memory(err, "convolution plan", sizeof *p);
  *p = (Plan){.shape = *shape,
              .tiles = {(v->out + TILE - 1) / TILE, (h->out + TILE - 1) / TILE},
              .in_ld = ln_kernels_ld(build->kernels, shape->cin),
              .out_ld = ln_kernels_ld(build->kernels, shape->cout),
              .block = (int64_t)build->kernels->vl * build->kernels->conv_vectors};
  p->forward_rows = strip_rows(FORWARD_TILES, p->tiles[0], p->tiles[1]);
  p->backward_rows = strip_rows(BACKWARD_TILES, p->tiles[0], p->tiles[1]);
  p->u_point = apart(shape->cin * p->out_ld);
  p->ut_point = apart(shape->cout * p->in_ld);
  p->ut = p->u + POINTS * p->u_point;
  p->transposed = p->ut + (build->training ? POINTS * p->ut_point : 0);
  p->bias = p->transposed + (build->training ? 9 * shape->cin * shape->cout + LINE : 0);
  needs->shared += p->bias + p->out_ld;
  needs->row_unit = TILE;
  needs->scratch += scratch_size(p, build->training);
  needs->border[0] = (int)((v->pad + v->enlarge - 1) / v->enlarge);
  needs->border[1] = border_after(v, p->tiles[0]);
  needs->border[2] = (int)((h->pad + h->enlarge - 1) / h->enlarge);
  needs->border[3] = border_after(h, p->tiles[1]);
  if (!build->training || !build->input_grad) p->ut_point = 0; /* U' is not needed */
  *plan = p;
  return LN_OK;
}

/* ---- Weights ---- */

/* Packed for the kernels: [point][block of output channels][cin][channel of the block]. */
static void transform_weights(float *u, int64_t point, const Plan *p, const LnKernels *kernels, const float *weight,
                              int64_t cin, int64_t cout) {
  int64_t tap = p->shape.cin * p->shape.cout, padded = ln_kernels_ld(kernels, cout);
  for (int64_t begin = 0; begin < padded; begin += p->block) {
    int64_t wide = padded - begin < p->block ? padded - begin : p->block;
    int64_t n = cout - begin < wide ? cout - begin : wide;
    for (int64_t i = 0; i < cin; i++)
      kernels->winograd_weight(u + begin * cin + i * wide, point, weight + i * cout + begin, tap, (int)n);
  }
}

static void transpose(float *out, const float *weight, int64_t cin, int64_t cout) {
  for (int64_t t = 0; t < 9; t++, weight += cin * cout, out += cin * cout)
    for (int64_t o = 0; o < cout; o++)
      for (int64_t i = 0; i < cin; i++) out[o * cin + i] = weight[i * cout + o];
}

static void prepare(float *shared, const void *plan, const LnKernels *kernels, const float *weight, const float *bias) {
  const Plan *p = plan;
  int64_t cin = p->shape.cin, cout = p->shape.cout;
  transform_weights(shared + p->u, p->u_point, p, kernels, weight, cin, cout);
  if (p->ut_point > 0) {
    transpose(shared + p->transposed, weight, cin, cout);
    transform_weights(shared + p->ut, p->ut_point, p, kernels, shared + p->transposed, cout, cin);
  }
  memset(shared + p->bias, 0, (size_t)p->out_ld * sizeof(float));
  if (bias != NULL) memcpy(shared + p->bias, bias, (size_t)cout * sizeof(float));
}

/* ---- Places ---- */

/* Where the six rows (or columns) of tile k lie in a map whose rows are `stride` floats apart. */
static void places_of(int64_t out[6], const LnAxis *axis, int64_t k, int64_t stride, bool clip) {
  for (int64_t i = 0; i < 6; i++) {
    int64_t large = k * TILE - axis->pad + i;
    int64_t place = large >= 0 ? large / axis->enlarge : -((-large + axis->enlarge - 1) / axis->enlarge);
    out[i] = clip && (place < 0 || place >= axis->in) ? LN_OUTSIDE : place * stride;
  }
}

/* Tile (row, column) of a map whose data is the place of output row `first`. */
static LnWinogradTile tile_of(const Plan *p, LnAct y, int64_t row, int64_t column, int64_t first) {
  int64_t height = p->shape.rows.out - row * TILE, width = p->shape.columns.out - column * TILE;
  return (LnWinogradTile){.y = y.data + (row * TILE - first) * y.row + column * TILE * y.ld,
                          .ld = y.ld,
                          .row = y.row,
                          .height = height < TILE ? (int)height : TILE,
                          .width = width < TILE ? (int)width : TILE};
}

/* A strip: tile rows begin .. end-1, whose tiles are counted from `begin`. */
typedef struct Strip {
  int64_t begin, end;
} Strip;

static void transform_input(float *v, int64_t point, int64_t ld, const Plan *p, const LnConvRun *run, Strip strip,
                            int64_t channel, int64_t channels) {
  int64_t rows[6], columns[6];
  for (int64_t r = strip.begin; r < strip.end; r++) {
    places_of(rows, &p->shape.rows, r, run->x.row, false);
    for (int64_t c = 0; c < p->tiles[1]; c++, v += ld) {
      places_of(columns, &p->shape.columns, c, run->x.ld, false);
      run->kernels->winograd_input(v, point, run->x.data + channel, rows, columns, (int)channels);
    }
  }
}

/* One of the 36 products: y (n x cout) = x (n x cin) w. */
static void multiply(const LnKernels *kernels, float *y, int64_t y_ld, const float *x, int64_t x_ld, const float *w,
                     int64_t n, int64_t cin, int64_t cout) {
  static const int64_t origin;
  LnConvArgs args = {.taps = 1, .offset = &origin, .cin = (int)cin, .cout = (int)cout, .width = (int)n, .height = 1,
                     .x = x, .x_step = x_ld, .y = y, .y_step = y_ld, .w = w};
  kernels->conv(&args);
}

/* ---- Forward ---- */

static void forward_strip(const LnConvRun *run, LnAct y, Strip strip, LnActivation activation, float slope) {
  const Plan *p = run->plan;
  int64_t n = (strip.end - strip.begin) * p->tiles[1];
  int64_t v_point = apart(n * p->in_ld), m_point = apart(n * p->out_ld);
  float *v = run->scratch, *m = v + POINTS * v_point;
  transform_input(v, v_point, p->in_ld, p, run, strip, 0, p->in_ld);
  for (int64_t k = 0; k < POINTS; k++)
    multiply(run->kernels, m + k * m_point, p->out_ld, v + k * v_point, p->in_ld, run->shared + p->u + k * p->u_point,
             n, p->shape.cin, p->shape.cout);
  for (int64_t r = strip.begin; r < strip.end; r++)
    for (int64_t c = 0; c < p->tiles[1]; c++, m += p->out_ld) {
      LnWinogradTile tile = tile_of(p, y, r, c, run->first);
      run->kernels->winograd_output(&tile, m, m_point, run->shared + p->bias, (int)p->out_ld, activation, slope);
    }
}

/* The tile rows of the run. */
static Strip tile_rows(const Plan *p, const LnConvRun *run) {
  int64_t rest = p->shape.rows.out - run->first, count = run->count < rest ? run->count : rest;
  return (Strip){run->first / TILE, (run->first + count + TILE - 1) / TILE};
}

static void forward(const LnConvRun *run, LnAct y, LnActivation activation, float slope) {
  const Plan *p = run->plan;
  Strip all = tile_rows(p, run);
  for (int64_t r = all.begin; r < all.end; r += p->forward_rows)
    forward_strip(run, y, (Strip){r, r + p->forward_rows < all.end ? r + p->forward_rows : all.end}, activation, slope);
}

/* ---- Backward ---- */

/* dU of the block's channels, and its way back to the weights, whose rows of the block follow each other. */
static void block_weights(const LnConvRun *run, float *dw, float *du, const float *v, int64_t v_point, const float *dm,
                          int64_t m_point, int64_t n, int64_t channel, int64_t channels) {
  static const int64_t origin;
  static const int one = 1;
  const Plan *p = run->plan;
  int64_t cout = p->shape.cout, point = apart(channels * cout);
  for (int64_t k = 0; k < POINTS; k++) {
    LnConvArgs args = {.taps = 1,
                       .offset = &origin,
                       .cin = (int)channels,
                       .cout = (int)cout,
                       .width = (int)n,
                       .height = 1,
                       .x = v + k * v_point,
                       .x_step = p->block,
                       .y = (float *)(uintptr_t)dm + k * m_point,
                       .y_step = p->out_ld,
                       .dw = du + k * point,
                       .n_targets = &one,
                       .targets = &origin,
                       .fresh = true};
    run->kernels->conv_dw(&args);
  }
  run->kernels->winograd_weight_adjoint(dw + channel * cout, p->shape.cin * cout, du, point, channels * cout);
}

/* dV of the block's channels (in place of V), added to dx. */
static void block_input(const LnConvRun *run, LnAct dx, float *dv, int64_t v_point, const float *dm, int64_t m_point,
                        Strip strip, int64_t channel, int64_t channels) {
  const Plan *p = run->plan;
  int64_t n = (strip.end - strip.begin) * p->tiles[1],
          wide = p->in_ld - channel < p->block ? p->in_ld - channel : p->block;
  for (int64_t k = 0; k < POINTS; k++)
    multiply(run->kernels, dv + k * v_point, p->block, dm + k * m_point, p->out_ld,
             run->shared + p->ut + k * p->ut_point + channel * p->shape.cout, n, p->shape.cout, channels);
  for (int64_t r = strip.begin; r < strip.end; r++) {
    int64_t rows[6], columns[6];
    places_of(rows, &p->shape.rows, r, dx.row, true);
    for (int64_t c = 0; c < p->tiles[1]; c++, dv += p->block) {
      places_of(columns, &p->shape.columns, c, dx.ld, true);
      run->kernels->winograd_input_adjoint(dx.data + channel, rows, columns, dv, v_point, (int)wide);
    }
  }
}

static void backward_strip(const LnConvRun *run, float *dw, LnAct dx, LnAct dy, Strip strip) {
  const Plan *p = run->plan;
  int64_t n = (strip.end - strip.begin) * p->tiles[1];
  int64_t m_point = apart(n * p->out_ld), v_point = apart(n * p->block);
  float *dm = run->scratch, *v = dm + POINTS * m_point, *du = v + POINTS * v_point, *m = dm;
  for (int64_t r = strip.begin; r < strip.end; r++)
    for (int64_t c = 0; c < p->tiles[1]; c++, m += p->out_ld) {
      LnWinogradTile tile = tile_of(p, dy, r, c, run->first);
      run->kernels->winograd_output_adjoint(m, m_point, &tile, (int)p->out_ld);
    }
  for (int64_t channel = 0; channel < p->shape.cin; channel += p->block) {
    int64_t channels = p->shape.cin - channel < p->block ? p->shape.cin - channel : p->block;
    int64_t wide = p->in_ld - channel < p->block ? p->in_ld - channel : p->block;
    transform_input(v, v_point, p->block, p, run, strip, channel, wide);
    block_weights(run, dw, du, v, v_point, dm, m_point, n, channel, channels);
    if (dx.data != NULL) block_input(run, dx, v, v_point, dm, m_point, strip, channel, channels);
  }
}

static void backward(const LnConvRun *run, float *dw, LnAct dx, LnAct dy) {
  const Plan *p = run->plan;
  Strip all = tile_rows(p, run);
  if (dx.data != NULL) ln_act_zero(dx);
  for (int64_t r = all.begin; r < all.end; r += p->backward_rows)
    backward_strip(run, dw, dx, dy, (Strip){r, r + p->backward_rows < all.end ? r + p->backward_rows : all.end});
}

const LnConvMethod ln_conv_winograd = {
    .suits = suits, .make = make, .prepare = prepare, .forward = forward, .backward = backward};
