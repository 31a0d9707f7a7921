/* Eigenvectors of a symmetric matrix: reflections make it tridiagonal, rotations (QL with implicit shifts) diagonal.
 * Reflections and rotations are applied to the rows of the vectors' matrix, which lie in a row in memory.
 * See Golub, Van Loan, "Matrix computations", 8.3. */
#include "filter/eigen.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* a = a - v q' - q v', the product of both sides with the reflection that v stands for; entries from k on. p: its work.
 * scale: 2 / v'v. */
static void reflect_both_sides(double *a, const double *v, double *p, double scale, int k, int n) {
  double along = 0;
  for (int i = k; i < n; i++) {
    double sum = 0;
    for (int j = k; j < n; j++) sum += a[i * n + j] * v[j];
    p[i] = scale * sum;
    along += p[i] * v[i];
  }
  for (int i = k; i < n; i++) p[i] -= 0.5 * scale * along * v[i];
  for (int i = k; i < n; i++)
    for (int j = k; j < n; j++) a[i * n + j] -= v[i] * p[j] + p[i] * v[j];
}

/* rows = rows - scale v (v' rows) */
static void reflect_rows(double *rows, const double *v, double *sums, double scale, int k, int n) {
  memset(sums, 0, (size_t)n * sizeof(double));
  for (int i = k; i < n; i++)
    for (int j = 0; j < n; j++) sums[j] += v[i] * rows[i * n + j];
  for (int i = k; i < n; i++)
    for (int j = 0; j < n; j++) rows[i * n + j] -= scale * v[i] * sums[j];
}

/* a becomes tridiagonal; its diagonal goes to d, what is beside it to e[0 .. n-2], and the product of the reflections
 * to rows. */
static void make_tridiagonal(double *a, double *rows, double *d, double *e, double *v, double *p, int n) {
  memset(rows, 0, (size_t)(n * n) * sizeof(double));
  for (int i = 0; i < n; i++) rows[i * n + i] = 1;
  for (int k = 0; k + 2 < n; k++) {
    double square = 0;
    for (int i = k + 1; i < n; i++) v[i] = a[i * n + k], square += v[i] * v[i];
    e[k] = v[k + 1] > 0 ? -sqrt(square) : sqrt(square);
    double length = 2 * (square - v[k + 1] * e[k]); /* v'v once e is taken from its first entry */
    if (square == 0 || !(length > 0)) continue;
    v[k + 1] -= e[k];
    reflect_both_sides(a, v, p, 2 / length, k + 1, n);
    reflect_rows(rows, v, p, 2 / length, k + 1, n);
  }
  for (int i = 0; i < n; i++) d[i] = a[i * n + i];
  if (n > 1) e[n - 2] = a[(n - 1) * n + n - 2];
  e[n - 1] = 0;
}

static void rotate_rows(double *a, double *b, double c, double s, int n) {
  for (int k = 0; k < n; k++) {
    double x = a[k], y = b[k];
    a[k] = c * x - s * y, b[k] = s * x + c * y;
  }
}

/* One step of QL on rows l .. m, with Wilkinson's shift. */
static void chase(double *d, double *e, double *rows, int l, int m, int n) {
  double g = (d[l + 1] - d[l]) / (2 * e[l]), r = hypot(g, 1), s = 1, c = 1, p = 0;
  g = d[m] - d[l] + e[l] / (g + copysign(r, g));
  for (int i = m - 1; i >= l; i--) {
    double f = s * e[i], b = c * e[i];
    e[i + 1] = r = hypot(f, g);
    if (r == 0) { /* it falls into two */
      d[i + 1] -= p, e[m] = 0;
      return;
    }
    s = f / r, c = g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    rotate_rows(rows + i * n, rows + (i + 1) * n, c, s, n);
  }
  d[l] -= p, e[l] = g, e[m] = 0;
}

void ln_eigen_symmetric(double *vectors, double *values, double *work, int n) {
  enum { MOST_STEPS = 60 }; /* two or three are usual */
  double *a = work, *e = a + n * n, *p = e + n;
  memcpy(a, vectors, (size_t)(n * n) * sizeof(double));
  make_tridiagonal(a, vectors, values, e, values, p, n);
  for (int l = 0; l < n; l++)
    for (int step = 0; step < MOST_STEPS; step++) {
      int m = l;
      while (m + 1 < n && fabs(e[m]) > DBL_EPSILON * (fabs(values[m]) + fabs(values[m + 1]))) m++;
      if (m == l) break;
      chase(values, e, vectors, l, m, n);
    }
}
