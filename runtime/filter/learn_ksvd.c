/* K-SVD, and the dictionary that learning begins with: see learn.h. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/learn.h"
#include "kernels/kernels.h"

enum { FEW_USERS = 3, MOST_TURNS = 200, ROWS_AT_ONCE = 128 };
static const float alike = 0.99f;
static const double negligible = 1e-10; /* what is left this small beside a signal is rounding */

/* ---- Overcomplete cosines ---- */

static double square_sum(const float *x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

/* To unit length; zero stays. */
static void normalise(float *x, int64_t n) {
  double length = sqrt(square_sum(x, n));
  for (int64_t i = 0; i < n && length > 0; i++) x[i] = (float)((double)x[i] / length);
}

/* cos(pi i frequency / frequencies), i = 0 .. n-1, without its mean but for frequency 0. */
static double cosine(int64_t i, int64_t n, int64_t frequency, int64_t frequencies) {
  const double step = acos(-1) * (double)frequency / (double)frequencies;
  double mean = 0;
  if (frequency == 0) return 1;
  for (int64_t j = 0; j < n; j++) mean += cos(step * (double)j) / (double)n;
  return cos(step * (double)i) - mean;
}

void ln_dictionary_cosines(const LnDictionary *d, int64_t height, int64_t width) {
  int64_t frequencies = (int64_t)ceil(sqrt((double)d->atoms) - 1e-9);
  for (int64_t k = 0; k < d->atoms; k++) {
    float *atom = d->atom + k * d->length;
    for (int64_t i = 0; i < d->length; i++)
      atom[i] = (float)(cosine(i / width, height, k / frequencies, frequencies) *
                        cosine(i % width, width, k % frequencies, frequencies));
    if (square_sum(atom, d->length) < 1e-12) memset(atom, 0, (size_t)d->length * sizeof(float)); /* lines of a pixel */
    normalise(atom, d->length);
  }
}

/* ---- K-SVD ---- */

typedef struct Work {
  const LnDictionary *d;
  const LnSignals *signals;
  LnCodes codes;
  float *left;       /* what is left of each signal */
  double *errors;    /* its squared length */
  int64_t *first;    /* atom k is used by users[first[k]] .. users[first[k+1] - 1], places of weights in the codes */
  int64_t *users;
  float *rows;       /* what is left of an atom's users, without it */
  float *products;   /* of their columns, length x length, the upper half */
  float *turned, *part; /* length x ROWS_AT_ONCE of them turned, and a row of those products */
  const double **lines; /* the products' rows, both halves, in `matrix`: rows of `stride` numbers, whole eights */
  double *matrix, *vector, *image;
  int64_t stride;
} Work;

static LnStatus make_work(Work *w, LnError *err) {
  int64_t n = w->signals->n, length = w->d->length;
  LN_TRY(ln_codes_new(&w->codes, n, w->signals->most, err));
  size_t floats = (size_t)(2 * n * length + length * (length + ROWS_AT_ONCE + 1));
  w->stride = (length + 7) / 8 * 8;
  size_t doubles = (size_t)(n + length + w->stride + length * w->stride);
  size_t integers = (size_t)(w->d->atoms + 1 + n * w->signals->most);
  size_t bytes = floats * sizeof(float) + doubles * sizeof(double) + integers * sizeof(int64_t) +
                 (size_t)length * sizeof(double *);
  w->errors = ln_alloc(bytes);
  if (w->errors == NULL) return ln_fail_memory(err, "ksvd", bytes);
  w->vector = w->errors + n, w->image = w->vector + length, w->matrix = w->image + w->stride;
  w->lines = (const double **)(void *)(w->matrix + length * w->stride);
  memset(w->matrix, 0, (size_t)(length * w->stride) * sizeof(double));
  for (int64_t r = 0; r < length; r++) w->lines[r] = w->matrix + r * w->stride;
  w->first = (int64_t *)(void *)(w->lines + length), w->users = w->first + w->d->atoms + 1;
  w->left = (float *)(void *)(w->users + n * w->signals->most);
  w->rows = w->left + n * length, w->products = w->rows + n * length;
  w->turned = w->products + length * length, w->part = w->turned + length * ROWS_AT_ONCE;
  return LN_OK;
}

/* Who uses which atom, in order; and what is left of the signals. */
static void gather(const Work *w) {
  const LnCodes *codes = &w->codes;
  int64_t length = w->d->length, atoms = w->d->atoms;
  memset(w->first, 0, (size_t)(atoms + 1) * sizeof(int64_t));
  memcpy(w->left, w->signals->x, (size_t)(w->signals->n * length) * sizeof(float));
  for (int64_t i = 0; i < codes->signals; i++) {
    ln_codes_add(w->left + i * length, codes, i, w->d, -1);
    for (int64_t k = 0; k < codes->count[i]; k++) w->first[codes->places[i * codes->most + k] + 1]++;
  }
  for (int64_t k = 0; k < atoms; k++) w->first[k + 1] += w->first[k];
  for (int64_t i = 0; i < codes->signals; i++)
    for (int64_t k = i * codes->most; k < i * codes->most + codes->count[i]; k++)
      w->users[w->first[codes->places[k]]++] = k;
  for (int64_t k = atoms; k > 0; k--) w->first[k] = w->first[k - 1];
  w->first[0] = 0;
}

/* w->vector becomes the first eigenvector of w->matrix, by the power method. */
static void first_eigenvector(const Work *w) {
  int64_t n = w->d->length;
  for (int turn = 0; turn < MOST_TURNS; turn++) {
    double square = 0, change = 0;
    ln_kernels()->sum_rows_double(w->image, w->lines, w->vector, (int)n, w->stride);
    for (int64_t i = 0; i < n; i++) square += w->image[i] * w->image[i];
    if (!(square > 0)) return;
    for (int64_t i = 0; i < n; i++) {
      double value = w->image[i] / sqrt(square);
      change += (value - w->vector[i]) * (value - w->vector[i]);
      w->vector[i] = value;
    }
    if (change < 1e-10) return;
  }
}

/* matrix = the sum of each of n rows times itself. It is symmetric: only what lies beyond the diagonal is computed. */
static void sum_squares(const Work *w, int64_t n) {
  const LnKernels *kernels = ln_kernels();
  const float *row[ROWS_AT_ONCE];
  int64_t length = w->d->length;
  memset(w->products, 0, (size_t)(length * length) * sizeof *w->products);
  for (int64_t first = 0; first < n; first += ROWS_AT_ONCE) {
    int64_t count = n - first < ROWS_AT_ONCE ? n - first : ROWS_AT_ONCE;
    for (int64_t i = 0; i < count; i++) {
      const float *from = w->rows + (first + i) * length;
      for (int64_t a = 0; a < length; a++) w->turned[a * ROWS_AT_ONCE + i] = from[a];
    }
    for (int64_t a = 0; a < length; a++) {
      for (int64_t i = 0; i < count; i++) row[i] = w->rows + (first + i) * length + a;
      kernels->sum_rows(w->part, row, w->turned + a * ROWS_AT_ONCE, (int)count, length - a);
      kernels->add(w->products + a * length + a, w->part, length - a);
    }
  }
  for (int64_t a = 0; a < length; a++)
    for (int64_t b = 0; b < length; b++)
      w->matrix[a * w->stride + b] = (double)w->products[a < b ? a * length + b : b * length + a];
}

/* The atom and its users' weights become the first singular pair of what is left of these without it. */
static void update_atom(const Work *w, int64_t k) {
  const LnKernels *kernels = ln_kernels();
  const LnCodes *codes = &w->codes;
  int64_t length = w->d->length, n = w->first[k + 1] - w->first[k];
  const int64_t *users = w->users + w->first[k];
  float *atom = w->d->atom + k * length;
  if (n == 0) return;
  for (int64_t i = 0; i < n; i++) {
    memcpy(w->rows + i * length, w->left + users[i] / codes->most * length, (size_t)length * sizeof(float));
    kernels->add_scaled(w->rows + i * length, atom, codes->weights[users[i]], length);
  }
  sum_squares(w, n);
  for (int64_t j = 0; j < length; j++) w->vector[j] = (double)atom[j];
  first_eigenvector(w);
  for (int64_t j = 0; j < length; j++) atom[j] = (float)w->vector[j];
  for (int64_t i = 0; i < n; i++) {
    float *left = w->left + users[i] / codes->most * length, *row = w->rows + i * length;
    float weight = codes->weights[users[i]] = kernels->dot(row, atom, length);
    memcpy(left, row, (size_t)length * sizeof(float));
    kernels->add_scaled(left, atom, -weight, length);
  }
}

static bool like_another(const LnDictionary *d, int64_t k) {
  for (int64_t other = 0; other < d->atoms; other++)
    if (other != k && fabsf(d->gram[k * d->atoms + other]) > alike) return true;
  return false;
}

/* Atoms that are of little use become the signals that are approximated worst. */
static void replace_atoms(const Work *w) {
  const LnDictionary *d = w->d;
  int64_t n = w->signals->n, length = d->length;
  for (int64_t i = 0; i < n; i++) {
    double left = square_sum(w->left + i * length, length);
    w->errors[i] = left > negligible * square_sum(w->signals->x + i * length, length) ? left : 0;
  }
  ln_dictionary_gram(d);
  for (int64_t k = 0; k < d->atoms && !ln_interrupted(); k++) {
    if (w->first[k + 1] - w->first[k] > FEW_USERS && !like_another(d, k)) continue;
    int64_t worst = 0;
    for (int64_t i = 1; i < n; i++)
      if (w->errors[i] > w->errors[worst]) worst = i;
    if (!(w->errors[worst] > 0)) return;
    w->errors[worst] = 0;
    float *atom = d->atom + k * length;
    memcpy(atom, w->signals->x + worst * length, (size_t)length * sizeof(float));
    normalise(atom, length);
    ln_dictionary_products(d->gram + k * d->atoms, d, atom, 1);
    for (int64_t other = 0; other < d->atoms; other++) d->gram[other * d->atoms + k] = d->gram[k * d->atoms + other];
  }
}

LnStatus ln_learn_ksvd(const LnDictionary *d, const LnSignals *signals, int64_t iterations, LnError *err) {
  Work w = {.d = d, .signals = signals};
  LnStatus status = make_work(&w, err);
  for (int64_t turn = 0; turn < iterations && status == LN_OK; turn++) {
    ln_dictionary_gram(d);
    status = ln_omp(&w.codes, d, signals->x, signals->bound, err);
    if (status != LN_OK) break;
    gather(&w);
    for (int64_t k = 0; k < d->atoms && !ln_interrupted(); k++) update_atom(&w, k);
    replace_atoms(&w);
  }
  ln_codes_free(&w.codes);
  ln_free(w.errors);
  return status;
}
