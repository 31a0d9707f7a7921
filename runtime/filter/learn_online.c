/* Online dictionary learning: see learn.h. With codes a of signals x so far, of weights that fall with age,
 *
 *   A = sum of a a^T, B = sum of x a^T; atom k becomes d_k + (b_k - D a_k) / A_kk, brought to unit length.
 *
 * The codes are orthogonal matching pursuit's; the paper's are those of an L1 penalty. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/learn.h"
#include "kernels/kernels.h"

enum { BATCH = 256 };

typedef struct Work {
  const LnDictionary *d;
  const LnSignals *signals;
  LnRng rng;
  LnCodes codes;     /* of a batch */
  float *batch;
  float *a, *b;      /* atoms x atoms, atoms x length */
  float *change;     /* of an atom */
  int64_t *order;    /* in which signals are drawn */
  const float **atom; /* where each begins */
} Work;

static LnStatus make_work(Work *w, LnError *err) {
  const LnDictionary *d = w->d;
  LN_TRY(ln_codes_new(&w->codes, BATCH, w->signals->most, err));
  size_t sums = (size_t)(d->atoms * (d->atoms + d->length)), floats = sums + (size_t)((BATCH + 1) * d->length);
  size_t bytes = floats * sizeof(float) + (size_t)w->signals->n * sizeof(int64_t) + (size_t)d->atoms * sizeof(float *);
  w->order = ln_alloc(bytes);
  if (w->order == NULL) return ln_fail_memory(err, "ksvd", bytes);
  w->atom = (const float **)(void *)(w->order + w->signals->n);
  for (int64_t k = 0; k < d->atoms; k++) w->atom[k] = d->atom + k * d->length;
  w->a = (float *)(void *)(w->atom + d->atoms), w->b = w->a + d->atoms * d->atoms;
  w->batch = w->b + d->atoms * d->length, w->change = w->batch + BATCH * d->length;
  memset(w->a, 0, sums * sizeof(float));
  return LN_OK;
}

/* What was added before counts less: in the early steps much less (eq. 11 and 3.4.3 of the paper). */
static void forget(const Work *w, int64_t step) {
  const LnDictionary *d = w->d;
  double eta = BATCH, t = (double)step, theta = t < eta ? t * eta : eta * eta + t - eta;
  float keep = (float)fmax(0, (theta + 1 - eta) / (theta + 1));
  for (int64_t i = 0; i < d->atoms * (d->atoms + d->length); i++) w->a[i] *= keep; /* b lies behind a */
}

static void add_codes(const Work *w) {
  const LnDictionary *d = w->d;
  const LnCodes *codes = &w->codes;
  for (int64_t i = 0; i < codes->signals; i++) {
    const int32_t *places = codes->places + i * codes->most;
    const float *weights = codes->weights + i * codes->most, *x = w->batch + i * d->length;
    for (int64_t k = 0; k < codes->count[i]; k++) {
      float *a = w->a + places[k] * d->atoms, *b = w->b + places[k] * d->length;
      for (int64_t j = 0; j < codes->count[i]; j++) a[places[j]] += weights[k] * weights[j];
      for (int64_t j = 0; j < d->length; j++) b[j] += weights[k] * x[j];
    }
  }
}

/* One turn of coordinate descent over the atoms. Those that were never used become signals of the batch. */
static void update_atoms(const Work *w) {
  const LnDictionary *d = w->d;
  int64_t length = d->length, unused = 0;
  for (int64_t k = 0; k < d->atoms && !ln_interrupted(); k++) {
    float *atom = d->atom + k * length, own = w->a[k * d->atoms + k];
    double square = 0;
    if (own > 0) {
      ln_kernels()->sum_rows(w->change, w->atom, w->a + k * d->atoms, (int)d->atoms, length);
      for (int64_t j = 0; j < length; j++) w->change[j] = atom[j] + (w->b[k * length + j] - w->change[j]) / own;
    } else {
      memcpy(w->change, w->batch + unused++ % w->codes.signals * length, (size_t)length * sizeof(float));
    }
    for (int64_t j = 0; j < length; j++) square += (double)w->change[j] * (double)w->change[j];
    if (square > 0 && isfinite(square))
      for (int64_t j = 0; j < length; j++) atom[j] = (float)((double)w->change[j] / sqrt(square));
  }
}

LnStatus ln_learn_online(const LnDictionary *d, const LnSignals *signals, int64_t passes, LnRng rng, LnError *err) {
  Work w = {.d = d, .signals = signals, .rng = rng};
  LnStatus status = make_work(&w, err);
  for (int64_t turn = 0, step = 0; turn < passes && status == LN_OK; turn++) {
    ln_rng_permutation(w.order, signals->n, ln_rng_derive(rng, (uint64_t)turn));
    for (int64_t at = 0; at < signals->n && status == LN_OK; at += BATCH) {
      w.codes.signals = signals->n - at < BATCH ? signals->n - at : BATCH;
      for (int64_t i = 0; i < w.codes.signals; i++)
        memcpy(w.batch + i * d->length, signals->x + w.order[at + i] * d->length, (size_t)d->length * sizeof(float));
      ln_dictionary_gram(d);
      status = ln_omp(&w.codes, d, w.batch, signals->bound, err);
      if (status != LN_OK) break;
      forget(&w, ++step);
      add_codes(&w);
      update_atoms(&w);
    }
  }
  ln_codes_free(&w.codes);
  ln_free(w.order);
  return status;
}
