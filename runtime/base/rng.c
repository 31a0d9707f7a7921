/* Philox 4x32-10 and the distributions drawn from it: see rng.h. */
#include "base/rng.h"

#include <math.h>

static void mul_hi_lo(uint32_t *hi, uint32_t *lo, uint32_t a, uint32_t b) {
  uint64_t product = (uint64_t)a * b;
  *hi = (uint32_t)(product >> 32);
  *lo = (uint32_t)product;
}

void ln_philox4x32(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint32_t hi0, lo0, hi1, lo1;
    mul_hi_lo(&hi0, &lo0, 0xD2511F53u, c0);
    mul_hi_lo(&hi1, &lo1, 0xCD9E8D57u, c2);
    c0 = hi1 ^ c1 ^ k0;
    c1 = lo1;
    c2 = hi0 ^ c3 ^ k1;
    c3 = lo0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

static void block_at(uint32_t out[4], LnRng rng, uint64_t block) {
  uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)rng.stream, (uint32_t)(rng.stream >> 32)};
  uint32_t key[2] = {(uint32_t)rng.seed, (uint32_t)(rng.seed >> 32)};
  ln_philox4x32(out, counter, key);
}

LnRng ln_rng_derive(LnRng parent, uint64_t name) {
  uint32_t word[4];
  LnRng naming = {parent.seed ^ 0x6C756E6574ull, parent.stream};
  block_at(word, naming, name);
  return (LnRng){parent.seed ^ ((uint64_t)word[1] << 32 | word[0]), (uint64_t)word[3] << 32 | word[2]};
}

static double unit(uint32_t word) {
  return word * 0x1p-32;
}

/* Two independent N(0, 1) numbers from two words; 1 - u keeps the logarithm away from zero. */
static void box_muller(double pair[2], uint32_t a, uint32_t b) {
  double radius = sqrt(-2.0 * log(1.0 - unit(a)));
  double angle = 6.283185307179586477 * unit(b);
  pair[0] = radius * cos(angle);
  pair[1] = radius * sin(angle);
}

double ln_rng_uniform(LnRng rng, uint64_t index) {
  uint32_t word[4];
  block_at(word, rng, index / 4);
  return unit(word[index % 4]);
}

double ln_rng_normal(LnRng rng, uint64_t index) {
  uint32_t word[4];
  double pair[2];
  block_at(word, rng, index / 4);
  box_muller(pair, word[index % 4 & 2], word[(index % 4 & 2) + 1]);
  return pair[index % 2];
}

int64_t ln_rng_below(LnRng rng, uint64_t index, int64_t limit) {
  uint32_t word[4];
  block_at(word, rng, index / 2);
  const uint32_t *half = word + index % 2 * 2;
  uint64_t bits = (uint64_t)half[1] << 32 | half[0];
  return (int64_t)(((unsigned __int128)bits * (uint64_t)limit) >> 64);
}

/* Knuth's product of uniforms while the product fits in a double; the sum of independent Poisson numbers is Poisson with
 * the sum of the rates, so a larger rate is drawn in pieces of 500. */
int64_t ln_rng_poisson(LnRng rng, uint64_t index, double lambda) {
  LnRng own = ln_rng_derive(rng, index);
  uint64_t drawn = 0;
  int64_t total = 0;
  while (lambda > 0) {
    double piece = lambda < 500 ? lambda : 500;
    double limit = exp(-piece), product = 1.0;
    for (;;) {
      product *= 1.0 - ln_rng_uniform(own, drawn++);
      if (product <= limit) break;
      total++;
    }
    lambda -= piece;
  }
  return total;
}

void ln_rng_fill_uniform(float *out, int64_t n, LnRng rng, uint64_t first) {
  for (int64_t i = 0; i < n; i++) {
    float u = (float)ln_rng_uniform(rng, first + (uint64_t)i);
    out[i] = u < 1.0f ? u : 0x1.fffffep-1f;
  }
}

void ln_rng_fill_normal(float *out, int64_t n, LnRng rng, uint64_t first) {
  int64_t i = 0;
  for (; i < n && (first + (uint64_t)i) % 4 != 0; i++) out[i] = (float)ln_rng_normal(rng, first + (uint64_t)i);
  for (; i + 4 <= n; i += 4) {
    uint32_t word[4];
    double pair[2];
    block_at(word, rng, (first + (uint64_t)i) / 4);
    box_muller(pair, word[0], word[1]);
    out[i] = (float)pair[0], out[i + 1] = (float)pair[1];
    box_muller(pair, word[2], word[3]);
    out[i + 2] = (float)pair[0], out[i + 3] = (float)pair[1];
  }
  for (; i < n; i++) out[i] = (float)ln_rng_normal(rng, first + (uint64_t)i);
}

void ln_rng_permutation(int64_t *out, int64_t n, LnRng rng) {
  for (int64_t i = 0; i < n; i++) out[i] = i;
  for (int64_t i = n - 1; i > 0; i--) {
    int64_t j = ln_rng_below(rng, (uint64_t)i, i + 1);
    int64_t kept = out[i];
    out[i] = out[j];
    out[j] = kept;
  }
}
