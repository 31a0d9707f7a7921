/* What holds for every case of every noise in noise.def. */
#include "base/memory.h"
#include "base/parallel.h"
#include "noise/suite.h"
#include "support/items.h"

static LnError err;

/* The _i-th of all cases of all noises; an item made from it. */
static const LnType *type;
static const LnCase *example;
static LnItem *noise;

static void take_case(int i) {
  ItemCase it = cases_at("noise", i);
  type = it.type, example = it.example;
  noise = test_item(type, example->options);
}

static void teardown(void) {
  ln_item_unref(noise);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnNoiseOptions *options(void) {
  return ln_item_options(noise);
}

/* N samples of the case's shape, in [0, 1). */
static LnTensor *images(int64_t n) {
  LnShape sample = example->inputs[0];
  return test_random(LN_SHAPE(n, sample.d[0], sample.d[1], sample.d[2]), 3, 0, 1);
}

START_TEST(same_seed_same_noise) {
  take_case(_i);
  LnTensor *x = images(3), *y = corrupted(noise, x, 5), *again = corrupted(noise, x, 5);
  ck_assert(same_bits(y, again));
  ck_assert(!same_bits(y, x));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(again);
}
END_TEST

/* Masking every pixel by some, for example, is the same for all seeds. */
static bool is_random(void) {
  double mean, variance;
  return !ln_noise_expect(&mean, &variance, noise, 0.4) || variance > 0;
}

START_TEST(other_seed_stream_or_sample_other_noise) {
  take_case(_i);
  LnTensor *x = images(2), *y = corrupted(noise, x, 0), *stream = corrupted(noise, x, 1), *first = NULL, *second = NULL;
  options()->seed++;
  LnTensor *seed = corrupted(noise, x, 0), *flat = constant(x->shape, 0.4), *z = corrupted(noise, flat, 0);
  CK_OK(ln_tensor_select(&first, z, 0, 0, &err));
  CK_OK(ln_tensor_select(&second, z, 0, 1, &err));
  ck_assert(same_bits(y, stream) == !is_random());
  ck_assert(same_bits(y, seed) == !is_random());
  ck_assert(same_bits(first, second) == !is_random());
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(stream), ln_tensor_unref(first), ln_tensor_unref(second);
  ln_tensor_unref(seed), ln_tensor_unref(flat), ln_tensor_unref(z);
}
END_TEST

START_TEST(any_number_of_threads) {
  take_case(_i);
  LnTensor *x = images(7), *large = test_random(LN_SHAPE(300, 311), 4, 0, 1);
  ln_set_threads(1);
  LnTensor *y = corrupted(noise, x, 2), *large_y = corrupted(noise, large, 2);
  for (int threads = 2; threads <= 5; threads += 3) {
    ln_set_threads(threads);
    LnTensor *again = corrupted(noise, x, 2), *large_again = corrupted(noise, large, 2);
    ck_assert(same_bits(y, again));
    ck_assert(same_bits(large_y, large_again));
    ln_tensor_unref(again), ln_tensor_unref(large_again);
  }
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(large), ln_tensor_unref(large_y);
}
END_TEST

/* A sample's noise does not depend on what comes after it, nor on the tensor being a view. */
START_TEST(samples_stand_alone) {
  take_case(_i);
  LnTensor *x = images(4), *y = corrupted(noise, x, 2), *head = NULL, *turned = NULL, *view = NULL;
  CK_OK(ln_tensor_slice(&head, x, 0, 0, 1, 1, &err));
  LnTensor *alone = corrupted(noise, head, 2);
  ck_assert_mem_eq(alone->data, y->data, (size_t)ln_shape_count(head->shape) * sizeof(float));
  CK_OK(ln_tensor_permute(&turned, x, (int[]){3, 2, 1, 0}, &err));
  LnTensor *moved = NULL;
  CK_OK(ln_tensor_clone(&moved, turned, &err));
  CK_OK(ln_tensor_permute(&view, moved, (int[]){3, 2, 1, 0}, &err));
  LnTensor *same = corrupted(noise, view, 2);
  ck_assert(same_bits(same, y));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(head), ln_tensor_unref(alone), ln_tensor_unref(turned);
  ln_tensor_unref(view), ln_tensor_unref(moved), ln_tensor_unref(same);
}
END_TEST

/* Mean and variance on a constant image are those expected, in both modes. */
START_TEST(moments_agree) {
  enum { N = 100000 };
  take_case(_i);
  options()->clip = false;
  for (int mode = 0; mode < 2; mode++) {
    double mean, variance, value = 0.3;
    options()->mode = mode;
    if (!ln_noise_expect(&mean, &variance, noise, value)) continue;
    LnTensor *x = constant(LN_SHAPE(4, 1, N / 400, 100), value), *y = corrupted(noise, x, 1);
    double fourth = 0, got_mean = ln_tensor_reduce_all(LN_MEAN, y), got_variance = ln_tensor_reduce_all(LN_VAR, y);
    for (int i = 0; i < N; i++) {
      double square = ((double)y->data[i] - mean) * ((double)y->data[i] - mean);
      fourth += square * square / N;
    }
    double spread = sqrt(fmax(0, fourth - variance * variance) / N);
    ck_assert_double_eq_tol(got_mean, mean, 4 * sqrt(variance / N) + 1e-6);
    ck_assert_double_eq_tol(got_variance, variance, 4 * spread + 1e-6);
    ln_tensor_unref(x), ln_tensor_unref(y);
  }
}
END_TEST

START_TEST(clip_is_respected) {
  take_case(_i);
  LnTensor *x = images(2);
  options()->clip = false;
  LnTensor *free_y = corrupted(noise, x, 0), *want = NULL;
  options()->clip = true;
  LnTensor *y = corrupted(noise, x, 0);
  CK_OK(ln_tensor_clamp(&want, free_y, 0, 1, &err));
  ck_assert(same_bits(y, want));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(free_y), ln_tensor_unref(want);
}
END_TEST

START_TEST(fraction_touches_its_share) {
  enum { N = 100000 };
  take_case(_i);
  options()->mode = LN_NOISE_FRACTION;
  options()->p = 0.3;
  LnTensor *x = constant(LN_SHAPE(1, N / 100, 100), 0.25), *y = corrupted(noise, x, 0);
  options()->p = 1;
  LnTensor *full = corrupted(noise, x, 0);
  int touched = 0, could = 0; /* a Poisson number may be 0 */
  for (int i = 0; i < N; i++) {
    could += full->data[i] != x->data[i];
    touched += y->data[i] != x->data[i];
    ck_assert(y->data[i] == x->data[i] || y->data[i] == full->data[i]);
  }
  ck_assert_int_gt(could, 0);
  ck_assert_double_eq_tol(touched, 0.3 * could, 4 * sqrt(0.21 * could));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(full);
}
END_TEST

START_TEST(none_of_it_changes_nothing) {
  take_case(_i);
  options()->p = 0;
  LnTensor *x = images(2), *y = corrupted(noise, x, 0);
  ck_assert(same_bits(x, y));
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

START_TEST(any_allocation_may_fail) {
  take_case(_i);
  LnTensor *x = images(2), *turned = NULL, *y = NULL;
  CK_OK(ln_tensor_permute(&turned, x, (int[]){0, 1, 3, 2}, &err));
  CK_EVERY_ALLOCATION(ln_noise_apply(&y, noise, turned, 0, &err), ln_tensor_unref(y));
  ln_tensor_unref(x), ln_tensor_unref(turned);
}
END_TEST

TESTS {
  int n = cases_count("noise");
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, same_seed_same_noise, 0, n);
  tcase_add_loop_test(tests, other_seed_stream_or_sample_other_noise, 0, n);
  tcase_add_loop_test(tests, any_number_of_threads, 0, n);
  tcase_add_loop_test(tests, samples_stand_alone, 0, n);
  tcase_add_loop_test(tests, moments_agree, 0, n);
  tcase_add_loop_test(tests, clip_is_respected, 0, n);
  tcase_add_loop_test(tests, fraction_touches_its_share, 0, n);
  tcase_add_loop_test(tests, none_of_it_changes_nothing, 0, n);
  tcase_add_loop_test(tests, any_allocation_may_fail, 0, n);
}
