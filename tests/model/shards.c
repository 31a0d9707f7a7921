/* Gradients of shards: the sum has the same bits in whatever order the shards end. */
#include "model/shards.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "support/support.h"

enum { SHARDS = 4, SIZE = 40, TENSORS = 3 };

static const LnParameterRange ranges[] = {{.tensor = 0, .offset = 0, .size = 10},
                                          {.tensor = 2, .offset = 16, .size = 24}};

/* Powers of three: in float32 their sums depend on the order of adding. */
static void fill(LnShards *s, int shard) {
  float *const *grads = ln_shards_grads(s, shard);
  ck_assert_ptr_null(grads[1]);
  for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
    for (int64_t i = 0; i < ranges[k].size; i++) {
      float *gradient = &grads[ranges[k].tensor][i];
      ck_assert_msg(*gradient == 0.0f, "shard %d does not begin with zeros", shard);
      *gradient = powf(3.0f, (float)((shard * 7 + i) % 23)) / 7.0f;
    }
}

/* The shards begin and end as the digits say: "0" begins shard 0, the second "0" ends it. */
static void run(LnShards *s, const char *order, float sum[SIZE]) {
  bool begun[SHARDS] = {false};
  ln_shards_start(s, SHARDS);
  for (; *order != '\0'; order++) {
    int shard = *order - '0';
    if (begun[shard]) {
      ln_shards_end(s, shard);
    } else {
      ln_shards_begin(s, shard);
      fill(s, shard);
    }
    begun[shard] = true;
  }
  ln_shards_add_rest(s, 0, SIZE / 2);
  ln_shards_add_rest(s, SIZE / 2, SIZE - SIZE / 2);
  memcpy(sum, ln_shards_sum(s), SIZE * sizeof *sum);
}

START_TEST(any_order_gives_the_same_bits) {
  static const char *const orders[] = {"00112233", "01230123", "01233210", "01021323", "10213023", "01122330"};
  LnError err;
  LnShards s = {0};
  float first[SIZE], sum[SIZE];
  CK_OK(ln_shards_reserve(&s, SHARDS, ranges, 2, SIZE, TENSORS, &err));
  run(&s, orders[0], first);
  for (int i = 0; i < 10; i++) {
    float expected = 0;
    for (int shard = 0; shard < SHARDS; shard++) expected += powf(3.0f, (float)((shard * 7 + i) % 23)) / 7.0f;
    ck_assert_msg(first[i] == expected, "number %d: %g, expected %g", i + 1, (double)first[i], (double)expected);
  }
  for (size_t k = 1; k < sizeof orders / sizeof *orders; k++) {
    run(&s, orders[k], sum);
    ck_assert_msg(memcmp(sum, first, sizeof sum) == 0, "other bits for the order %s", orders[k]);
  }
  ln_shards_free(&s);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* One after the other, two shards' memory is enough. */
START_TEST(memory_goes_to_the_next_shard) {
  LnError err;
  LnShards s = {0};
  CK_OK(ln_shards_reserve(&s, SHARDS, ranges, 2, SIZE, TENSORS, &err));
  ln_shards_start(&s, SHARDS);
  for (int shard = 0; shard < SHARDS; shard++) {
    ln_shards_begin(&s, shard);
    ck_assert_int_eq(s.buffer[shard], shard > 0);
    ln_shards_end(&s, shard);
  }
  ln_shards_free(&s);
}
END_TEST

TESTS {
  tcase_add_test(tests, any_order_gives_the_same_bits);
  tcase_add_test(tests, memory_goes_to_the_next_shard);
}
