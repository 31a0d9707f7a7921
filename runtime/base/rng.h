/* Counter-based random numbers: Philox 4x32-10.
 *
 * A number depends on seed, stream and index alone, so it does not matter who draws it or when: the same seed gives the
 * same bits for any number of threads.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. */
#ifndef LUNET_BASE_RNG_H
#define LUNET_BASE_RNG_H

#include <stdint.h>

typedef struct LnRng {
  uint64_t seed;   /* the key: what the user gives */
  uint64_t stream; /* one per purpose and item, e.g. the index of an image */
} LnRng;

/* One block of four 32-bit words, ten rounds. */
void ln_philox4x32(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/* One block of a generator, and LN_RNG_BATCH blocks from there on, word by word, for loops that vectorise. */
#define LN_RNG_BATCH 16
void ln_rng_block(uint32_t word[4], LnRng rng, uint64_t block);
void ln_rng_words(uint32_t word[4][LN_RNG_BATCH], LnRng rng, uint64_t block);

/* A generator whose numbers are unrelated to its parent's, named by a number. */
LnRng ln_rng_derive(LnRng parent, uint64_t name);

/* The index-th number of the generator. Each kind of number reads the same words: use one generator for one purpose. */
double ln_rng_uniform(LnRng rng, uint64_t index);                 /* [0, 1), 32 bits of resolution */
double ln_rng_normal(LnRng rng, uint64_t index);                  /* N(0, 1) in float32, |x| < 6.7, Box-Muller */
int64_t ln_rng_poisson(LnRng rng, uint64_t index, double lambda); /* lambda: 0 to 1e6; index below 2^48 */
int64_t ln_rng_below(LnRng rng, uint64_t index, int64_t limit);   /* 0 .. limit-1 */

/* out[i] = the (first + i)-th number, the same one as above; uniform numbers are cut to 24 bits to stay below 1. */
void ln_rng_fill_uniform(float *out, int64_t n, LnRng rng, uint64_t first);
void ln_rng_fill_normal(float *out, int64_t n, LnRng rng, uint64_t first);
void ln_rng_fill_poisson(float *out, int64_t n, LnRng rng, uint64_t first, double lambda);
/* The same with a lambda for each number: what is below 0 counts as 0, NaN stays NaN, and above 1e6 a normal number of
 * that mean and variance stands for the count. */
void ln_rng_fill_poisson_of(float *out, int64_t n, LnRng rng, uint64_t first, const float *lambda);

/* out = a permutation of 0 .. n-1 (Fisher-Yates). */
void ln_rng_permutation(int64_t *out, int64_t n, LnRng rng);

#endif
