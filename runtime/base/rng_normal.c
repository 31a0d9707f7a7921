/* Normal numbers: Box and Muller's method in float32, written so that the compiler vectorises it.
 *
 * Two words give two independent numbers: with u, v uniform, sqrt(-2 ln u) cos(2 pi v) and the same with sin.
 * Logarithm, sine and cosine are short series in plain arithmetic, so that every CPU gives the same bits whether the
 * numbers are made one by one or many at once (the C library has variants by CPU). This file is compiled without
 * contraction to FMA. */
#include <math.h>
#include <string.h>

#include "base/rng.h"

static inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* ln x for x in (0, 1]: x = 2^k m with m in [0.70, 1.40); ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.18. */
static inline float log_unit(float x) {
  int32_t k = (int32_t)(bits_of(x) - 0x3F330000u) >> 23;
  float m = float_of(bits_of(x) - ((uint32_t)k << 23));
  float s = (m - 1.0f) / (m + 1.0f), z = s * s;
  float series = 2.0f + z * (2.0f / 3 + z * (2.0f / 5 + z * (2.0f / 7 + z * (2.0f / 9))));
  return (float)k * 0.693147181f + s * series;
}

/* cos and sin of 2 pi turn / 2^32: the nearest quarter turn, and the Taylor series of the rest x, |x| <= pi / 4. */
static inline void cos_sin(float *c, float *s, uint32_t turn) {
  uint32_t quarter = (turn + 0x20000000u) >> 30;
  float x = (float)(int32_t)(turn - (quarter << 30)) * 1.46291808e-9f; /* 2 pi / 2^32 */
  float z = x * x;
  float high = 1.0f / 24 + z * (-1.0f / 720 + z * (1.0f / 40320 - z * (1.0f / 3628800)));
  float cosine = 1.0f + z * (-1.0f / 2 + z * high);
  float sine = x + x * z * (-1.0f / 6 + z * (1.0f / 120 + z * (-1.0f / 5040 + z * (1.0f / 362880))));
  uint32_t swap = 0u - (quarter & 1);
  uint32_t exchanged = (bits_of(cosine) ^ bits_of(sine)) & swap;
  *c = float_of(bits_of(cosine) ^ exchanged ^ ((quarter + 1) & 2) << 30);
  *s = float_of(bits_of(sine) ^ exchanged ^ (quarter & 2) << 30);
}

/* u = (a + 1/2) / 2^31 with a's highest 31 bits keeps the logarithm finite: |number| <= sqrt(-2 ln 2^-32) = 6.66. */
static inline void box_muller(float *first, float *second, uint32_t a, uint32_t b) {
  float u = ((float)(int32_t)(a >> 1) + 0.5f) * 0x1p-31f, c, s;
  float radius = sqrtf(-2.0f * log_unit(u));
  cos_sin(&c, &s, b);
  *first = radius * c;
  *second = radius * s;
}

double ln_rng_normal(LnRng rng, uint64_t index) {
  uint32_t word[4];
  float pair[2];
  ln_rng_block(word, rng, index / 4);
  box_muller(&pair[0], &pair[1], word[index & 2], word[(index & 2) + 1]);
  return (double)pair[index & 1];
}

enum { BATCH = 4 * LN_RNG_BATCH };

static void normal_batch(float out[BATCH], LnRng rng, uint64_t block) {
  uint32_t word[4][LN_RNG_BATCH];
  float number[4][LN_RNG_BATCH];
  ln_rng_words(word, rng, block);
  for (int i = 0; i < LN_RNG_BATCH; i++) box_muller(&number[0][i], &number[1][i], word[0][i], word[1][i]);
  for (int i = 0; i < LN_RNG_BATCH; i++) box_muller(&number[2][i], &number[3][i], word[2][i], word[3][i]);
  for (int i = 0; i < LN_RNG_BATCH; i++)
    for (int k = 0; k < 4; k++) out[4 * i + k] = number[k][i];
}

void ln_rng_fill_normal(float *out, int64_t n, LnRng rng, uint64_t first) {
  for (int64_t done = 0; done < n;) {
    float batch[BATCH];
    uint64_t at = first + (uint64_t)done, skipped = at % BATCH;
    int64_t count = BATCH - (int64_t)skipped;
    if (count > n - done) count = n - done;
    normal_batch(batch, rng, at / BATCH * LN_RNG_BATCH);
    memcpy(out + done, batch + skipped, (size_t)count * sizeof(float));
    done += count;
  }
}
