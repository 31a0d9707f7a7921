/* Placing blocks: those alive together never overlap, those that are not share memory. */
#include "model/arena.h"

#include "base/rng.h"
#include "support/support.h"

START_TEST(one_after_the_other_share) {
  LnBlock blocks[] = {
      {.size = 100, .from = 0, .to = 1}, {.size = 50, .from = 2, .to = 3}, {.size = 112, .from = 4, .to = 9}};
  ck_assert_int_eq(ln_arena_place(blocks, 3), 112);
}
END_TEST

START_TEST(alive_together_do_not_overlap) {
  enum { N = 40 };
  LnRng rng = {7, (uint64_t)_i};
  LnBlock blocks[N];
  for (int i = 0; i < N; i++) {
    int from = (int)ln_rng_below(rng, 3 * (uint64_t)i, 30);
    blocks[i] = (LnBlock){.size = ln_rng_below(rng, 3 * (uint64_t)i + 1, 1000),
                          .from = from,
                          .to = from + (int)ln_rng_below(rng, 3 * (uint64_t)i + 2, 10)};
  }
  int64_t total = ln_arena_place(blocks, N);
  for (int i = 0; i < N; i++) {
    ck_assert(blocks[i].offset >= 0 && blocks[i].offset % 16 == 0 && blocks[i].offset + blocks[i].size <= total);
    for (int j = 0; j < i; j++) {
      bool together = blocks[i].from <= blocks[j].to && blocks[j].from <= blocks[i].to;
      bool overlap = blocks[i].offset < blocks[j].offset + blocks[j].size &&
                     blocks[j].offset < blocks[i].offset + blocks[i].size;
      ck_assert_msg(!(together && overlap), "blocks %d and %d overlap", i, j);
    }
  }
}
END_TEST

TESTS {
  tcase_add_test(tests, one_after_the_other_share);
  tcase_add_loop_test(tests, alive_together_do_not_overlap, 0, 20);
}
