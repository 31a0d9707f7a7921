/* What a stage of BM3D computes with: the transforms of its blocks, the window, and how the coefficients of blocks that
 * overlap vary together.
 *
 * In white noise of variance 1, coefficients t of two blocks that lie d pixels apart have the covariance sum over x of
 * t(x) t(x + d); in two dimensions it is the product of both directions. A group's blocks overlap more often than not,
 * so what they have in common is noisier than if they did not, and their differences less: Makinen, Azzari, Foi,
 * "Collaborative filtering of correlated noise: exact transform-domain variance for improved shrinkage and patch
 * matching", IEEE Trans. Image Processing 29, 2020. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "filter/bm3d.h"

enum { MOST = LN_BLOCK_MOST, TAPS = 10 };

/* The low-pass filter of the biorthogonal wavelet 1.5 of Cohen, Daubechies and Feauveau; the high-pass one is Haar's.
 */
static const double bior_low[TAPS] = {0.01657281518405971, -0.01657281518405971, -0.12153397801643787,
                                      0.12153397801643787, 0.7071067811865476,   0.7071067811865476,
                                      0.12153397801643787, -0.12153397801643787, -0.01657281518405971,
                                      0.01657281518405971};

/* t = the wavelet's full decomposition of n = 2, 4, 8, 16 numbers that go on periodically; coarse to fine. */
static void make_bior(double t[MOST][MOST], int n) {
  double low[MOST][MOST] = {{0}}, next[MOST][MOST];
  for (int i = 0; i < n; i++) low[i][i] = 1;
  for (int length = n; length > 1; length /= 2) {
    for (int k = 0; k < length / 2; k++)
      for (int x = 0; x < n; x++) {
        t[length / 2 + k][x] = (low[2 * k][x] - low[2 * k + 1][x]) * M_SQRT1_2;
        next[k][x] = 0;
        for (int j = 0; j < TAPS; j++) next[k][x] += bior_low[j] * low[(2 * k + j - 4 + 8 * length) % length][x];
      }
    memcpy(low, next, sizeof low);
  }
  memcpy(t[0], low[0], sizeof low[0]);
}

static void make_dct(double t[MOST][MOST], int n) {
  for (int k = 0; k < n; k++)
    for (int x = 0; x < n; x++) t[k][x] = cos(M_PI * k * (x + 0.5) / n);
}

static double length_of(const double *row, int n) {
  double sum = 0;
  for (int x = 0; x < n; x++) sum += row[x] * row[x];
  return sqrt(sum);
}

/* Every row of length 1. Not so in the authors' matrix of the wavelet of eight numbers, where one factor, that which
 * rows 2 and 3 need, serves all of the coarser half: blocks are compared by such coefficients. */
static void normalise(double t[MOST][MOST], int n, bool authors) {
  double shared = length_of(t[2], n);
  for (int k = 0; k < n; k++) {
    double length = authors && k < n / 2 ? shared : length_of(t[k], n);
    for (int x = 0; x < n; x++) t[k][x] /= length;
  }
}

/* Gauss and Jordan's; pivots are sought, for the wavelet's matrix has zeros. */
static void invert(double out[MOST][MOST], double t[MOST][MOST], int n) {
  double a[MOST][2 * MOST] = {{0}};
  for (int i = 0; i < n; i++) {
    memcpy(a[i], t[i], (size_t)n * sizeof **t);
    a[i][n + i] = 1;
  }
  for (int k = 0; k < n; k++) {
    int pivot = k;
    for (int i = k + 1; i < n; i++)
      if (fabs(a[i][k]) > fabs(a[pivot][k])) pivot = i;
    for (int j = 0; j < 2 * n; j++) {
      double swap = a[k][j];
      a[k][j] = a[pivot][j], a[pivot][j] = swap;
    }
    for (int j = 2 * n - 1; j >= k; j--) a[k][j] /= a[k][k];
    for (int i = 0; i < n; i++)
      for (int j = 2 * n - 1; i != k && j >= k; j--) a[i][j] -= a[i][k] * a[k][j];
  }
  for (int i = 0; i < n; i++) memcpy(out[i], a[i] + n, (size_t)n * sizeof **out);
}

/* The modified Bessel function of order 0. */
static double bessel(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 60; k++) sum += term *= x * x / (4.0 * k * k);
  return sum;
}

static void make_window(float *window, int n, double beta) {
  for (int i = 0; i < n; i++) {
    double x = n > 1 ? 2.0 * i / (n - 1) - 1 : 0;
    window[i] = (float)(bessel(beta * sqrt(1 - x * x)) / bessel(beta));
  }
}

static void make_matrices(LnBm3dStage *stage, double t[MOST][MOST]) {
  double inverse[MOST][MOST];
  int n = stage->side;
  invert(inverse, t, n);
  for (int k = 0; k < n; k++)
    for (int x = 0; x < n; x++) {
      float back = stage->window[x] * (float)inverse[x][k];
      stage->forward_columns[k * n + x] = stage->forward_rows[x * stage->row + k] = (float)t[k][x];
      stage->backward_columns[x * n + k] = stage->backward_rows[k * stage->row + x] = back;
    }
}

static void make_covariances(LnBm3dStage *stage, double t[MOST][MOST]) {
  int n = stage->side;
  for (int d = 0; d < n; d++)
    for (int k = 0; k < n; k++) {
      double sum = 0;
      for (int x = 0; x + d < n; x++) sum += t[k][x] * t[k][x + d];
      stage->along[d * stage->row + k] = (float)sum;
    }
}

/* The covariances of the coefficients of a line with those of one d pixels away, added up. */
static double covariance(const LnBm3dStage *stage, int d) {
  double sum = 0;
  for (int k = 0; k < stage->side; k++) sum += (double)stage->along[d * stage->row + k];
  return sum;
}

/* In coefficients, the noise of two blocks differs by twice the sum of (variance - covariance). The authors take three
 * times that off a distance. */
static void make_expected(LnBm3dStage *stage) {
  int n = stage->side;
  double own = covariance(stage, 0) * covariance(stage, 0);
  for (int at = 0; at <= n * n; at++) {
    double shared = at < n * n ? covariance(stage, at / n) * covariance(stage, at % n) : 0;
    stage->expected[at] = (float)(3 * 2 * (own - shared) * (double)stage->variance);
  }
}

LnStatus ln_bm3d_transform(LnBm3dStage *stage, LnBm3dTransform transform, double beta, LnError *err) {
  int n = stage->side;
  stage->row = (n + LN_BM3D_PIECE - 1) / LN_BM3D_PIECE * LN_BM3D_PIECE;
  stage->size = n * stage->row;
  size_t floats = (size_t)(MOST + 3 * stage->size + stage->row + 3 * n * n + 1);
  stage->memory = ln_calloc(floats, sizeof(float));
  if (stage->memory == NULL) return ln_fail_memory(err, "bm3d", floats * sizeof(float));
  stage->forward_rows = stage->memory, stage->backward_rows = stage->forward_rows + stage->size;
  stage->along = stage->backward_rows + stage->size;
  stage->forward_columns = stage->along + stage->size + stage->row;
  stage->backward_columns = stage->forward_columns + n * n, stage->window = stage->backward_columns + n * n;
  stage->expected = stage->window + MOST;
  stage->orthogonal = transform == LN_BM3D_DCT;
  double t[MOST][MOST] = {{0}};
  (transform == LN_BM3D_BIOR ? make_bior : make_dct)(t, n);
  normalise(t, n, transform == LN_BM3D_BIOR && n == 8);
  make_window(stage->window, n, beta);
  make_matrices(stage, t);
  make_covariances(stage, t);
  make_expected(stage);
  return LN_OK;
}
