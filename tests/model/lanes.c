/* Gradients of lanes: the sum has the same bits in whatever order the lanes end. */
#include "model/lanes.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "support/support.h"

enum { LANES = 4, SIZE = 40, TENSORS = 3 };

static const LnSlot slots[] = {{.tensor = 0, .offset = 0, .size = 10}, {.tensor = 2, .offset = 16, .size = 24}};

/* Powers of three: in float32 their sums depend on the order of adding. */
static void fill(LnLanes *l, int lane) {
  float *const *grads = ln_lanes_grads(l, lane);
  ck_assert_ptr_null(grads[1]);
  for (size_t k = 0; k < sizeof slots / sizeof *slots; k++)
    for (int64_t i = 0; i < slots[k].size; i++) {
      float *gradient = &grads[slots[k].tensor][i];
      ck_assert_msg(*gradient == 0.0f, "lane %d does not begin with zeros", lane);
      *gradient = powf(3.0f, (float)((lane * 7 + i) % 23)) / 7.0f;
    }
}

/* The lanes begin and end as the digits say: "0" begins lane 0, the second "0" ends it. */
static void run(LnLanes *l, const char *order, float sum[SIZE]) {
  bool begun[LANES] = {false};
  ln_lanes_start(l, LANES);
  for (; *order != '\0'; order++) {
    int lane = *order - '0';
    if (begun[lane]) {
      ln_lanes_end(l, lane);
    } else {
      ln_lanes_begin(l, lane);
      fill(l, lane);
    }
    begun[lane] = true;
  }
  ln_lanes_add_rest(l, 0, SIZE / 2);
  ln_lanes_add_rest(l, SIZE / 2, SIZE - SIZE / 2);
  memcpy(sum, ln_lanes_sum(l), SIZE * sizeof *sum);
}

START_TEST(any_order_gives_the_same_bits) {
  static const char *const orders[] = {"00112233", "01230123", "01233210", "01021323", "10213023", "01122330"};
  LnError err;
  LnLanes l = {0};
  float first[SIZE], sum[SIZE];
  CK_OK(ln_lanes_reserve(&l, LANES, slots, 2, SIZE, TENSORS, &err));
  run(&l, orders[0], first);
  for (int i = 0; i < 10; i++) {
    float expected = 0;
    for (int lane = 0; lane < LANES; lane++) expected += powf(3.0f, (float)((lane * 7 + i) % 23)) / 7.0f;
    ck_assert_msg(first[i] == expected, "number %d: %g, expected %g", i + 1, (double)first[i], (double)expected);
  }
  for (size_t k = 1; k < sizeof orders / sizeof *orders; k++) {
    run(&l, orders[k], sum);
    ck_assert_msg(memcmp(sum, first, sizeof sum) == 0, "other bits for the order %s", orders[k]);
  }
  ln_lanes_free(&l);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* One after the other, two lanes' memory is enough. */
START_TEST(memory_goes_to_the_next_lane) {
  LnError err;
  LnLanes l = {0};
  CK_OK(ln_lanes_reserve(&l, LANES, slots, 2, SIZE, TENSORS, &err));
  ln_lanes_start(&l, LANES);
  for (int lane = 0; lane < LANES; lane++) {
    ln_lanes_begin(&l, lane);
    ck_assert_int_eq(l.buffer[lane], lane > 0);
    ln_lanes_end(&l, lane);
  }
  ln_lanes_free(&l);
}
END_TEST

TESTS {
  tcase_add_test(tests, any_order_gives_the_same_bits);
  tcase_add_test(tests, memory_goes_to_the_next_lane);
}
