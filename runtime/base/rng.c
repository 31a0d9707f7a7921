/* Philox 4x32-10, uniform numbers and permutations: see rng.h. */
#include "base/rng.h"

/* Ten rounds on a counter in w[0..3]; w: multiplied halves trade places, keys are added in between. */
static inline void ten_rounds(uint32_t w[4], uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * w[0], p1 = (uint64_t)0xCD9E8D57u * w[2];
    w[0] = (uint32_t)(p1 >> 32) ^ w[1] ^ k0;
    w[1] = (uint32_t)p1;
    w[2] = (uint32_t)(p0 >> 32) ^ w[3] ^ k1;
    w[3] = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

void ln_philox4x32(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]) {
  uint32_t w[4] = {counter[0], counter[1], counter[2], counter[3]};
  ten_rounds(w, key[0], key[1]);
  for (int i = 0; i < 4; i++) out[i] = w[i];
}

static inline void block_at(uint32_t w[4], LnRng rng, uint64_t block) {
  w[0] = (uint32_t)block, w[1] = (uint32_t)(block >> 32);
  w[2] = (uint32_t)rng.stream, w[3] = (uint32_t)(rng.stream >> 32);
  ten_rounds(w, (uint32_t)rng.seed, (uint32_t)(rng.seed >> 32));
}

void ln_rng_block(uint32_t word[4], LnRng rng, uint64_t block) {
  block_at(word, rng, block);
}

void ln_rng_words(uint32_t word[4][LN_RNG_BATCH], LnRng rng, uint64_t block) {
  for (int i = 0; i < LN_RNG_BATCH; i++) {
    uint32_t w[4];
    block_at(w, rng, block + (uint64_t)i);
    word[0][i] = w[0], word[1][i] = w[1], word[2][i] = w[2], word[3][i] = w[3];
  }
}

LnRng ln_rng_derive(LnRng parent, uint64_t name) {
  uint32_t word[4];
  LnRng naming = {parent.seed ^ 0x6C756E6574ull, parent.stream};
  block_at(word, naming, name);
  return (LnRng){parent.seed ^ ((uint64_t)word[1] << 32 | word[0]), (uint64_t)word[3] << 32 | word[2]};
}

double ln_rng_uniform(LnRng rng, uint64_t index) {
  uint32_t word[4];
  block_at(word, rng, index / 4);
  return word[index % 4] * 0x1p-32;
}

int64_t ln_rng_below(LnRng rng, uint64_t index, int64_t limit) {
  uint32_t word[4];
  block_at(word, rng, index / 2);
  const uint32_t *half = word + index % 2 * 2;
  uint64_t bits = (uint64_t)half[1] << 32 | half[0];
  return (int64_t)(((unsigned __int128)bits * (uint64_t)limit) >> 64);
}

void ln_rng_fill_uniform(float *out, int64_t n, LnRng rng, uint64_t first) {
  enum { BATCH = 4 * LN_RNG_BATCH };
  for (int64_t done = 0; done < n;) {
    uint32_t word[4][LN_RNG_BATCH];
    uint64_t at = first + (uint64_t)done, skipped = at % BATCH;
    ln_rng_words(word, rng, at / BATCH * LN_RNG_BATCH);
    for (uint64_t i = skipped; i < BATCH && done < n; i++)
      out[done++] = (float)(int32_t)(word[i % 4][i / 4] >> 8) * 0x1p-24f;
  }
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
