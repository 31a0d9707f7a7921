/* Winograd's convolution F(4x4, 3x3): 36 products for 16 outputs of a channel pair instead of 144.
 *
 * With V the transformed input, U the transformed weights and M the products, everything is 36 matrix products over
 * tiles:
 *
 *   forward   M = V U             tiles x cout = (tiles x cin)(cin x cout)
 *   backward  dU = V' dM          dV = dM U'         where dM is the adjoint transform of dy
 *
 * and the adjoint transforms take dU back to the weights and dV, with overlaps added, to the input. A nearest-neighbour
 * upsampling of the input is only a matter of where the transforms read and add; behind a twofold one the 36 products
 * become 25, of 16 different V (see kernels/winograd_tmpl.c). Taking the largest of each 2x2 outputs is a matter of
 * what the output's transform writes, and its adjoint reads. Forward works on strips of tiles, backward also on blocks
 * of input channels, so that what is in use stays in the second-level cache. */
#include <string.h>

#include "base/memory.h"
#include "nn/activation.h"
#include "nn/conv_method.h"

enum {
  TILE = 4,             /* outputs of a tile, each way */
  MOST = 6,             /* inputs, or products, of a tile each way */
  FORWARD_TILES = 24,   /* of a strip, at most */
  BACKWARD_TILES = 64,
  BLOCK = 48,           /* input channels of a block, in whole packed ones */
  LINE = 16,            /* floats added to the distance of points, so that they do not fall on the same cache sets */
};

/* How many rows and columns of tiles are worked on at a time. */
typedef struct Step {
  int64_t rows, columns;
} Step;

typedef struct Plan {
  LnConvShape shape;
  bool doubled;                        /* behind a twofold upsampling, which the transforms make use of */
  int64_t tiles[2];                    /* rows and columns of tiles */
  int inputs, products;                /* of a tile, each way */
  int64_t in_ld, out_ld;               /* floats a pixel */
  int64_t pack_width, block;           /* channels that are packed side by side for the kernels; of a block */
  Step forward, backward;
  int64_t u_point, ut_point;           /* floats from one point of U to the next; of U', 0: there is none */
  int64_t ut, transposed, bias;        /* places in the packed memory, behind U: U', weights turned round, biases */
} Plan;

static bool can(const LnConvShape *s) {
  const LnAxis *axes[2] = {&s->rows, &s->columns};
  if (s->transposed || s->depthwise) return false;
  for (int k = 0; k < 2; k++)
    if (axes[k]->kernel != 3 || axes[k]->stride != 1 || axes[k]->dilation != 1 || axes[k]->out < TILE) return false;
  return s->cin > 4 && s->cout > 4; /* maps of whole vectors */
}

/* The transforms of both sides cost what three channels of the three products (for y, dw and dx) save: measured. */
static bool pays(const LnConvShape *s, const LnKernels *kernels) {
  int64_t in = ln_kernels_ld(kernels, s->cin) / kernels->vl, out = ln_kernels_ld(kernels, s->cout) / kernels->vl;
  return 2 * s->cin * out + s->cout * in >= 3 * 3 * (in + out);
}

static bool pools(const LnConvShape *shape, bool input_grad) {
  (void)shape, (void)input_grad;
  return true;
}

/* The pairs of equal inputs must lie where the transform expects them. */
static bool is_doubled(const LnConvShape *s) {
  return s->rows.upsample == 2 && s->columns.upsample == 2 && s->rows.pad == 1 && s->columns.pad == 1;
}

static int at_most(int64_t value, int most) {
  return value < most ? (int)value : most;
}

/* Some rows of tiles; of a long row, some columns, in parts of one size. */
static Step step_of(int64_t most, const int64_t tiles[2]) {
  int64_t parts = (tiles[1] + most - 1) / most, columns = (tiles[1] + parts - 1) / parts, rows = most / columns;
  return (Step){rows < tiles[0] ? rows : tiles[0], columns};
}

static int64_t largest(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* Floats from one point to the next of an array of n. */
static int64_t apart(int64_t n) {
  return (n + LINE - 1) / LINE * LINE + LINE;
}

/* Memory of one call: V and M of a strip; backward, dM of a strip and V and dU of a block. */
static int64_t scratch_size(const Plan *p, bool training) {
  int64_t tiles = p->forward.rows * p->forward.columns;
  int64_t inputs = p->inputs * p->inputs, products = p->products * p->products;
  int64_t forward = inputs * apart(tiles * p->in_ld) + products * apart(tiles * p->out_ld);
  if (!training) return forward;
  tiles = p->backward.rows * p->backward.columns;
  return largest(forward, products * (apart(tiles * p->out_ld) + apart(p->block * p->out_ld)) +
                              inputs * apart(tiles * p->block));
}

/* What the last tile reads beyond the (upsampled) input, in pixels of the input. */
static int border_after(const LnAxis *axis, int64_t tiles) {
  int64_t last = tiles * TILE + 1 - axis->pad; /* the last pixel read */
  int64_t over = last / axis->upsample - (axis->in - 1);
  return over > 0 ? (int)over : 0;
}

static void set_borders(int border[4], const Plan *p) {
  const LnAxis *v = &p->shape.rows, *h = &p->shape.columns;
  border[0] = (int)((v->pad + v->upsample - 1) / v->upsample);
  border[1] = border_after(v, p->tiles[0]);
  border[2] = (int)((h->pad + h->upsample - 1) / h->upsample);
  border[3] = border_after(h, p->tiles[1]);
}

/* How many times channels are packed side by side. */
static int64_t packs(const Plan *p, int64_t ld) {
  return (ld + p->pack_width - 1) / p->pack_width;
}

static LnStatus make(void **plan, LnNeeds *needs, const LnConvShape *shape, const LnBuild *build, LnError *err) {
  Plan *p = ln_calloc(1, sizeof *p);
  if (p == NULL) return ln_fail_memory(err, "convolution plan", sizeof *p);
  bool doubled = is_doubled(shape), back = build->training && build->input_grad; /* whether U' is needed */
  *p = (Plan){.shape = *shape,
              .doubled = doubled,
              .inputs = doubled ? 4 : 6,
              .products = doubled ? 5 : 6,
              .tiles = {(shape->rows.out + TILE - 1) / TILE, (shape->columns.out + TILE - 1) / TILE},
              .in_ld = ln_kernels_ld(build->kernels, shape->cin),
              .out_ld = ln_kernels_ld(build->kernels, shape->cout),
              .pack_width = (int64_t)build->kernels->vl * build->kernels->conv_vectors};
  p->block = BLOCK / p->pack_width * p->pack_width;
  p->forward = step_of(FORWARD_TILES, p->tiles);
  p->backward = step_of(BACKWARD_TILES, p->tiles);
  int64_t products = p->products * p->products;
  p->u_point = apart(shape->cin * p->out_ld);
  p->ut_point = back ? apart(shape->cout * p->in_ld) : 0;
  p->ut = products * p->u_point;
  p->transposed = p->ut + products * p->ut_point;
  p->bias = p->transposed + (back ? apart(9 * shape->cin * shape->cout) : 0);
  needs->packed += p->bias + p->out_ld;
  needs->row_unit = shape->pooled ? TILE / 2 : TILE;
  needs->prepare_parts = (int)(packs(p, p->out_ld) + (back ? packs(p, p->in_ld) : 0));
  needs->scratch += scratch_size(p, build->training);
  set_borders(needs->border, p);
  *plan = p;
  return LN_OK;
}

/* ---- Weights ---- */

/* Some channels that are packed side by side. */
typedef struct Pack {
  int64_t begin, channels, wide; /* wide: in whole vectors */
} Pack;

static Pack pack_of(const Plan *p, int64_t k, int64_t channels, int64_t ld) {
  int64_t begin = k * p->pack_width;
  return (Pack){begin, at_most(channels - begin, (int)p->pack_width), at_most(ld - begin, (int)p->pack_width)};
}

/* One pack of output channels for the kernels: [point][pack][input channel][channel of the pack]. weight: kernel
 * positions `tap` floats apart, input channels `row`. */
static void transform_weights(float *u, int64_t point, const Plan *p, const LnKernels *kernels, Pack pack,
                              const float *weight, int64_t tap, int64_t row, int64_t inputs) {
  u += pack.begin * inputs;
  for (int64_t i = 0; i < inputs; i++)
    kernels->winograd_weight(u + i * pack.wide, point, weight + i * row, tap, (int)pack.channels, p->doubled);
}

/* Weights turned round: n input channels for each output channel. */
static void transpose(float *out, int64_t n, const float *weight, int64_t tap, int64_t cout) {
  for (int64_t t = 0; t < 9; t++, weight += tap, out += n * cout)
    for (int64_t o = 0; o < cout; o++)
      for (int64_t i = 0; i < n; i++) out[o * n + i] = weight[i * cout + o];
}

static void copy_bias(float *to, const Plan *p, const float *bias) {
  memset(to, 0, (size_t)p->out_ld * sizeof(float));
  if (bias != NULL) memcpy(to, bias, (size_t)p->shape.cout * sizeof(float));
}

/* A pack is a part: first those of U, then those of U'. The biases go with the first. */
static void prepare(float *packed, const void *plan, const LnKernels *kernels, const float *weight, const float *bias,
                    int part) {
  const Plan *p = plan;
  int64_t cin = p->shape.cin, cout = p->shape.cout, forward = packs(p, p->out_ld);
  if (part == 0) copy_bias(packed + p->bias, p, bias);
  if (part < forward) {
    Pack pack = pack_of(p, part, cout, p->out_ld);
    transform_weights(packed, p->u_point, p, kernels, pack, weight + pack.begin, p->shape.tap, cout, cin);
  } else {
    Pack pack = pack_of(p, part - forward, cin, p->in_ld);
    float *transposed = packed + p->transposed + 9 * cout * pack.begin;
    transpose(transposed, pack.channels, weight + pack.begin * cout, p->shape.tap, cout);
    transform_weights(packed + p->ut, p->ut_point, p, kernels, pack, transposed, cout * pack.channels, pack.channels,
                      cout);
  }
}

/* ---- Places ---- */

/* Where the rows (or columns) that tile k reads lie in a map whose rows are `stride` floats apart. */
static void places_of(int64_t out[MOST], const Plan *p, const LnAxis *axis, int64_t k, int64_t stride, bool clip) {
  int64_t step = p->doubled ? 2 : 1; /* upsampled pixels from one place to the next */
  for (int64_t i = 0; i < p->inputs; i++) {
    int64_t large = k * TILE - axis->pad + i * step;
    int64_t place = large >= 0 ? large / axis->upsample : -((-large + axis->upsample - 1) / axis->upsample);
    out[i] = clip && (place < 0 || place >= axis->in) ? LN_OUTSIDE : place * stride;
  }
}

/* Tile (row, column) of the run's y or dy. */
static LnWinogradTile tile_of(const LnConvRun *run, LnMap y, int64_t row, int64_t column) {
  const Plan *p = run->plan;
  int shrink = p->shape.pooled ? 2 : 1, size = TILE / shrink;
  int64_t height = p->shape.rows.out / shrink - row * size, width = p->shape.columns.out / shrink - column * size;
  int64_t r = row * size - run->first, c = column * size;
  LnWinogradTile tile = {.y = y.data + r * y.row + c * y.ld,
                         .ld = y.ld,
                         .row = y.row,
                         .height = at_most(height, size),
                         .width = at_most(width, size),
                         .pooled = p->shape.pooled,
                         .add = run->add};
  if (run->argmax == NULL) return tile;
  tile.argmax_row = y.w * y.ld;
  tile.argmax = run->argmax + r * tile.argmax_row + c * y.ld;
  return tile;
}

/* A rectangle of tiles, up to but without `bottom` and `right`. */
typedef struct Strip {
  int64_t top, bottom, left, right;
} Strip;

static int64_t tiles_of(Strip s) {
  return (s.bottom - s.top) * (s.right - s.left);
}

/* Divides the tiles of a run into strips: s becomes the next one; false after the last. */
static bool next_strip(Strip *s, Strip all, Step step) {
  s->left = s->right < all.right ? s->right : 0;
  if (s->left == 0) s->top = s->bottom;
  s->bottom = s->top + step.rows < all.bottom ? s->top + step.rows : all.bottom;
  s->right = s->left + step.columns < all.right ? s->left + step.columns : all.right;
  return s->top < all.bottom;
}

static Strip before_first(Strip all) {
  return (Strip){.bottom = all.top, .right = all.right};
}

static void transform_input(float *v, int64_t point, int64_t ld, const LnConvRun *run, Strip strip, int64_t channel,
                            int64_t channels) {
  const Plan *p = run->plan;
  int64_t rows[MOST], columns[MOST];
  for (int64_t r = strip.top; r < strip.bottom; r++) {
    places_of(rows, p, &p->shape.rows, r, run->x.row, false);
    for (int64_t c = strip.left; c < strip.right; c++, v += ld) {
      places_of(columns, p, &p->shape.columns, c, run->x.ld, false);
      run->kernels->winograd_input(v, point, run->x.data + channel, rows, columns, (int)channels, p->doubled);
    }
  }
}

/* ---- Products ---- */

/* The V that product k reads; *again: an earlier product reads it too. */
static int64_t input_of(const Plan *p, int64_t k, bool *again) {
  static const int of[] = {0, 1, 2, 2, 3}; /* along an axis behind a twofold upsampling */
  int64_t row = k / p->products, column = k % p->products;
  *again = p->doubled && (row == 3 || column == 3);
  return p->doubled ? of[row] * 4 + of[column] : k;
}

/* y (n x cout) = x (n x cin) w, or y += x w. */
static void multiply(const LnKernels *kernels, float *y, int64_t y_ld, const float *x, int64_t x_ld, const float *w,
                     int64_t n, int64_t cin, int64_t cout, bool accumulate) {
  static const int64_t origin;
  LnConvArgs args = {.taps = 1, .offset = &origin, .cin = (int)cin, .cout = (int)cout, .width = (int)n, .height = 1,
                     .x = x, .x_step = x_ld, .y = y, .y_step = y_ld, .w = w, .accumulate = accumulate};
  kernels->conv(&args);
}

/* w (cin x cout) = x' y of n rows. */
static void multiply_transposed(const LnKernels *kernels, float *w, const float *x, int64_t x_ld, const float *y,
                                int64_t y_ld, int64_t n, int64_t cin, int64_t cout) {
  static const int64_t origin;
  static const int one = 1;
  LnConvArgs args = {.taps = 1, .offset = &origin, .cin = (int)cin, .cout = (int)cout, .width = (int)n, .height = 1,
                     .x = x, .x_step = x_ld, .y = (float *)(uintptr_t)y, .y_step = y_ld,
                     .dw = w, .n_targets = &one, .targets = &origin};
  kernels->conv_dw(&args);
}

/* ---- Forward ---- */

static void forward_strip(const LnConvRun *run, LnMap y, Strip strip, LnActivation activation) {
  const Plan *p = run->plan;
  bool again;
  int64_t n = tiles_of(strip);
  int64_t v_point = apart(n * p->in_ld), m_point = apart(n * p->out_ld);
  float *v = run->scratch, *m = v + p->inputs * p->inputs * v_point;
  transform_input(v, v_point, p->in_ld, run, strip, 0, p->in_ld);
  for (int64_t k = 0; k < p->products * p->products; k++)
    multiply(run->kernels, m + k * m_point, p->out_ld, v + input_of(p, k, &again) * v_point, p->in_ld,
             run->packed + k * p->u_point, n, p->shape.cin, p->shape.cout, false);
  for (int64_t r = strip.top; r < strip.bottom; r++)
    for (int64_t c = strip.left; c < strip.right; c++, m += p->out_ld) {
      LnWinogradTile tile = tile_of(run, y, r, c);
      run->kernels->winograd_output(&tile, m, m_point, run->packed + p->bias, (int)p->out_ld, activation,
                                    p->doubled);
    }
}

/* The tiles of the run. */
static Strip tiles_of_run(const Plan *p, const LnConvRun *run) {
  int64_t shrink = p->shape.pooled ? 2 : 1, size = TILE / shrink;
  int64_t rest = p->shape.rows.out / shrink - run->first, count = run->count < rest ? run->count : rest;
  return (Strip){
      .top = run->first / size, .bottom = (run->first + count + size - 1) / size, .right = p->tiles[1]};
}

static void forward(const LnConvRun *run, LnMap y, LnActivation activation) {
  const Plan *p = run->plan;
  Strip all = tiles_of_run(p, run), strip = before_first(all);
  while (next_strip(&strip, all, p->forward)) forward_strip(run, y, strip, activation);
}

/* ---- Backward ---- */

/* V or dV, dM and dU of a strip and a block of input channels, and how far their points are apart. */
typedef struct Block {
  Strip strip;
  int64_t tiles, channel, channels, wide; /* wide: channels in whole vectors */
  float *v, *dm, *du;
  int64_t v_point, m_point, u_point;
} Block;

/* dU of the block's channels, and its way back to the weights, whose rows of the block follow each other. */
static void block_weights(const LnConvRun *run, float *dw, const Block *b) {
  const Plan *p = run->plan;
  bool again;
  int64_t cout = p->shape.cout;
  for (int64_t k = 0; k < p->products * p->products; k++)
    multiply_transposed(run->kernels, b->du + k * b->u_point, b->v + input_of(p, k, &again) * b->v_point, p->block,
                        b->dm + k * b->m_point, p->out_ld, b->tiles, b->channels, p->out_ld);
  for (int64_t i = 0; i < b->channels; i++)
    run->kernels->winograd_weight_adjoint(dw + (b->channel + i) * cout, p->shape.tap, b->du + i * p->out_ld, b->u_point,
                                          (int)cout, p->doubled);
}

/* dV of the block's channels (in place of V), added to dx. */
static void block_input(const LnConvRun *run, LnMap dx, const Block *b) {
  const Plan *p = run->plan;
  for (int64_t k = 0; k < p->products * p->products; k++) {
    bool again;
    float *dv = b->v + input_of(p, k, &again) * b->v_point;
    const float *ut = run->packed + p->ut + k * p->ut_point + b->channel * p->shape.cout;
    multiply(run->kernels, dv, p->block, b->dm + k * b->m_point, p->out_ld, ut, b->tiles, p->shape.cout, b->channels,
             again);
  }
  const float *dv = b->v;
  for (int64_t r = b->strip.top; r < b->strip.bottom; r++) {
    int64_t rows[MOST], columns[MOST];
    places_of(rows, p, &p->shape.rows, r, dx.row, true);
    for (int64_t c = b->strip.left; c < b->strip.right; c++, dv += p->block) {
      places_of(columns, p, &p->shape.columns, c, dx.ld, true);
      run->kernels->winograd_input_adjoint(dx.data + b->channel, rows, columns, dv, b->v_point, (int)b->wide,
                                           p->doubled);
    }
  }
}

static void backward_strip(const LnConvRun *run, float *dw, LnMap dx, LnMap dy, Strip strip) {
  const Plan *p = run->plan;
  int64_t n = tiles_of(strip);
  Block b = {.strip = strip,
             .tiles = n,
             .v_point = apart(n * p->block),
             .m_point = apart(n * p->out_ld),
             .u_point = apart(p->block * p->out_ld),
             .dm = run->scratch};
  b.v = b.dm + p->products * p->products * b.m_point;
  b.du = b.v + p->inputs * p->inputs * b.v_point;
  float *dm = b.dm;
  for (int64_t r = strip.top; r < strip.bottom; r++)
    for (int64_t c = strip.left; c < strip.right; c++, dm += p->out_ld) {
      LnWinogradTile tile = tile_of(run, dy, r, c);
      run->kernels->winograd_output_adjoint(dm, b.m_point, &tile, (int)p->out_ld, p->doubled);
    }
  for (; b.channel < p->shape.cin; b.channel += p->block) {
    b.channels = at_most(p->shape.cin - b.channel, (int)p->block);
    b.wide = at_most(p->in_ld - b.channel, (int)p->block);
    transform_input(b.v, b.v_point, p->block, run, strip, b.channel, b.wide);
    block_weights(run, dw, &b);
    if (dx.data != NULL) block_input(run, dx, &b);
  }
}

/* Up to which row of dx, without it, the tiles above row `bottom` add to it. */
static int64_t rows_reached(const Plan *p, int64_t bottom) {
  const LnAxis *axis = &p->shape.rows;
  int64_t end = (bottom * TILE + 1 - axis->pad) / axis->upsample + 1;
  return end < axis->in ? end : axis->in;
}

/* dx is cleared just before it is added to, while it stays in cache from the one to the other. */
static void backward(const LnConvRun *run, float *dw, LnMap dx, LnMap dy) {
  const Plan *p = run->plan;
  Strip all = tiles_of_run(p, run), strip = before_first(all);
  int64_t clear = 0;
  while (next_strip(&strip, all, p->backward)) {
    int64_t end = strip.bottom < all.bottom ? rows_reached(p, strip.bottom) : dx.h;
    if (dx.data != NULL && end > clear) ln_map_zero(ln_map_rows(dx, clear, end - clear)), clear = end;
    backward_strip(run, dw, dx, dy, strip);
  }
}

const LnConvMethod ln_conv_winograd = {
    .can = can, .pays = pays, .pools = pools, .make = make, .prepare = prepare, .forward = forward,
    .backward = backward};
