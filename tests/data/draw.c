/* Numbers for the images of a batch: distributions, and that they depend on the image's number alone. */
#include "data/draw.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "support/support.h"

enum { N = 40, M = 2500 };

static LnError err;
static const LnRng rng = {42, 7};

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static const int64_t *counting(void) {
  static int64_t numbers[N];
  for (int i = 0; i < N; i++) numbers[i] = i;
  return numbers;
}

static void check_moments(LnTensor *t, double mean, double variance) {
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_MEAN, t), mean, 4 * sqrt(variance / (N * M)));
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_VAR, t), variance, 0.03 * variance);
  ln_tensor_unref(t);
}

START_TEST(distributions) {
  LnTensor *t = NULL, *rates = NULL;
  CK_OK(ln_draw_normal(&t, LN_SHAPE(N, M), rng, counting(), &err));
  check_moments(t, 0, 1);
  CK_OK(ln_draw_uniform(&t, LN_SHAPE(N, M), -1, 3, rng, counting(), &err));
  ck_assert(ln_tensor_reduce_all(LN_RMIN, t) >= -1 && ln_tensor_reduce_all(LN_RMAX, t) <= 3);
  check_moments(t, 1, 16.0 / 12);
  CK_OK(ln_draw_integer(&t, LN_SHAPE(N, M), -2, 3, rng, counting(), &err));
  ck_assert(ln_tensor_reduce_all(LN_RMIN, t) == -2 && ln_tensor_reduce_all(LN_RMAX, t) == 3);
  check_moments(t, 0.5, 35.0 / 12);
  CK_OK(ln_tensor_new(&rates, LN_SHAPE(N, M), &err));
  CK_OK(ln_tensor_fill(rates, 4.5f, &err));
  CK_OK(ln_draw_poisson(&t, rates, rng, counting(), &err));
  check_moments(t, 4.5, 4.5);
  ln_tensor_unref(rates);
}
END_TEST

START_TEST(by_number_and_threads) {
  static const int64_t numbers[] = {9, 3};
  LnTensor *all = NULL, *some = NULL;
  ln_set_threads(3);
  CK_OK(ln_draw_normal(&all, LN_SHAPE(N, 2, 5), rng, counting(), &err));
  ln_set_threads(1);
  CK_OK(ln_draw_normal(&some, LN_SHAPE(2, 2, 5), rng, numbers, &err));
  for (int k = 0; k < 2; k++)
    ck_assert_mem_eq(some->data + k * 10, all->data + numbers[k] * 10, 10 * sizeof(float));
  ln_tensor_unref(all), ln_tensor_unref(some);
}
END_TEST

START_TEST(bounds) {
  LnTensor *t = NULL;
  CK_FAILS(ln_draw_uniform(&t, LN_SHAPE(1, 1), 2, 1, rng, counting(), &err), LN_EARG, "low <= high, got 2 and 1");
  CK_FAILS(ln_draw_uniform(&t, LN_SHAPE(1, 1), 0, INFINITY, rng, counting(), &err), LN_EARG, "finite");
  CK_FAILS(ln_draw_integer(&t, LN_SHAPE(1, 1), 3, 2, rng, counting(), &err), LN_EARG, "low <= high");
  CK_FAILS(ln_draw_integer(&t, LN_SHAPE(1, 1), 0, 1 << 25, rng, counting(), &err), LN_EARG, "2^24");
  CK_FAILS(ln_draw_normal(&t, (LnShape){0}, rng, counting(), &err), LN_ESHAPE, "dimension");
  CK_EVERY_ALLOCATION(ln_draw_normal(&t, LN_SHAPE(2, 3), rng, counting(), &err), ln_tensor_unref(t));
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, distributions);
  tcase_add_test(tests, by_number_and_threads);
  tcase_add_test(tests, bounds);
}
