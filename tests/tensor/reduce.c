/* Reductions against NumPy's of the same numbers in float64 (tests/reference/tensor.py). */
#include "base/memory.h"
#include "support/formula.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

/* x: 3,4,5 in [-1, 2). */
static const double all[] = {17.8105352693237, 0.296842254488729, 0.719422287691419, 0.848187648867524,
                             -0.957234144210815, 1.90973019599915, 46, 19};
static const float sum_1[15] = {
    1.74965329, 2.04274485, 3.38083705, 1.48946871, 1.67259568, 1.51269909, -0.861186773, 0.786760807, -0.780360103,
    2.01568681, 4.4294553, 0.0443711728, -0.937008251, 0.79920936, 0.465608284};
static const float mean_0[20] = {
    0.583856761, -0.20340319, 0.64440388, 0.461618276, 0.775929982, 0.668635259, 0.186901838, -0.370055251,
    -0.244879444, 0.114314616, 0.55205117, 0.0971609851, 0.759695558, -0.338795548, 0.0942029357, 0.759392704,
    0.327983449, 0.0428190132, 0.624829372, 0.400182724};
static const float std_2[12] = {
    0.474219857, 0.717142604, 0.937904214, 0.493652781, 0.861395482, 0.718707702, 0.456586857, 0.596906603, 0.470903077,
    0.842233639, 0.732619177, 0.641342384};
static const float var_0[20] = {
    0.590760751, 0.136272623, 0.355812213, 0.337484619, 0.692212892, 0.489515185, 1.21844757, 0.0597836366, 0.367871192,
    0.718016461, 0.781669289, 1.04598932, 0.641630881, 0.173457887, 1.04555147, 0.277071297, 0.240844541, 0.269633494,
    1.00714462, 1.14528897};
static const float min_1[15] = {
    -0.499052942, -0.442054003, -0.107364513, -0.584435582, -0.564521194, -0.285514981, -0.795522094, -0.696132839,
    -0.791918755, -0.691284359, 0.213065997, -0.957234144, -0.502738416, -0.750630438, -0.650439799};
static const float argmax_2[12] = {
    2, 1, 2, 4, 4, 4, 2, 1, 0, 0, 0, 3};
static const float argmin_0[20] = {
    0, 1, 2, 2, 2, 1, 2, 1, 2, 2, 0, 1, 2, 1, 1, 2, 2, 2, 1, 1};

START_TEST(all_elements) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(3, 4, 5), 1, -1, 2);
  for (int op = LN_SUM; op <= LN_ARGMAX; op++) {
    LnTensor *y = NULL;
    ck_assert_double_eq_tol(ln_tensor_reduce_all((LnReduce)op, x), all[op], 1e-12);
    CK_OK(ln_tensor_reduce(&y, (LnReduce)op, x, -1, false, &err));
    ck_assert_int_eq(y->shape.n, 0);
    ck_assert(y->data[0] == (float)ln_tensor_reduce_all((LnReduce)op, x));
    ln_tensor_unref(y);
    CK_OK(ln_tensor_reduce(&y, (LnReduce)op, x, -1, true, &err));
    ck_assert(ln_shape_equal(y->shape, LN_SHAPE(1, 1, 1)));
    ln_tensor_unref(y);
  }
  ln_tensor_unref(x);
}
END_TEST

static void check_reduce(LnTensor *x, LnReduce op, int dim, LnShape shape, const float *want) {
  LnTensor *y = NULL;
  CK_OK(ln_tensor_reduce(&y, op, x, dim, false, &err));
  ck_assert(ln_shape_equal(y->shape, shape));
  ck_assert_close(y->data, want, ln_shape_count(shape), 1e-7);
  ln_tensor_unref(y);
  CK_OK(ln_tensor_reduce(&y, op, x, dim, true, &err));
  ck_assert_int_eq(y->shape.n, x->shape.n);
  ck_assert_int_eq(y->shape.d[dim], 1);
  ck_assert_close(y->data, want, ln_shape_count(shape), 1e-7);
  ln_tensor_unref(y);
}

START_TEST(one_dimension) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(3, 4, 5), 1, -1, 2), *turned = NULL, *moved = NULL, *view = NULL;
  CK_OK(ln_tensor_permute(&turned, x, (int[]){2, 1, 0}, &err)); /* the same numbers, laid out otherwise */
  CK_OK(ln_tensor_clone(&moved, turned, &err));
  CK_OK(ln_tensor_permute(&view, moved, (int[]){2, 1, 0}, &err));
  for (int k = 0; k < 2; k++) {
    LnTensor *t = k == 0 ? x : view;
    check_reduce(t, LN_SUM, 1, LN_SHAPE(3, 5), sum_1);
    check_reduce(t, LN_MEAN, 0, LN_SHAPE(4, 5), mean_0);
    check_reduce(t, LN_STD, 2, LN_SHAPE(3, 4), std_2);
    check_reduce(t, LN_VAR, 0, LN_SHAPE(4, 5), var_0);
    check_reduce(t, LN_RMIN, 1, LN_SHAPE(3, 5), min_1);
    check_reduce(t, LN_ARGMAX, 2, LN_SHAPE(3, 4), argmax_2);
    check_reduce(t, LN_ARGMIN, 0, LN_SHAPE(4, 5), argmin_0);
  }
  ln_tensor_unref(x), ln_tensor_unref(turned), ln_tensor_unref(moved), ln_tensor_unref(view);
}
END_TEST

START_TEST(first_of_equals_and_nan) {
  LnTensor *x = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(2, 3), &err));
  ln_tensor_write(x, (float[]){1, 5, 5, 0, 0, 3});
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMAX, x), 1);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMIN, x), 3);
  ln_tensor_write(x, (float[]){1, 5, NAN, 0, NAN, 3});
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMAX, x), 2);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMIN, x), 2);
  ck_assert_double_nan(ln_tensor_reduce_all(LN_RMIN, x));
  ck_assert_double_nan(ln_tensor_reduce_all(LN_RMAX, x));
  ln_tensor_unref(x);
}
END_TEST

START_TEST(of_nothing) {
  LnTensor *x = NULL, *y = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(2, 0), &err));
  ck_assert_double_eq(ln_tensor_reduce_all(LN_SUM, x), 0);
  ck_assert_double_nan(ln_tensor_reduce_all(LN_MEAN, x));
  CK_OK(ln_tensor_reduce(&y, LN_SUM, x, 1, false, &err));
  float zeros[] = {0, 0};
  ck_assert_close(y->data, zeros, 2, 0);
  ln_tensor_unref(y);
  CK_OK(ln_tensor_reduce(&y, LN_RMAX, x, 0, false, &err));
  check_tensor(y, LN_SHAPE(0), NULL);
  CK_FAILS(ln_tensor_reduce(&y, LN_RMAX, x, 1, false, &err), LN_ESHAPE,
           "max: there are no elements to choose from in shape 2x0");
  CK_FAILS(ln_tensor_reduce(&y, LN_ARGMIN, x, -1, false, &err), LN_ESHAPE, "min: there are no elements");
  CK_FAILS(ln_tensor_reduce(&y, LN_SUM, x, 2, false, &err), LN_EARG, "no dimension 3 in shape 2x0");
  ln_tensor_unref(x);
}
END_TEST

/* A float sum would stop growing at 2^24. */
START_TEST(sums_are_in_double) {
  LnTensor *one = NULL, *many = NULL;
  CK_OK(ln_tensor_new(&one, LN_SHAPE(1), &err));
  ln_tensor_fill(one, 1, NULL);
  CK_OK(ln_tensor_expand(&many, one, LN_SHAPE(20000003), &err));
  ck_assert_double_eq(ln_tensor_reduce_all(LN_SUM, many), 20000003);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_VAR, many), 0);
  ln_tensor_unref(one), ln_tensor_unref(many);
}
END_TEST

START_TEST(finding_what_is_not_finite) {
  LnTensor *x = counting(LN_SHAPE(3, 4)), *turned = NULL;
  CK_OK(ln_tensor_permute(&turned, x, (int[]){1, 0}, &err));
  ck_assert_int_eq(ln_tensor_find_nonfinite(x), -1);
  x->data[7] = -INFINITY, x->data[9] = NAN; /* rows 2 and 3, columns 4 and 2 */
  ck_assert_int_eq(ln_tensor_find_nonfinite(x), 7);
  ck_assert_int_eq(ln_tensor_find_nonfinite(turned), 5);
  ln_tensor_unref(x), ln_tensor_unref(turned);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, all_elements);
  tcase_add_test(tests, one_dimension);
  tcase_add_test(tests, first_of_equals_and_nan);
  tcase_add_test(tests, of_nothing);
  tcase_add_test(tests, sums_are_in_double);
  tcase_add_test(tests, finding_what_is_not_finite);
}
