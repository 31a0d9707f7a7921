/* The generator itself: published vectors, and the same numbers however they are asked for. */
#include "base/rng.h"

#include "support/support.h"

/* The lines "philox4x32 10" of tests/kat_vectors in Random123 1.14.0, https://github.com/DEShawResearch/random123. */
START_TEST(philox_gives_the_published_answers) {
  static const struct {
    uint32_t counter[4], key[2], out[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint32_t out[4];
    ln_philox4x32(out, known[i].counter, known[i].key);
    ck_assert_mem_eq(out, known[i].out, sizeof out);
  }
}
END_TEST

START_TEST(blocks_are_counted_in_64_bits) {
  LnRng rng = {0x123456789abcdef0, 0xfedcba9876543210};
  uint64_t block = 0xffffffff - 5; /* the batch crosses 2^32 */
  uint32_t words[4][LN_RNG_BATCH];
  ln_rng_words(words, rng, block);
  for (uint64_t i = 0; i < LN_RNG_BATCH; i++) {
    uint32_t one[4], want[4], key[2] = {0x9abcdef0, 0x12345678};
    uint32_t counter[4] = {(uint32_t)(block + i), (uint32_t)((block + i) >> 32), 0x76543210, 0xfedcba98};
    ln_rng_block(one, rng, block + i);
    ln_philox4x32(want, counter, key);
    ck_assert_mem_eq(one, want, sizeof one);
    for (int k = 0; k < 4; k++) ck_assert_uint_eq(words[k][i], one[k]);
  }
}
END_TEST

/* Every start and length around the size of a batch. */
START_TEST(filling_gives_the_single_numbers) {
  enum { MOST = 150 };
  LnRng rng = {42, 7};
  float out[MOST];
  for (uint64_t first = 0; first < 70; first += 3)
    for (int64_t n = 0; n < MOST; n += 7) {
      ln_rng_fill_normal(out, n, rng, first);
      for (int64_t i = 0; i < n; i++) ck_assert(out[i] == (float)ln_rng_normal(rng, first + (uint64_t)i));
      ln_rng_fill_uniform(out, n, rng, first);
      for (int64_t i = 0; i < n; i++) {
        double rest = ln_rng_uniform(rng, first + (uint64_t)i) - (double)out[i];
        ck_assert(rest >= 0 && rest < 0x1p-24);
      }
      for (double lambda = 0.7; lambda < 1000; lambda *= 8) {
        ln_rng_fill_poisson(out, n, rng, first, lambda);
        for (int64_t i = 0; i < n; i++) ck_assert(out[i] == (float)ln_rng_poisson(rng, first + (uint64_t)i, lambda));
      }
      float rates[MOST];
      for (int64_t i = 0; i < n; i++) rates[i] = 0.7f * powf(1.07f, (float)i);
      ln_rng_fill_poisson_of(out, n, rng, first, rates);
      for (int64_t i = 0; i < n; i++)
        ck_assert(out[i] == (float)ln_rng_poisson(rng, first + (uint64_t)i, (double)rates[i]));
    }
}
END_TEST

START_TEST(rates_that_are_none) {
  const float rates[6] = {0, -3, NAN, INFINITY, 4e6f, 9e18f};
  float out[6];
  ln_rng_fill_poisson_of(out, 6, (LnRng){42, 7}, 0, rates);
  ck_assert(out[0] == 0 && out[1] == 0 && isnan(out[2]) && isinf(out[3]));
  ck_assert_float_eq_tol(out[4], 4e6f, 6 * 2e3f);
  ck_assert_float_eq_tol(out[5], 9e18f, 6 * 3e9f);
}
END_TEST

/* Bits must not change with the compiler, the processor or the version: results of old seeds would. */
START_TEST(numbers_stay_what_they_were) {
  static const float normal[8] = {0x1.8587c8p-2f, -0x1.2f637cp-2f, -0x1.fe6e1ap-3f, -0x1.00fb7ap+0f,
                                  0x1.40ff5p-1f, -0x1.449988p-1f, -0x1.5b4668p-1f, -0x1.03594p+0f};
  static const int poisson[8] = {5, 4, 2, 4, 44, 42, 49, 50};
  LnRng rng = {1, 0};
  for (uint64_t i = 0; i < 8; i++) {
    ck_assert_msg(ln_rng_normal(rng, i) == (double)normal[i], "%a", ln_rng_normal(rng, i));
    ck_assert_int_eq(ln_rng_poisson(rng, i, i < 4 ? 3.0 : 50.0), poisson[i]);
  }
}
END_TEST

START_TEST(below_stays_below) {
  LnRng rng = {3, 1};
  int count[7] = {0};
  for (uint64_t i = 0; i < 70000; i++) {
    int64_t k = ln_rng_below(rng, i, 7);
    ck_assert(k >= 0 && k < 7);
    count[k]++;
  }
  for (int k = 0; k < 7; k++) ck_assert_int_lt(abs(count[k] - 10000), 500);
  ck_assert_int_eq(ln_rng_below(rng, 0, 1), 0);
  int64_t large = ln_rng_below(rng, 0, INT64_MAX);
  ck_assert(large >= 0 && large < INT64_MAX);
}
END_TEST

START_TEST(permutations_hold_every_index_once) {
  enum { N = 1000 };
  int64_t order[N], again[N], other[N];
  bool seen[N] = {false};
  ln_rng_permutation(order, N, (LnRng){5, 0});
  ln_rng_permutation(again, N, (LnRng){5, 0});
  ln_rng_permutation(other, N, (LnRng){6, 0});
  for (int i = 0; i < N; i++) {
    ck_assert(order[i] >= 0 && order[i] < N && !seen[order[i]]);
    seen[order[i]] = true;
  }
  ck_assert_mem_eq(order, again, sizeof order);
  ck_assert_mem_ne(order, other, sizeof order);
  ln_rng_permutation(order, 0, (LnRng){5, 0});
}
END_TEST

START_TEST(all_permutations_are_as_likely) {
  int count[64] = {0}; /* by first * 16 + second * 4 + third */
  for (uint64_t seed = 0; seed < 24000; seed++) {
    int64_t order[4];
    ln_rng_permutation(order, 4, (LnRng){seed, 0});
    count[order[0] * 16 + order[1] * 4 + order[2]]++;
  }
  for (int i = 0; i < 64; i++) ck_assert(count[i] == 0 || abs(count[i] - 1000) < 150);
}
END_TEST

TESTS {
  tcase_add_test(tests, rates_that_are_none);
  tcase_add_test(tests, philox_gives_the_published_answers);
  tcase_add_test(tests, blocks_are_counted_in_64_bits);
  tcase_add_test(tests, filling_gives_the_single_numbers);
  tcase_add_test(tests, numbers_stay_what_they_were);
  tcase_add_test(tests, below_stays_below);
  tcase_add_test(tests, permutations_hold_every_index_once);
  tcase_add_test(tests, all_permutations_are_as_likely);
}
