/* Poisson numbers: inversion for small rates, Hormann's transformed rejection (PTRS) for the others.
 *
 * The index-th number reads block `index` of the generator, and after a rejection block index + 2^48, index + 2 * 2^48 ...
 * Source: W. Hormann, "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics
 * and Economics 12 (1993). */
#include <math.h>

#include "base/rng.h"

#define SMALL_RATE 10.0 /* below: inversion, which takes lambda steps */

/* [0, 1) from 53 of 64 bits. */
static double unit(uint32_t high, uint32_t low) {
  return (double)(((uint64_t)high << 32 | low) >> 11) * 0x1p-53;
}

/* The smallest k whose cumulative probability exceeds u; none: exp(-lambda). */
static int64_t invert(double u, double lambda, double none) {
  double probability = none, cumulative = none;
  int64_t k = 0;
  while (u >= cumulative && probability > 0) {
    probability *= lambda / (double)++k;
    cumulative += probability;
  }
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
static int64_t draw(const uint32_t word[4], LnRng rng, uint64_t index, double lambda, double none) {
  if (!(lambda > 0)) return 0;
  if (lambda < SMALL_RATE) return invert(unit(word[0], word[1]), lambda, none);
  double k = try_rejection(unit(word[0], word[1]), unit(word[2], word[3]), lambda);
  for (uint64_t trial = 1; k < 0; trial++) {
    uint32_t next[4];
    ln_rng_block(next, rng, index + (trial << 48));
    k = try_rejection(unit(next[0], next[1]), unit(next[2], next[3]), lambda);
  }
  return (int64_t)k;
}

int64_t ln_rng_poisson(LnRng rng, uint64_t index, double lambda) {
  uint32_t word[4];
  ln_rng_block(word, rng, index);
  return draw(word, rng, index, lambda, exp(-lambda));
}

void ln_rng_fill_poisson(float *out, int64_t n, LnRng rng, uint64_t first, double lambda) {
  const double none = exp(-lambda);
  for (int64_t start = 0; start < n; start += LN_RNG_BATCH) {
    uint32_t words[4][LN_RNG_BATCH];
    ln_rng_words(words, rng, first + (uint64_t)start);
    for (int64_t i = 0; i < LN_RNG_BATCH && start + i < n; i++) {
      uint32_t word[4] = {words[0][i], words[1][i], words[2][i], words[3][i]};
      out[start + i] = (float)draw(word, rng, first + (uint64_t)(start + i), lambda, none);
    }
  }
}
