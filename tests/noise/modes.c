/* What each noise does in each mode, shapes that are taken and refused, and NaN. */
#include "base/memory.h"
#include "noise/suite.h"

enum { N = 10000 };

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

/* A noisy constant image. */
static LnTensor *noisy(const LnNoiseType *type, const char *options, double value) {
  LnItem *noise = test_item(&type->type, options);
  LnTensor *x = constant(LN_SHAPE(1, N / 100, 100), value), *y = corrupted(noise, x, 0);
  ln_tensor_unref(x);
  ln_item_unref(noise);
  return y;
}

/* How many elements lie within 1e-6 of a value. */
static int count_near(const LnTensor *t, double value) {
  int count = 0;
  for (int i = 0; i < N; i++) count += fabs((double)t->data[i] - value) < 1e-6;
  return count;
}

START_TEST(the_paper) {
  LnTensor *y = noisy(&ln_noise_gaussian, "{}", 0.5);
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_MEAN, y), 0.5, 0.005);
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_STD, y), 0.1, 0.003);
  ln_tensor_unref(y);
  y = noisy(&ln_noise_gaussian, "{\"p\": 0.5, \"sd\": 5}", 0.5);
  ck_assert_double_gt(ln_tensor_reduce_all(LN_RMAX, y), 5); /* not clipped */
  ck_assert_double_lt(ln_tensor_reduce_all(LN_RMIN, y), -5);
  ln_tensor_unref(y);
}
END_TEST

/* gaussian{ sd = 25/255 } means noise of that standard deviation, not a tenth of it. */
START_TEST(sd_alone_is_not_scaled) {
  static const struct { const char *options; double p, sd; } cases[] = {
      {"{}", 0.1, 1}, {"{\"p\": 0.5}", 0.5, 1}, {"{\"sd\": 0.25}", 1, 0.25}, {"{\"sd\": 1}", 1, 1},
      {"{\"sd\": 0.25, \"p\": 0.1}", 0.1, 0.25}, {"{\"mean\": 0.25}", 0.1, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    LnItem *noise = test_item(&ln_noise_gaussian.type, cases[i].options), *copy = NULL;
    ck_assert_double_eq(((LnNoiseOptions *)ln_item_options(noise))->p, cases[i].p);
    LnTensor *y = noisy(&ln_noise_gaussian, cases[i].options, 0.5);
    ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_STD, y), cases[i].p * cases[i].sd, 0.03 * cases[i].p * cases[i].sd);
    CK_OK(ln_item_copy(&copy, noise, &err)); /* a copy to which sd is given has no p of its own either */
    CK_OK(ln_item_set(copy, "sd", (LnValue){.kind = LN_NUMBER, .number = 0.5}, &err));
    CK_OK(ln_item_check(copy, &err));
    ck_assert_double_eq(((LnNoiseOptions *)ln_item_options(copy))->p, ln_item_given(noise, "p") ? cases[i].p : 1);
    ln_tensor_unref(y);
    ln_item_unref(noise), ln_item_unref(copy);
  }
}
END_TEST

START_TEST(scaling_is_linear_in_the_noise) {
  LnTensor *full = noisy(&ln_noise_gaussian, "{\"p\": 1}", 0.5);
  LnTensor *part = noisy(&ln_noise_gaussian, "{\"p\": 0.25}", 0.5);
  for (int i = 0; i < N; i++)
    ck_assert_double_eq_tol((double)part->data[i], 0.5 + 0.25 * ((double)full->data[i] - 0.5), 1e-6);
  ln_tensor_unref(full), ln_tensor_unref(part);
}
END_TEST

START_TEST(poisson_adds_whole_numbers) {
  LnTensor *y = noisy(&ln_noise_poisson, "{\"p\": 0.5, \"lambda\": 2}", 0.25);
  int counted = 0;
  for (int k = 0; k < 20; k++) counted += count_near(y, 0.25 + 0.5 * k);
  ck_assert_int_eq(counted, N);
  ck_assert_int_lt(abs(count_near(y, 0.25) - (int)(N * exp(-2))), 150);
  ln_tensor_unref(y);
}
END_TEST

START_TEST(salt_and_pepper) {
  LnTensor *y = noisy(&ln_noise_salt_pepper, "{\"p\": 0.2, \"salt\": 0.75}", 0.5);
  ck_assert_int_lt(abs(count_near(y, 1) - N * 15 / 100), 150);
  ck_assert_int_lt(abs(count_near(y, 0) - N * 5 / 100), 100);
  ck_assert_int_eq(count_near(y, 0) + count_near(y, 0.5) + count_near(y, 1), N);
  ln_tensor_unref(y);
  y = noisy(&ln_noise_salt_pepper, "{\"p\": 0.2, \"mode\": \"scale\"}", 0.5);
  ck_assert_int_eq(count_near(y, 0.4) + count_near(y, 0.6), N);
  ln_tensor_unref(y);
}
END_TEST

START_TEST(masking) {
  LnTensor *y = noisy(&ln_noise_masking, "{\"p\": 0.2}", 0.5);
  ck_assert_int_lt(abs(count_near(y, 0) - N * 20 / 100), 160);
  ck_assert_int_eq(count_near(y, 0) + count_near(y, 0.5), N);
  ln_tensor_unref(y);
  y = noisy(&ln_noise_masking, "{\"p\": 0.2, \"value\": 1, \"mode\": \"scale\"}", 0.5);
  ck_assert_int_eq(count_near(y, 0.6), N);
  ln_tensor_unref(y);
}
END_TEST

START_TEST(shapes) {
  LnItem *noise = test_item(&ln_noise_gaussian.type, "{}");
  static const LnShape taken[] = {{2, {5, 4}}, {3, {2, 5, 4}}, {4, {3, 2, 5, 4}}, {4, {0, 1, 5, 4}}, {3, {1, 0, 4}}};
  static const LnShape refused[] = {{0, {0}}, {1, {5}}, {5, {1, 1, 1, 5, 4}}};
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
    LnTensor *x = constant(taken[i], 0.5);
    ln_tensor_unref(corrupted(noise, x, 0));
    ln_tensor_unref(x);
  }
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    LnTensor *x = constant(refused[i], 0.5), *y = NULL;
    CK_FAILS(ln_noise_apply(&y, noise, x, 0, &err), LN_ESHAPE, "gaussian: needs images as NxCxHxW, CxHxW or HxW, got ");
    ln_tensor_unref(x);
  }
  ln_item_unref(noise);
}
END_TEST

START_TEST(nan_stays) {
  LnTensor *y = noisy(&ln_noise_gaussian, "{\"clip\": true}", NAN);
  for (int i = 0; i < N; i++) ck_assert_float_nan(y->data[i]);
  ln_tensor_unref(y);
  y = noisy(&ln_noise_masking, "{\"p\": 0.5, \"clip\": true}", NAN);
  for (int i = 0; i < N; i++) ck_assert(isnan(y->data[i]) || y->data[i] == 0);
  ln_tensor_unref(y);
}
END_TEST

START_TEST(options_are_checked) {
  LnItem *noise = NULL;
  CK_FAILS(ln_item_from_json(&noise, &ln_noise_gaussian.type, "{\"p\": 1.5}", &err), LN_EARG,
           "gaussian: option 'p' must be a number from 0 to 1, got 1.5");
  CK_FAILS(ln_item_from_json(&noise, &ln_noise_gaussian.type, "{\"sd\": -1}", &err), LN_EARG, "got -1");
  CK_FAILS(ln_item_from_json(&noise, &ln_noise_poisson.type, "{\"lamda\": 5}", &err), LN_EARG,
           "did you mean 'lambda'?");
  CK_FAILS(ln_item_from_json(&noise, &ln_noise_masking.type, "{\"mode\": \"add\"}", &err), LN_EARG,
           "masking: option 'mode' must be 'scale' or 'fraction', got 'add'");
  ck_assert_ptr_null(noise);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_known(tests, &ln_noise_gaussian.type, "closed form: mean and standard deviation", the_paper);
  tcase_add_test(tests, sd_alone_is_not_scaled);
  tcase_add_test(tests, scaling_is_linear_in_the_noise);
  tcase_add_known(tests, &ln_noise_poisson.type, "closed form: P(0) = exp(-lambda)", poisson_adds_whole_numbers);
  tcase_add_known(tests, &ln_noise_salt_pepper.type, "closed form: shares of ones and zeros", salt_and_pepper);
  tcase_add_known(tests, &ln_noise_masking.type, "closed form: the share of the value", masking);
  tcase_add_test(tests, shapes);
  tcase_add_test(tests, nan_stays);
  tcase_add_test(tests, options_are_checked);
}
