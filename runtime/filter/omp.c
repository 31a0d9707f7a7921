/* See omp.h. */
#include "filter/omp.h"

#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"

enum {
  BLOCK = 256, /* signals whose products with the atoms are made at once */
  PIECE = 64,  /* atoms at a time */
};

/* What is left this small, relative to the signal, or of a further atom beside those chosen, is rounding. */
static const double negligible = 1e-10, dependent = 1e-5;

/* A piece of the atoms at a time, turned so that sums run along rows. Planes are filtered on several threads at once,
 * where OpenBLAS cannot be called. */
void ln_dictionary_products(float *out, const LnDictionary *d, const float *x, int64_t n) {
  float turned[LN_OMP_LENGTH * PIECE];
  const float *rows[LN_OMP_LENGTH];
  for (int64_t j = 0; j < d->length; j++) rows[j] = turned + j * PIECE;
  for (int64_t from = 0; from < d->atoms; from += PIECE) {
    int64_t count = d->atoms - from < PIECE ? d->atoms - from : PIECE;
    for (int64_t k = 0; k < count; k++)
      for (int64_t j = 0; j < d->length; j++) turned[j * PIECE + k] = d->atom[(from + k) * d->length + j];
    for (int64_t i = 0; i < n; i++)
      ln_kernels()->sum_rows(out + i * d->atoms + from, rows, x + i * d->length, (int)d->length, count);
  }
}

void ln_dictionary_gram(const LnDictionary *d) {
  ln_dictionary_products(d->gram, d, d->atom, d->atoms);
}

LnStatus ln_codes_new(LnCodes *out, int64_t signals, int64_t most, LnError *err) {
  size_t entries = (size_t)(signals * most);
  size_t bytes = (size_t)signals * sizeof(int32_t) + entries * (sizeof(int32_t) + sizeof(float));
  *out = (LnCodes){.signals = signals, .most = most};
  out->weights = ln_alloc(bytes);
  if (out->weights == NULL) return ln_fail_memory(err, "ksvd", bytes);
  out->places = (int32_t *)(void *)(out->weights + entries);
  out->count = out->places + entries;
  memset(out->count, 0, (size_t)signals * sizeof(int32_t));
  return LN_OK;
}

void ln_codes_free(LnCodes *codes) {
  ln_free(codes->weights);
  codes->weights = NULL;
}

/* One signal's pursuit. */
typedef struct Pursuit {
  const LnDictionary *dictionary;
  int64_t most;
  const float *start;                        /* products of the signal with the atoms */
  float *left, *taken;                       /* of what is left; and, row by row, of what each chosen atom adds to those
                                                before it, of unit length */
  double lower[LN_OMP_MOST * LN_OMP_MOST];   /* Cholesky factor of the products of the chosen atoms, rows of `most` */
  double half[LN_OMP_MOST];                  /* the factor's solution of the chosen ones' products with the signal */
  double weight[LN_OMP_MOST];
} Pursuit;

/* The place of the product of largest size; -1 if there is none worth it. */
static int64_t best_match(const Pursuit *p, double energy) {
  int64_t atoms = p->dictionary->atoms;
  float best = fabsf(ln_kernels()->extreme_row(LN_FARTHEST, p->left, atoms));
  if (!((double)best * (double)best > negligible * energy)) return -1;
  for (int64_t k = 0; k < atoms; k++)
    if (fabsf(p->left[k]) == best) return k;
  return -1;
}

/* Adds a row for atom k to the factor. Whether the atom is independent of those n. */
static bool extend_factor(Pursuit *p, const int32_t *places, int64_t n, int64_t k) {
  const float *gram = p->dictionary->gram + k * p->dictionary->atoms;
  double *row = p->lower + n * p->most, rest = 1;
  for (int64_t i = 0; i < n; i++) {
    const double *above = p->lower + i * p->most;
    double sum = (double)gram[places[i]];
    for (int64_t j = 0; j < i; j++) sum -= above[j] * row[j];
    row[i] = sum / above[i];
    rest -= row[i] * row[i];
  }
  if (rest <= dependent) return false;
  row[n] = sqrt(rest);
  double sum = (double)p->start[k];
  for (int64_t i = 0; i < n; i++) sum -= row[i] * p->half[i];
  p->half[n] = sum / row[n];
  return true;
}

static void solve_weights(Pursuit *p, int64_t n) {
  for (int64_t i = n - 1; i >= 0; i--) {
    double sum = p->half[i];
    for (int64_t j = i + 1; j < n; j++) sum -= p->lower[j * p->most + i] * p->weight[j];
    p->weight[i] = sum / p->lower[i * p->most + i];
  }
}

/* For the last of n chosen atoms: its products with all, less what those before it say of it. */
static void update_left(Pursuit *p, const int32_t *places, int64_t n) {
  const LnKernels *kernels = ln_kernels();
  const float *rows[LN_OMP_MOST];
  float weights[LN_OMP_MOST];
  int64_t atoms = p->dictionary->atoms, last = n - 1;
  const double *factor = p->lower + last * p->most;
  for (int64_t i = 0; i < last; i++) rows[i] = p->taken + i * atoms, weights[i] = (float)(-factor[i] / factor[last]);
  rows[last] = p->dictionary->gram + places[last] * atoms, weights[last] = (float)(1 / factor[last]);
  kernels->sum_rows(p->taken + last * atoms, rows, weights, (int)n, atoms);
  kernels->add_scaled(p->left, p->taken + last * atoms, (float)-p->half[last], atoms);
}

/* The number of atoms taken. energy: the signal's squared length. */
static int64_t pursue(Pursuit *p, int32_t *places, float *weights, double energy, double bound) {
  int64_t n = 0;
  double left = energy;
  memcpy(p->left, p->start, (size_t)p->dictionary->atoms * sizeof(float));
  while (n < p->most && left > bound) {
    int64_t k = best_match(p, energy);
    if (k < 0 || !extend_factor(p, places, n, k)) break;
    left -= p->half[n] * p->half[n];
    places[n++] = (int32_t)k;
    if (n < p->most && left > bound) update_left(p, places, n);
  }
  solve_weights(p, n);
  for (int64_t i = 0; i < n; i++) weights[i] = (float)p->weight[i];
  return n;
}

typedef struct Job {
  const LnCodes *codes;
  const LnDictionary *dictionary;
  const float *x;
  double bound;
} Job;

static double square_sum(const float *x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

static LnStatus code_block(void *context, int64_t block, int worker, LnError *err) {
  (void)worker;
  const Job *job = context;
  const LnDictionary *d = job->dictionary;
  const LnCodes *codes = job->codes;
  int64_t first = block * BLOCK, n = codes->signals - first < BLOCK ? codes->signals - first : BLOCK;
  size_t floats = (size_t)((n + 1 + codes->most) * d->atoms), bytes = floats * sizeof(float);
  float *products = ln_alloc(bytes);
  Pursuit *p = ln_alloc(sizeof *p);
  LnStatus status = products == NULL || p == NULL ? ln_fail_memory(err, "ksvd", bytes) : LN_OK;
  if (status == LN_OK) {
    const float *x = job->x + first * d->length;
    ln_dictionary_products(products, d, x, n);
    p->dictionary = d, p->most = codes->most;
    p->left = products + n * d->atoms, p->taken = p->left + d->atoms;
    for (int64_t i = 0; i < n && !ln_interrupted(); i++) {
      int64_t at = (first + i) * codes->most;
      p->start = products + i * d->atoms;
      codes->count[first + i] = (int32_t)pursue(p, codes->places + at, codes->weights + at,
                                                square_sum(x + i * d->length, d->length), job->bound);
    }
  }
  ln_free(products);
  ln_free(p);
  return status;
}

LnStatus ln_omp(const LnCodes *codes, const LnDictionary *dictionary, const float *x, double bound, LnError *err) {
  Job job = {codes, dictionary, x, bound};
  return ln_parallel_try((codes->signals + BLOCK - 1) / BLOCK, code_block, &job, err);
}

void ln_codes_add(float *y, const LnCodes *codes, int64_t i, const LnDictionary *dictionary, float factor) {
  for (int64_t k = i * codes->most; k < i * codes->most + codes->count[i]; k++) {
    const float *atom = dictionary->atom + codes->places[k] * dictionary->length;
    float weight = factor * codes->weights[k];
    for (int64_t j = 0; j < dictionary->length; j++) y[j] += weight * atom[j];
  }
}
