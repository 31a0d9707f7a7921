/* Poisson numbers: inversion for small rates, Hormann's transformed rejection (PTRS) for the others.
 *
 * The index-th number reads block `index` of the generator, and after a rejection block index + 2^48, then
 * index + 2 * 2^48, and so on.
 * Source: W. Hormann, "The transformed rejection method for generating Poisson random variables", Insurance:
 * Mathematics and Economics 12 (1993). */
#include <assert.h>
#include <math.h>

#include "base/rng.h"

#define SMALL_RATE 30.0 /* below: inversion, which takes lambda steps and is faster up to here */

/* [0, 1) from 53 of 64 bits. */
static double unit(uint32_t high, uint32_t low) {
  return (double)(((uint64_t)high << 32 | low) >> 11) * 0x1p-53;
}

/* Cumulative probabilities of 0, 1, 2, ... up to the last that still counts in double: about 90 for SMALL_RATE. */
typedef struct Table {
  double lambda;
  int n; /* 0 for rates that are not small */
  double cumulative[128];
} Table;

static void make_table(Table *table, double lambda) {
  assert(lambda >= 0 && lambda <= 1e6);
  table->lambda = lambda;
  table->n = 0;
  if (lambda >= SMALL_RATE) return;
  double probability = exp(-lambda), sum = 0;
  while (sum + probability > sum && table->n < 128) {
    table->cumulative[table->n++] = sum += probability;
    probability *= lambda / table->n;
  }
}

static int64_t invert(double u, const Table *table) {
  int64_t k = 0;
  while (k < table->n && u >= table->cumulative[k]) k++;
  return k;
}

/* One trial of PTRS; negative when it is rejected. */
static double try_rejection(double u, double v, double lambda) {
  double b = 0.931 + 2.53 * sqrt(lambda), a = -0.059 + 0.02483 * b;
  double centred = u - 0.5, us = 0.5 - fabs(centred);
  if (us <= 0) return -1;
  double k = floor((2 * a / us + b) * centred + lambda + 0.43);
  if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
  if (k < 0 || (us < 0.013 && v > us)) return -1;
  int sign;
  double left = log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (us * us) + b));
  return left <= k * log(lambda) - lambda - lgamma_r(k + 1, &sign) ? k : -1;
}

/* word: the number's first block. */
static int64_t draw(const uint32_t word[4], LnRng rng, uint64_t index, const Table *table) {
  if (table->n > 0) return invert(unit(word[0], word[1]), table);
  double k = try_rejection(unit(word[0], word[1]), unit(word[2], word[3]), table->lambda);
  for (uint64_t trial = 1; k < 0; trial++) {
    uint32_t next[4];
    ln_rng_block(next, rng, index + (trial << 48));
    k = try_rejection(unit(next[0], next[1]), unit(next[2], next[3]), table->lambda);
  }
  return (int64_t)k;
}

int64_t ln_rng_poisson(LnRng rng, uint64_t index, double lambda) {
  Table table;
  uint32_t word[4];
  make_table(&table, lambda);
  ln_rng_block(word, rng, index);
  return draw(word, rng, index, &table);
}

void ln_rng_fill_poisson(float *out, int64_t n, LnRng rng, uint64_t first, double lambda) {
  Table table;
  make_table(&table, lambda);
  for (int64_t start = 0; start < n; start += LN_RNG_BATCH) {
    uint32_t words[4][LN_RNG_BATCH];
    ln_rng_words(words, rng, first + (uint64_t)start);
    for (int64_t i = 0; i < LN_RNG_BATCH && start + i < n; i++) {
      uint32_t word[4] = {words[0][i], words[1][i], words[2][i], words[3][i]};
      out[start + i] = (float)draw(word, rng, first + (uint64_t)(start + i), &table);
    }
  }
}

/* As invert() with the table of that rate, which is not made for one number. */
static int64_t invert_once(double u, double lambda) {
  double probability = exp(-lambda), sum = 0;
  int64_t k = 0;
  while (sum + probability > sum && k < 128) {
    sum += probability;
    if (u < sum) return k;
    probability *= lambda / (double)++k;
  }
  return k;
}

static float draw_of(const uint32_t word[4], LnRng rng, uint64_t index, float lambda) {
  if (!(lambda > 0)) return lambda <= 0 ? 0 : lambda; /* NaN */
  if (lambda > 1e6f) return isinf(lambda) ? lambda : lambda + sqrtf(lambda) * (float)ln_rng_normal(rng, index);
  if (lambda < (float)SMALL_RATE) return (float)invert_once(unit(word[0], word[1]), (double)lambda);
  const Table table = {.lambda = (double)lambda};
  return (float)draw(word, rng, index, &table);
}

void ln_rng_fill_poisson_of(float *out, int64_t n, LnRng rng, uint64_t first, const float *lambda) {
  for (int64_t start = 0; start < n; start += LN_RNG_BATCH) {
    uint32_t words[4][LN_RNG_BATCH];
    ln_rng_words(words, rng, first + (uint64_t)start);
    for (int64_t i = 0; i < LN_RNG_BATCH && start + i < n; i++) {
      uint32_t word[4] = {words[0][i], words[1][i], words[2][i], words[3][i]};
      out[start + i] = draw_of(word, rng, first + (uint64_t)(start + i), lambda[start + i]);
    }
  }
}
