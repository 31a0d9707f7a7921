/* The only CPU-specific code: one source compiled per instruction set into one table of pointers.
 *
 * ln_kernels() is the table in use: the best the processor supports, or what LUNET_ISA names. Kernels cannot fail, do
 * not allocate, and are called from many threads at once. */
#ifndef LUNET_KERNELS_KERNELS_H
#define LUNET_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/status.h"
#include "kernels/arithmetic.h"

typedef enum LnActivationCode {
  LN_ACT_linear,
#define LN_ACTIVATION(name, ...) LN_ACT_##name,
#include "kernels/activation.def"
#undef LN_ACTIVATION
} LnActivationCode;

/* A function that kernels apply in passing, number by number: one of activation.def. Zeroed: linear, none. */
typedef struct LnActivation {
  LnActivationCode code;
  float a, b;                /* its options, as far as it has some */
} LnActivation;

/* One rectangle of a convolution, described by where its taps lie in the source:
 *
 *   y[p][o] = activation(bias[o] + sum over taps t, channels i of x[p + offset[t]][i] * w[t][i][o])
 *
 * Everything is counted in floats. Strides, dilation, padding, flipped kernels, the phases of a strided gradient and of
 * a convolution behind an upsampling are all such lists of offsets, so one kernel serves them. */
typedef struct LnConvArgs {
  int taps;
  const int64_t *offset;     /* per tap, from the origin of a pixel in x */
  int cin, cout;
  int width, height;         /* of the rectangle, in pixels of y */
  const float *x;
  int64_t x_step, x_row;     /* from one pixel of y to the next, in x */
  float *y;
  int64_t y_step, y_row;
  const float *w;            /* packed: see the kernels below */
  const float *bias;         /* cout rounded up to whole vectors, or NULL (not for conv_pooled) */
  LnActivation activation;   /* conv_pooled: one that never falls */
  /* For weight gradients only: y is read. The gradient of tap t is added to n_targets[t] places of dw, each cin x cout,
   * targets[] one after the other. */
  float *dw;
  const int *n_targets;
  const int64_t *targets;
  bool far;                  /* conv: w comes from a distant cache, and is asked for in time */
  bool accumulate;           /* conv: to y, before bias and activation; conv_dw: to dw, as the others do always */
  /* For convolutions that keep the largest of each 2x2 outputs. y, width, height and the steps in x are of these
   * windows; their pixels lie x_right and x_down apart. argmax: the pixel that is the largest, 0 .. 3, y_step bytes a
   * window; NULL: not asked for. */
  int64_t x_right, x_down;
  uint8_t *argmax;
  int64_t argmax_row;
} LnConvArgs;

/* A tile of at most 4x4 pixels of a map, for Winograd's convolution; or the at most 2x2 pixels that are left of it when
 * the largest of each 2x2 is taken. */
typedef struct LnWinogradTile {
  float *y;
  int64_t ld, row;           /* floats from pixel to pixel, from row to row */
  int height, width;         /* 0 .. 4, or .. 2: less where the map ends */
  bool add;                  /* output: to what y holds, before the activation; not pooled */
  bool pooled;
  uint8_t *argmax;           /* which of its four each pooled pixel is, 0 .. 3, ld bytes a pixel; NULL: not asked for */
  int64_t argmax_row;
} LnWinogradTile;

enum { LN_BLOCK_MOST = 16 }; /* the longest side of a block of BM3D */
enum {
  LN_BLOCK_VARIANCES = 5, /* blocks of what block_variances gives */
  LN_BLOCK_PERIOD = 32,   /* of the noise there, in pixels */
  LN_BLOCK_NEAR = 192,    /* most places that block_near gives */
};

/* Where blocks of a row of the image are compared with those of another row (filter/bm3d_match.c). */
typedef struct LnBlockRow {
  int side;                  /* of a block, in pixels */
  const float *own, *other;  /* the first column of the blocks, and what its first vector is compared with */
  int64_t stride;            /* from row to row */
  int64_t columns, lanes;    /* how many of them; comparisons of each: whole vectors */
  int64_t count;             /* blocks */
  const int64_t *at;         /* the column where each begins */
  const float *const *outside; /* for each, `lanes` numbers to add to its distances */
  const float *expected;     /* and as many to subtract from those of all */
  float *sums;               /* memory: columns x lanes */
} LnBlockRow;

/* What is added up of each element, in double, with a number that the caller gives. */
typedef enum LnTerm {
  LN_TERM_VALUE,
  LN_TERM_SQUARE,    /* (x - number)^2 */
  LN_TERM_MAGNITUDE, /* |x| */
  LN_TERM_POWER,     /* |x|^number */
  LN_TERM_NONZERO,   /* 1 where x is not 0, so also where it is NaN */
  LN_TERM_FACTOR,    /* x itself, which is multiplied instead */
} LnTerm;
/* Which element is looked for; NaN is, before all others. */
typedef enum LnExtreme { LN_LEAST, LN_GREATEST, LN_FARTHEST /* from zero: the greatest |x| */ } LnExtreme;

enum { LN_DCT_MOST = 32 }; /* side of a block of the sliding cosine transform */
#define LN_STREAM_LINE 64 /* bytes: a cache line */
#define LN_OUTSIDE INT64_MIN /* instead of an offset: a place that does not exist */

typedef struct LnKernels {
  const char *name;
  int vl;           /* floats in a vector */
  int conv_vectors; /* vectors in a block of output channels, for packing */

  /* y with room for whole vectors, which it writes. w: [blocks of conv_vectors*vl output channels][taps][cin][block],
   * the last block as narrow as whole vectors allow; unused lanes zero. */
  void (*conv)(const LnConvArgs *args);
  /* The largest of 2x2 such outputs each, the first of equals. */
  void (*conv_pooled)(const LnConvArgs *args);
  /* cout <= 4, x with whole vectors of channels. w: [cout][taps][cin rounded up to vectors]. Writes cout floats a
   * pixel. */
  void (*conv_dot)(const LnConvArgs *args);
  /* cin and cout <= 4. w: [taps][cin][vl]: lane j has the weight of output channel j % cout; lanes beyond the pixels
   * that fit, vl / max(cin, cout), are zero. Writes cout floats a pixel, and none past a row's last. */
  void (*conv_few)(const LnConvArgs *args);
  /* Every channel by itself, cin = cout: y[p][c] = activation(bias[c] + sum over taps of x[p + offset[t]][c] * w[t][c]).
   * w: [taps][channels, to whole vectors when more than 4]. Maps as in max_pool_row. */
  void (*conv_depthwise)(const LnConvArgs *args);

  /* dw[target][i][o] (+)= sum over pixels of x[p + offset[t]][i] * y[p][o]; y with whole vectors of channels. */
  void (*conv_dw)(const LnConvArgs *args);
  /* The same where the gradient goes to the largest of 2x2 outputs each. */
  void (*conv_dw_pooled)(const LnConvArgs *args);
  /* The same for cout <= 4 and x with whole vectors of channels. */
  void (*conv_dw_dot)(const LnConvArgs *args);
  /* Few channels on both sides. */
  void (*conv_dw_few)(const LnConvArgs *args);
  /* Of conv_depthwise: dw[target][c]. */
  void (*conv_dw_depthwise)(const LnConvArgs *args);

  /* BM3D. Blocks of side x side numbers; their rows are as long as whole pieces of eight. */
  /* out[k][t] = the squared differences of block k from the one t columns after the first that it is compared with. */
  void (*block_distances)(float *const *out, const LnBlockRow *row);
  /* The places of the smallest of `count` distances (whole vectors) that are below `limit`, in order, at most `most` of
   * them, which is at most 64; how many there are. */
  int64_t (*block_nearest)(int32_t *index, const float *distances, int64_t count, float limit, int most);
  /* The places of some of the smallest of them, those that are finite, not in order: mostly 100 to 160. */
  int64_t (*block_near)(int32_t *index, const float *distances, int64_t count);
  /* out[c] = matrix x[c .. c+side-1] for n positions c; the matrix column by column, in rows of pieces. And its
   * counterpart: out[c .. c+side-1] += matrix x[c]. Writes whole pieces. */
  void (*block_rows)(float *out, const float *x, const float *matrix, int side, int64_t n);
  void (*block_add_rows)(float *out, const float *x, const float *matrix, int side, int64_t n);
  /* The columns of blocks that begin at rows + at[k]: out = matrix rows; rows += weights[k] matrix in. */
  void (*block_forward)(float *out, const float *rows, const int64_t *at, int count, int64_t stride,
                        const float *matrix, int side);
  /* out[k] = the squared differences of what that makes of block k from what it makes of the first. */
  void (*block_differences)(float *out, const float *rows, const int64_t *at, int count, int64_t stride,
                            const float *matrix, int side);
  void (*block_backward)(float *rows, const float *in, const int64_t *at, int count, int64_t stride,
                         const float *matrix, const float *weights, int side);
  /* The variances, in white noise of variance 1, of what Haar's transform makes of a group of `count` blocks, a power
   * of two: those of the four coarsest blocks of coefficients, in the order in which their first blocks stand in the
   * group, then the mean of the finer ones', which stands for each of these. along[d][k]: the covariance of coefficient
   * k of two lines that lie d pixels apart, d = 0 .. side, rows of pieces. Reads whole pieces of row and column. */
  void (*block_variances)(float *out, const float *along, const int32_t *row, const int32_t *column, int count,
                          int side);
  /* Haar's transform across the group, what is done to its coefficients, and back. left[k]: the variance of noise that
   * stays in block k. Coefficients whose square is not above threshold x variance become 0, but not the mean of all. */
  void (*block_threshold)(float *left, float *x, const float *variances, float threshold, int count, int side);
  /* Each is multiplied by p^2 / (p^2 + noise x variance), p that of the pilot, which is overwritten. */
  void (*block_wiener)(float *left, float *x, float *pilot, const float *variances, float noise, int count, int side);

  /* Winograd's F(4x4, 3x3), one tile: see winograd_tmpl.c. Transformed values lie `point` floats apart. doubled: behind
   * a twofold upsampling; a tile then has 4x4 inputs and 5x5 products, else 6x6 of both. Channels fill whole vectors,
   * but for weights; u has room for whole vectors, and lanes of it past the last channel become zero.
   * v = B' x B of the inputs at x + rows[i] + columns[j]. */
  void (*winograd_input)(float *v, int64_t point, const float *x, const int64_t *rows, const int64_t *columns,
                         int channels, bool doubled);
  /* dx += its adjoint, but for places that are LN_OUTSIDE. */
  void (*winograd_input_adjoint)(float *dx, const int64_t *rows, const int64_t *columns, const float *dv, int64_t point,
                                 int channels, bool doubled);
  /* tile = activation(A' m A + bias), pooled if the tile is; no tile is doubled and pooled. */
  void (*winograd_output)(const LnWinogradTile *tile, const float *m, int64_t point, const float *bias, int channels,
                          LnActivation activation, bool doubled);
  /* dm = the adjoint, of the tile's gradient. */
  void (*winograd_output_adjoint)(float *dm, int64_t point, const LnWinogradTile *tile, int channels, bool doubled);
  /* u = G w G' of weights whose nine taps lie `tap` floats apart; dw += the adjoint. */
  void (*winograd_weight)(float *u, int64_t point, const float *w, int64_t tap, int channels, bool doubled);
  void (*winograd_weight_adjoint)(float *dw, int64_t tap, const float *du, int64_t point, int channels, bool doubled);

  void (*activate)(float *y, int64_t n, LnActivation activation); /* in place */
  /* dy *= activation'(x), worked out of y = activation(x) or of x: activation.def says which. */
  void (*activate_grad)(float *dy, const float *of, int64_t n, LnActivation activation);
  /* The elementwise operations of arithmetic.def: out = op(a), out = op(a, b); out may be a or b. one_a, one_b: a single
   * number stands for the row. */
  void (*unary)(float *out, const float *a, int64_t n, LnUnary op);
  void (*binary)(float *out, const float *a, bool one_a, const float *b, bool one_b, int64_t n, LnBinary op);
  /* Their gradients: da = dout op'(a); din = dout times the derivative by operand 0 or 1. */
  void (*unary_grad)(float *da, const float *dout, const float *a, const float *out, int64_t n, LnUnary op);
  void (*binary_grad)(float *din, const float *dout, const float *a, const float *b, const float *out, int64_t n,
                      LnBinary op, int operand);
  void (*add)(float *y, const float *x, int64_t n); /* y += x */
  void (*add_scaled)(float *y, const float *x, float factor, int64_t n); /* y += factor x */
  float (*dot)(const float *x, const float *y, int64_t n);
  /* sums[c] += sum over n pixels of x[pixel][c]; pixels are step floats apart, c below channels. */
  void (*sum_pixels)(float *sums, const float *x, int64_t n, int64_t step, int channels);
  /* Channel statistics of n pixels, step floats apart; sums below are added to, in double.
   * moments: sum of x - centre and of its square; either may be NULL. products: sum of dy and of dy * (x - centre). */
  void (*moments)(double *sum, double *squares, const float *x, int64_t n, int64_t step, int channels,
                  const float *centre);
  void (*products)(double *sum, double *products, const float *dy, const float *x, int64_t n, int64_t step,
                   int channels, const float *centre);
  /* Channel by channel: y = activation(x * scale + shift); dx = dy * a + x * b + shift. */
  void (*scale_shift)(float *y, const float *x, int64_t n, int64_t step, int channels, const float *scale,
                      const float *shift, LnActivation activation);
  void (*mix)(float *dx, const float *dy, const float *x, int64_t n, int64_t step, int channels, const float *a,
              const float *b, const float *shift);
  /* Every one of n pixels by itself, over its channels: y = (x - mean) / sqrt(variance + eps); dx, of dy, is the
   * adjoint at x. Lanes beside the channels are left alone. */
  void (*normalise_pixels)(float *y, const float *x, int64_t n, int64_t step, int channels, float eps);
  void (*normalise_pixels_grad)(float *dx, const float *dy, const float *x, int64_t n, int64_t step, int channels,
                                float eps);
  /* One output row of max pooling: y[p][c] = largest of the size[0] x size[1] window that starts at x +
   * p*x_step*stride, argmax[p*y_step + c] = its place in the window (0..254), the first of equals. Channels: whole
   * vectors when more than 4, else tight: steps are their number. */
  void (*max_pool_row)(float *y, int64_t y_step, uint8_t *argmax, int channels, int width, const float *x,
                       int64_t x_step, int64_t x_row, const int64_t size[2], int64_t stride);
  /* Its adjoint where windows do not overlap: every pixel of the windows of one row is written, dy where it was the
   * largest, zero elsewhere. */
  void (*max_unpool_row)(float *dx, int64_t x_step, int64_t x_row, const float *dy, int64_t y_step,
                         const uint8_t *argmax, int channels, int width, const int64_t size[2]);
  /* One output row of average pooling, and its adjoint, which adds to dx: windows may overlap. Channels as above. */
  void (*avg_pool_row)(float *y, int64_t y_step, int channels, int width, const float *x, int64_t x_step, int64_t x_row,
                       const int64_t size[2], int64_t stride);
  void (*avg_unpool_row)(float *dx, int64_t x_step, int64_t x_row, const float *dy, int64_t y_step, int channels,
                         int width, const int64_t size[2], int64_t stride);
  /* Reductions (reduce_tmpl.c): the sum of a row of n; and, added to sums[j], those of n columns, from row to row, with
   * a number each, or NULL where the term needs none. */
  double (*reduce_row)(LnTerm term, const float *x, int64_t n, double number);
  void (*reduce_columns)(LnTerm term, double *sums, const float *x, int64_t rows, int64_t row_step, int64_t n,
                         const double *numbers);
  /* The extreme of n > 0; and, against what best[j] holds, those of n columns. places, unless NULL: place + r where row
   * r wins. */
  float (*extreme_row)(LnExtreme which, const float *x, int64_t n);
  void (*extreme_columns)(LnExtreme which, float *best, float *places, const float *x, int64_t rows, int64_t row_step,
                          int64_t n, float place);
  /* The least or the greatest of 0 < n <= 2^24, and where it first is. NaN is more than any of these. */
  float (*extreme_place)(LnExtreme which, const float *x, int64_t n, int64_t *place);
  /* to[c * to_step + r] = from[r * from_step + c] for all rows r and columns c. */
  void (*transpose)(float *to, int64_t to_step, const float *from, int64_t from_step, int64_t rows, int64_t columns);
  /* Copies LN_STREAM_LINE bytes, `to` a multiple of as many, past the cache: for many lines here and there, which are
   * read much later. After the last of them stream_end lets other threads see them. */
  void (*stream_line)(void *to, const void *from);
  void (*stream_end)(void);
  /* mask[i] = whether random number i is at least `threshold`, of 0 .. 65535: n of them, 16 bits of the generator's
   * words each, in order. */
  void (*random_mask)(uint8_t *mask, int64_t n, LnRng rng, int threshold);
  /* y = x * factor where the mask is not 0, else 0. */
  void (*apply_mask)(float *y, const float *x, const uint8_t *mask, int64_t n, float factor);
  /* Multiply-adds on registers only, `rounds` times 1e7 of them per vector lane; returns the floating point operations
   * done and stores a result so that nothing is optimised away. For measuring the machine's peak. */
  double (*fma_peak)(int64_t rounds, float *result);

  /* Rows of the classical filters and metrics (filter_tmpl.c); any n. `rows` are pointers to where each row starts, so
   * a row and its shifted selves can be meant: sums along and across an image are the same to these. */
  /* out[i] = sum over k of weights[k] rows[k][i]; out is none of the rows. */
  void (*sum_rows)(float *out, const float *const *rows, const float *weights, int count, int64_t n);
  /* The same in double, for n a multiple of 8. */
  void (*sum_rows_double)(double *out, const double *const *rows, const double *weights, int count, int64_t n);
  /* Rows of s = x + y, d = x - y, s^2 and d^2, `stride` apart: of n pixels; and sums of such rows, to which those of x
   * and y are added while those of old_x and old_y, unless NULL, are taken away. */
  void (*ssim_moments)(double *moments, int64_t stride, const float *x, const float *y, int64_t n);
  void (*ssim_slide)(double *sums, int64_t stride, const float *x, const float *y, const float *old_x,
                     const float *old_y, int64_t n);
  /* The sum of SSIM over n windows. weights[k] times column k of a window's sums, in rows as above, are its means;
   * variances are multiplied by `correction`. Rows are read up to n rounded up to 8, and count - 1 further. */
  double (*ssim_row)(const double *sums, int64_t stride, const double *weights, int count, double c1, double c2,
                     double correction, int64_t n);
  /* The SSIM of each of them; `values` has room for n rounded up to 8. */
  void (*ssim_values)(double *values, const double *sums, int64_t stride, const double *weights, int count, double c1,
                      double c2, double correction, int64_t n);
  /* The medians of two rows of windows, of size 3 or 5. First rows[0..size] become six rows of what the windows share;
   * then, once their ends are filled size/2 beyond, these become out[0], the medians of rows[0..size-1], and out[1], of
   * rows[1..size]. Numbers a vector further to each side of these six rows are read, but change nothing. */
  void (*median_columns)(float *const *columns, const float *const *rows, int size, int64_t n);
  void (*median_rows)(float *const *out, const float *const *columns, int size, int64_t n);
  /* out = (a - b)^2 - less. */
  void (*patch_differences)(float *out, const float *a, const float *b, float less, int64_t n);
  /* out = exp(-D), roughly, D = the weighted sum of rows, at least 0; and 0 where D is above 5 or, if `partial`, where
   * the sum of the first 1, 2, ... or count-1 rows is. */
  void (*patch_weights)(float *out, const float *const *rows, const float *weights, int count, bool partial, int64_t n);
  /* totals += a + b, values += a x + b y: the pixels x and y with their weights. */
  void (*add_weighted)(float *values, float *totals, const float *a, const float *x, const float *b, const float *y,
                       int64_t n);
  /* Anisotropic diffusion (diffusion_tmpl.c). out = g d, d = to - from, g = exp(-(scale d)^2) or 1 / (1 + (scale d)^2);
   * x += step (what flows in from below and from the right, less what flows out to above and to the left): across[i]
   * lies between pixels i - 1 and i. */
  void (*diffusion_flows)(float *out, const float *from, const float *to, float scale, bool reciprocal, int64_t n);
  void (*diffusion_step)(float *x, const float *above, const float *below, const float *across, float step, int64_t n);
  /* Rows of total variation denoising: total_variation_tmpl.c says what they do. */
  float (*tv_primal)(float *u, const float *f, const float *down, const float *above, const float *right, float weight,
                     int64_t n);
  float (*tv_dual)(float *down, float *right, const float *u, const float *below, float tau, int64_t n);
  void (*tv_project)(float *down, float *right, const float *u, const float *below, float sigma, int64_t n);
  void (*tv_descend)(float *u, float *ahead, const float *f, const float *down, const float *above, const float *right,
                     float weight, float tau, float theta, int64_t n);
  void (*tv_gap)(double sums[3], const float *u, const float *below, const float *x, const float *down,
                 const float *above, const float *right, float weight, int64_t n);
  /* out = sum of w pixels[k] / sum of w, w = 2^(logs[k] - (scale d)^2), d = pixels[k] - centre, or where bins > 0
   * |d| bins, rounded down: bilateral_tmpl.c. */
  void (*bilateral_row)(float *out, const float *centre, const float *const *pixels, const float *logs, int64_t count,
                        float scale, float bins, int64_t n);
  /* Sliding cosine transform (sliding_dct_tmpl.c) of a row of blocks of `size` <= LN_DCT_MOST. basis: size x size; what
   * is below the threshold becomes 0; mask[b], unless NULL: what block b counts. out, row: blocks + size - 1. */
  void (*sliding_dct)(float *out, const float *row, float *work, int64_t stride, const float *basis, int size,
                      float threshold, const float *mask, int64_t blocks);
} LnKernels;

/* Choose a table: NULL for the best one, or "baseline", "avx2", "avx512". Unknown or unsupported names are errors. */
LnStatus ln_kernels_select(const char *isa, LnError *err);
/* The table in use; chosen from LUNET_ISA at first call (an unusable value falls back to the best one; the bindings
 * report it at start by calling ln_kernels_select themselves). */
const LnKernels *ln_kernels(void);
const char *ln_kernels_name(const LnKernels *kernels);
/* Names this build has and this processor supports, best last; NULL ends the list. */
const char *const *ln_kernels_available(void);

/* Floats from one pixel to the next for c channels: few channels lie tight, more fill whole vectors. */
static inline int64_t ln_kernels_ld(const LnKernels *kernels, int64_t c) {
  return c <= 4 ? c : (c + kernels->vl - 1) / kernels->vl * kernels->vl;
}

#endif
