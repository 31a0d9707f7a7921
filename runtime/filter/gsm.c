/* See gsm.h. With covariances C_y of what is observed and C_w of the noise, the signal's is C_x = C_y - C_w (of z with
 * mean 1), less what is negative of it. A = Q^T S^-1, where S S^T = C_w and Q has the eigenvectors of S^-1 C_x S^-T,
 * takes the noise to unit covariance and the signal to independent numbers of variances a_k. For v = A y,
 *
 *   p(v | z) = product over k of exp(-v_k^2 / (2 (1 + a_k z))) / sqrt(1 + a_k z),
 *   E(x | v, z) = sum over k of (S Q)_(centre, k) a_k z / (1 + a_k z) v_k,
 *
 * and E(x | v) is the mean of the latter weighted by the former at z = exp(-20.5), exp(-18.5) ... exp(3.5), where
 * Jeffrey's prior is the same for all. Everything is weighted sums of rows, and exponentials. */
#include "filter/gsm.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "filter/eigen.h"
#include "kernels/kernels.h"

enum { MOST = LN_GSM_SIDE * LN_GSM_SIDE + 1, SAMPLES = 13 };
static const double first_log_z = -20.5, log_z_step = 2;

typedef double Matrix[MOST][MOST];

/* What the estimate is, once covariances are known. */
typedef struct Model {
  int n;                              /* numbers of a neighbourhood */
  bool signal;                        /* whether there is any */
  float whiten[MOST][MOST];           /* A */
  float exponent[SAMPLES][MOST], constant[SAMPLES], estimate[SAMPLES][MOST];
} Model;

/* ---- Covariances ---- */

/* A band with `border` more rows and columns on all sides. */
typedef struct Bordered {
  float *pixel; /* (0, 0) of the band */
  int64_t border, stride;
} Bordered;

static Bordered make_bordered(float *memory, const float *band, int64_t height, int64_t width, int64_t border) {
  Bordered b = {.border = border, .stride = width + 2 * border};
  b.pixel = memory + border * b.stride + border;
  for (int64_t r = -border; r < height + border; r++) {
    float *row = b.pixel + r * b.stride;
    memcpy(row, band + ln_edge_index(LN_EDGE_WRAP, r, height) * width, (size_t)width * sizeof(float));
    ln_edge_fill(row, LN_EDGE_WRAP, width, border);
  }
  return b;
}

/* The mean of a's pixels times b's. */
static double mean_product(const float *a, int64_t a_stride, const float *b, int64_t b_stride, int64_t height,
                           int64_t width) {
  double sum = 0;
  /* A product of vectors needs no memory of OpenBLAS, so that threads may call it; products of matrices do. */
  for (int64_t r = 0; r < height; r++) sum += cblas_dsdot((int)width, a + r * a_stride, 1, b + r * b_stride, 1);
  return sum / (double)(height * width);
}

/* Of neighbourhoods, in rows, and the parent last. Among neighbours it depends on how they lie to each other only. */
static void make_covariance(Matrix out, const Bordered *b, const float *parent, const LnGsm *g) {
  int side = (int)g->side, half = side / 2, n = side * side;
  double by_shift[LN_GSM_SIDE][2 * LN_GSM_SIDE - 1];
  for (int down = 0; down < side; down++)
    for (int along = down == 0 ? 0 : 1 - side; along < side; along++)
      by_shift[down][along + side - 1] =
          mean_product(b->pixel, b->stride, b->pixel + down * b->stride + along, b->stride, g->height, g->width);
  for (int i = 0; i < n; i++)
    for (int j = i; j < n; j++)
      out[i][j] = out[j][i] = by_shift[j / side - i / side][j % side - i % side + side - 1];
  for (int i = 0; i < n && parent != NULL; i++)
    out[i][n] = out[n][i] = mean_product(parent, g->width, b->pixel + (i / side - half) * b->stride + i % side - half,
                                         b->stride, g->height, g->width);
  if (parent != NULL) out[n][n] = mean_product(parent, g->width, parent, g->width, g->height, g->width);
}

/* ---- The model ---- */

/* The eigenvectors of a symmetric matrix, in columns, and their values. */
static void diagonalise(double *values, Matrix vectors, Matrix a, int n) {
  double rows[MOST * MOST], work[MOST * MOST + 2 * MOST];
  for (int i = 0; i < n; i++) memcpy(rows + i * n, a[i], (size_t)n * sizeof *rows);
  ln_eigen_symmetric(rows, values, work, n);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++) vectors[i][k] = rows[k * n + i];
}

static void multiply(Matrix out, Matrix a, Matrix b, int n) {
  Matrix product;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      product[i][j] = 0;
      for (int k = 0; k < n; k++) product[i][j] += a[i][k] * b[k][j];
    }
  memcpy(out, product, sizeof product);
}

static void transpose(Matrix out, Matrix a, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) out[i][j] = a[j][i];
}

/* x = y - w without its negative part; the sum of its eigenvalues stays. Whether there is anything. */
static bool make_signal(Matrix x, Matrix y, Matrix w, int n) {
  Matrix vectors, scaled, turned;
  double values[MOST], sum = 0, positive = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) x[i][j] = y[i][j] - w[i][j];
  diagonalise(values, vectors, x, n);
  for (int k = 0; k < n; k++) sum += values[k], positive += fmax(0, values[k]);
  if (!(sum > 0)) return false;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++) scaled[i][k] = vectors[i][k] * fmax(0, values[k]) * sum / positive;
  transpose(turned, vectors, n);
  multiply(x, scaled, turned, n);
  return true;
}

/* root root^T = w, and its (pseudo)inverse. */
static void make_root(Matrix root, Matrix inverse, Matrix w, int n) {
  Matrix vectors;
  double values[MOST], largest = 0;
  diagonalise(values, vectors, w, n);
  for (int k = 0; k < n; k++) largest = fmax(largest, values[k]);
  for (int k = 0; k < n; k++) {
    bool there = values[k] > 1e-10 * largest;
    for (int i = 0; i < n; i++) {
      root[i][k] = there ? vectors[i][k] * sqrt(values[k]) : 0;
      inverse[k][i] = there ? vectors[i][k] / sqrt(values[k]) : 0;
    }
  }
}

/* Weights at each z. centre: the row of S Q. */
static void sample_z(Model *m, const double *centre, const double *variance) {
  for (int s = 0; s < SAMPLES; s++) {
    double z = exp(first_log_z + log_z_step * s), log_root = 0;
    for (int k = 0; k < m->n; k++) {
      double grown = 1 + variance[k] * z;
      log_root += 0.5 * log(grown);
      m->exponent[s][k] = (float)(-0.5 / grown);
      m->estimate[s][k] = (float)(centre[k] * (variance[k] * z / grown));
    }
    m->constant[s] = (float)-log_root;
  }
}

static void make_model(Model *m, Matrix y, Matrix w, int side, bool parent) {
  Matrix x, root, inverse, turned, vectors;
  double variance[MOST];
  m->n = side * side + parent;
  m->signal = make_signal(x, y, w, m->n);
  if (!m->signal) return;
  make_root(root, inverse, w, m->n);
  transpose(turned, inverse, m->n);
  multiply(x, inverse, x, m->n);
  multiply(x, x, turned, m->n);
  diagonalise(variance, vectors, x, m->n);
  for (int k = 0; k < m->n; k++) variance[k] = fmax(0, variance[k]);
  transpose(turned, vectors, m->n);
  multiply(x, turned, inverse, m->n);
  multiply(root, root, vectors, m->n);
  for (int i = 0; i < m->n; i++)
    for (int j = 0; j < m->n; j++) m->whiten[i][j] = (float)x[i][j];
  sample_z(m, root[side * side / 2], variance);
}

/* ---- The estimate ---- */

/* Rows of working memory. */
typedef struct Rows {
  float *whitened[MOST], *squares[MOST], *weights[SAMPLES], *means[SAMPLES], *largest, *total;
} Rows;

enum { ROWS = 2 * MOST + 2 * SAMPLES + 2 };

static Rows make_rows(float *memory, int64_t width) {
  Rows rows;
  for (int k = 0; k < MOST; k++, memory += 2 * width) rows.whitened[k] = memory, rows.squares[k] = memory + width;
  for (int s = 0; s < SAMPLES; s++, memory += 2 * width) rows.weights[s] = memory, rows.means[s] = memory + width;
  rows.largest = memory, rows.total = memory + width;
  return rows;
}

/* rows->weights = p(v | z) / the largest of them, for all z. */
static void weigh(const Rows *rows, const Model *m, int64_t width) {
  const LnKernels *kernels = ln_kernels();
  for (int s = 0; s < SAMPLES; s++) {
    kernels->sum_rows(rows->weights[s], (const float *const *)rows->squares, m->exponent[s], m->n, width);
    for (int64_t i = 0; i < width; i++) {
      float value = rows->weights[s][i] + m->constant[s];
      rows->weights[s][i] = value;
      rows->largest[i] = s == 0 || value > rows->largest[i] ? value : rows->largest[i];
    }
  }
  for (int s = 0; s < SAMPLES; s++) {
    for (int64_t i = 0; i < width; i++) rows->weights[s][i] -= rows->largest[i];
    kernels->unary(rows->weights[s], rows->weights[s], width, LN_EXP);
  }
}

static void estimate_row(float *out, const float *const *y, const Rows *rows, const Model *m, int64_t width) {
  const LnKernels *kernels = ln_kernels();
  for (int k = 0; k < m->n; k++) {
    kernels->sum_rows(rows->whitened[k], y, m->whiten[k], m->n, width);
    for (int64_t i = 0; i < width; i++) rows->squares[k][i] = rows->whitened[k][i] * rows->whitened[k][i];
  }
  weigh(rows, m, width);
  memset(out, 0, (size_t)width * sizeof(float));
  memset(rows->total, 0, (size_t)width * sizeof(float));
  for (int s = 0; s < SAMPLES; s++) {
    kernels->sum_rows(rows->means[s], (const float *const *)rows->whitened, m->estimate[s], m->n, width);
    for (int64_t i = 0; i < width; i++) {
      out[i] += rows->weights[s][i] * rows->means[s][i];
      rows->total[i] += rows->weights[s][i];
    }
  }
  for (int64_t i = 0; i < width; i++) out[i] /= rows->total[i];
}

static void estimate(float *out, const Bordered *b, const LnGsm *g, const Rows *rows, const Model *m) {
  int64_t side = g->side, half = side / 2;
  const float *y[MOST];
  for (int64_t r = 0; r < g->height && !ln_interrupted(); r++) {
    for (int64_t i = 0; i < side * side; i++)
      y[i] = b->pixel + (r + i / side - half) * b->stride + i % side - half;
    if (g->parent != NULL) y[side * side] = g->parent + r * g->width;
    estimate_row(out + r * g->width, y, rows, m, g->width);
  }
}

LnStatus ln_gsm_estimate(float *out, const LnGsm *g, LnError *err) {
  int64_t border = g->side - 1, floats = (g->height + 2 * border) * (g->width + 2 * border) + ROWS * g->width;
  float *memory = ln_alloc((size_t)floats * sizeof(float));
  if (memory == NULL) return ln_fail_memory(err, "bls_gsm", (size_t)floats * sizeof(float));
  Matrix observed = {{0}}, noise = {{0}};
  Model model;
  Rows rows = make_rows(memory + floats - ROWS * g->width, g->width);
  Bordered b = make_bordered(memory, g->noise, g->height, g->width, border);
  make_covariance(noise, &b, g->parent == NULL ? NULL : g->noise_parent, g);
  b = make_bordered(memory, g->band, g->height, g->width, border);
  make_covariance(observed, &b, g->parent, g);
  make_model(&model, observed, noise, (int)g->side, g->parent != NULL);
  if (model.signal)
    estimate(out, &b, g, &rows, &model);
  else
    memset(out, 0, (size_t)(g->height * g->width) * sizeof(float));
  ln_free(memory);
  return LN_OK;
}
