/* Principal component analysis: see pca.h. */
#include "tensor/pca.h"

#include <cblas.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/decompose.h"
#include "tensor/lapack.h"
#include "tensor/matrices.h"

enum { ROWS = 256 }; /* samples at a time */

/* Samples as rows of d elements, and what becomes of them. */
typedef struct Pca {
  int64_t n, d, k;
  const float *x; /* n,d by rows */
  double *mean;   /* d */
  float *components, *variances;
} Pca;

static LnStatus find_mean(const Pca *p, LnError *err) {
  memset(p->mean, 0, (size_t)p->d * sizeof(double));
  for (int64_t i = 0; i < p->n && !ln_interrupted(); i++)
    for (int64_t j = 0; j < p->d; j++) p->mean[j] += (double)p->x[i * p->d + j];
  for (int64_t j = 0; j < p->d; j++) p->mean[j] /= (double)p->n;
  return ln_interrupt_check(err);
}

/* Its upper triangle by rows. rows: ROWS x d. */
static LnStatus find_covariance(double *covariance, double *rows, const Pca *p, LnError *err) {
  const int d = (int)p->d;
  memset(covariance, 0, (size_t)p->d * (size_t)p->d * sizeof(double));
  for (int64_t i = 0; i < p->n && !ln_interrupted(); i += ROWS) {
    int64_t count = p->n - i < ROWS ? p->n - i : ROWS;
    for (int64_t r = 0; r < count; r++)
      for (int64_t j = 0; j < p->d; j++) rows[r * p->d + j] = (double)p->x[(i + r) * p->d + j] - p->mean[j];
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, d, (int)count, 1 / (double)(p->n - 1), rows, d, 1, covariance,
                d);
  }
  return ln_interrupt_check(err);
}

/* LAPACK reads by columns, so the upper triangle by rows is the lower one to it, and eigenvectors come by rows. */
static LnStatus by_covariance(const Pca *p, LnError *err) {
  const int d = (int)p->d;
  int info = 0, size = -1, size_ints = -1, ints;
  double asked;
  dsyevd_("V", "L", &d, NULL, &d, NULL, &asked, &size, &ints, &size_ints, &info, 1, 1);
  size = (int)asked, size_ints = ints;
  size_t scratch = (size_t)(size > ROWS * p->d ? size : ROWS * p->d), square = (size_t)p->d * (size_t)p->d;
  size_t bytes = (square + (size_t)p->d + scratch) * sizeof(double) + (size_t)ints * sizeof(int);
  double *vectors = ln_alloc(bytes);
  if (vectors == NULL) return ln_fail_memory(err, "pca", bytes);
  double *values = vectors + square, *work = values + p->d;
  LnStatus status = find_covariance(vectors, work, p, err);
  if (status == LN_OK)
    dsyevd_("V", "L", &d, vectors, &d, values, work, &size, (int *)(void *)(work + scratch), &size_ints, &info, 1, 1);
  if (status == LN_OK && info > 0) status = ln_fail(err, LN_ENUMERIC, "pca: dsyevd did not converge");
  for (int64_t c = 0; c < p->k && status == LN_OK; c++) {
    p->variances[c] = (float)fmax(values[p->d - 1 - c], 0);
    for (int64_t j = 0; j < p->d; j++) p->components[c * p->d + j] = (float)vectors[(p->d - 1 - c) * p->d + j];
  }
  ln_free(vectors);
  return status;
}

static LnStatus by_singular_values(const Pca *p, LnError *err) {
  LnTensor *centred = NULL, *u = NULL, *s = NULL, *vt = NULL;
  LN_TRY(ln_tensor_new(&centred, LN_SHAPE(p->n, p->d), err));
  for (int64_t i = 0; i < p->n; i++)
    for (int64_t j = 0; j < p->d; j++) centred->data[i * p->d + j] = (float)((double)p->x[i * p->d + j] - p->mean[j]);
  LnStatus status = ln_error_prefix(err, ln_tensor_svd(&u, &s, &vt, centred, err), "pca: ");
  ln_tensor_unref(centred);
  if (status != LN_OK) return status;
  memcpy(p->components, vt->data, (size_t)(p->k * p->d) * sizeof(float));
  for (int64_t c = 0; c < p->k; c++)
    p->variances[c] = (float)((double)s->data[c] * (double)s->data[c] / (double)(p->n - 1));
  ln_tensor_unref(u), ln_tensor_unref(s), ln_tensor_unref(vt);
  return LN_OK;
}

static void choose_signs(const Pca *p) {
  for (float *row = p->components; row < p->components + p->k * p->d; row += p->d) {
    int64_t largest = 0;
    for (int64_t j = 1; j < p->d; j++)
      if (fabsf(row[j]) > fabsf(row[largest])) largest = j;
    for (int64_t j = 0, negative = row[largest] < 0; j < p->d && negative; j++) row[j] = -row[j];
  }
}

static LnStatus analyse(Pca *p, float *mean, LnError *err) {
  p->mean = ln_alloc((size_t)p->d * sizeof(double));
  if (p->mean == NULL) return ln_fail_memory(err, "pca", (size_t)p->d * sizeof(double));
  LnStatus status = find_mean(p, err);
  for (int64_t j = 0; j < p->d; j++) mean[j] = (float)p->mean[j];
  if (status == LN_OK) status = p->n >= p->d ? by_covariance(p, err) : by_singular_values(p, err);
  ln_free(p->mean);
  if (status == LN_OK) choose_signs(p);
  return status == LN_OK ? ln_interrupt_check(err) : status;
}

static LnStatus check(int64_t *d, const LnTensor *x, int64_t k, LnError *err) {
  const int64_t most = 16384; /* elements of a sample, or samples: the square of the fewer is worked on */
  if (x->shape.n < 2 || x->shape.d[0] < 2)
    return ln_fail(err, LN_ESHAPE, "pca: needs at least 2 samples along dimension 1, got shape %s",
                   LN_SHAPE_TEXT(x->shape));
  int64_t n = x->shape.d[0], fewer;
  *d = ln_shape_count(x->shape) / n;
  fewer = *d < n ? *d : n;
  if (k < 1 || k > fewer)
    return ln_fail(err, LN_EARG,
                   "pca: the number of components must be from 1 to %" PRId64 ", the lesser of %" PRId64
                   " samples and the %" PRId64 " elements of each, got %" PRId64,
                   fewer, n, *d, k);
  if (fewer > most)
    return ln_fail(err, LN_ESHAPE,
                   "pca: shape %s is too large: samples, or elements of a sample, must be at most %" PRId64,
                   LN_SHAPE_TEXT(x->shape), most);
  return LN_OK;
}

LnStatus ln_tensor_pca(LnTensor **components, LnTensor **variances, LnTensor **mean, LnTensor *x, int64_t k,
                       LnError *err) {
  Pca p = {.n = x->shape.d[0], .k = k};
  LnTensor *rows = NULL, *made[3] = {NULL};
  LnShape sample = {.n = x->shape.n - 1}, shape = x->shape;
  LN_TRY(check(&p.d, x, k, err));
  LN_TRY(ln_check_finite("pca", x, err));
  for (int i = 0; i < sample.n; i++) sample.d[i] = x->shape.d[i + 1];
  shape.d[0] = k;
  ln_blas_use_one_thread();
  LnStatus status = ln_tensor_as_contiguous(&rows, x, err);
  if (status == LN_OK) status = ln_tensor_new(&made[0], shape, err);
  if (status == LN_OK) status = ln_tensor_new(&made[1], LN_SHAPE(k), err);
  if (status == LN_OK) status = ln_tensor_new(&made[2], sample, err);
  if (status == LN_OK) {
    p.x = rows->data, p.components = made[0]->data, p.variances = made[1]->data;
    status = analyse(&p, made[2]->data, err);
  }
  ln_tensor_unref(rows);
  if (status == LN_OK) return *components = made[0], *variances = made[1], *mean = made[2], LN_OK;
  for (int i = 0; i < 3; i++) ln_tensor_unref(made[i]);
  return status;
}
