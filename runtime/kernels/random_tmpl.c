/* Random masks, for dropout, compiled once per instruction set: the numbers of base/rng.h (Philox 4x32-10), many blocks
 * at a time. Each word of a block lies in the lower half of a lane of 64 bits, where the wide multiplication wants it;
 * what is in the upper half does not matter. */

enum {
  RANDOM_LANES = LN_VL / 2,      /* blocks in a vector */
  RANDOM_VECTORS = 2,            /* at a time: multiplications take long */
  RANDOM_BLOCKS = 32,            /* in a group */
  RANDOM_NUMBERS = 8 * RANDOM_BLOCKS,
};

/* Ten rounds on RANDOM_VECTORS vectors of counters, as ten_rounds in base/rng.c. */
LN_INLINE void random_rounds(vq w[4][RANDOM_VECTORS], uint64_t seed) {
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
    for (int v = 0; v < RANDOM_VECTORS; v++) {
      vq p0 = vmul_lower(w[0][v], (vq){} + 0xD2511F53u), p1 = vmul_lower(w[2][v], (vq){} + 0xCD9E8D57u);
      w[0][v] = (p1 >> 32) ^ w[1][v] ^ k0;
      w[1][v] = p1;
      w[2][v] = (p0 >> 32) ^ w[3][v] ^ k1;
      w[3][v] = p0;
    }
}

/* Two words of every block of a vector, the first below: to every second place. */
LN_INLINE void store_words(uint64_t *out, vq low, vq high) {
  vq pairs = (low & 0xFFFFFFFFu) | high << 32;
  for (int b = 0; b < RANDOM_LANES; b++) out[2 * b] = pairs[b];
}

/* The blocks of one group, word by word. */
LN_INLINE void random_group(uint64_t out[2 * RANDOM_BLOCKS], LnRng rng, uint64_t block) {
  for (int b = 0; b < RANDOM_BLOCKS; b += RANDOM_VECTORS * RANDOM_LANES, out += 2 * RANDOM_VECTORS * RANDOM_LANES) {
    vq w[4][RANDOM_VECTORS];
    for (int v = 0; v < RANDOM_VECTORS; v++) {
      vq counter = (vq){} + (block + (uint64_t)(b + v * RANDOM_LANES));
      for (int i = 0; i < RANDOM_LANES; i++) counter[i] += (uint64_t)i;
      w[0][v] = counter;
      w[1][v] = counter >> 32;
      w[2][v] = (vq){} + rng.stream;
      w[3][v] = (vq){} + (rng.stream >> 32);
    }
    random_rounds(w, rng.seed);
    for (int v = 0; v < RANDOM_VECTORS; v++) {
      store_words(out + 2 * v * RANDOM_LANES, w[0][v], w[1][v]);
      store_words(out + 2 * v * RANDOM_LANES + 1, w[2][v], w[3][v]);
    }
  }
}

static void random_mask(uint8_t *mask, int64_t n, LnRng rng, int threshold) {
  uint64_t words[2 * RANDOM_BLOCKS];
  uint16_t number[RANDOM_NUMBERS], least = (uint16_t)threshold;
  for (uint64_t block = 0; n > 0; block += RANDOM_BLOCKS, mask += RANDOM_NUMBERS, n -= RANDOM_NUMBERS) {
    random_group(words, rng, block);
    memcpy(number, words, sizeof number);
    if (n >= RANDOM_NUMBERS)
      for (int i = 0; i < RANDOM_NUMBERS; i++) mask[i] = number[i] >= least;
    else
      for (int i = 0; i < n; i++) mask[i] = number[i] >= least;
  }
}

static void apply_mask(float *y, const float *x, const uint8_t *mask, int64_t n, float factor) {
  int64_t i = 0;
  for (; i + LN_VL <= n; i += LN_VL)
    vstore(y + i, vselect(vload_bytes(mask + i) != 0, vload(x + i) * factor, vset(0.0f)));
  for (; i < n; i++) y[i] = x[i] * (mask[i] ? factor : 0.0f);
}
