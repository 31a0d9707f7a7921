/* Elementwise arithmetic: NumPy's rules and, where functions are involved, NumPy's numbers (tests/reference/tensor.py).
 * */
#include "base/memory.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnTensor *row_of(const float *values, int64_t n) {
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(n), &err));
  ln_tensor_write(t, values);
  return t;
}
#define ROW(...) row_of((const float[]){__VA_ARGS__}, sizeof((const float[]){__VA_ARGS__}) / sizeof(float))

static LnTensor *binary(LnBinary op, LnTensor *a, LnTensor *b) {
  LnTensor *y = NULL;
  CK_OK(ln_tensor_binary(&y, op, a, b, &err));
  ck_assert(ln_tensor_contiguous(y));
  return y;
}

static LnTensor *unary(LnUnary op, LnTensor *a) {
  LnTensor *y = NULL;
  CK_OK(ln_tensor_unary(&y, op, a, &err));
  return y;
}

START_TEST(shapes_broadcast) {
  LnShape shape;
  CK_OK(ln_tensor_broadcast(&shape, LN_SHAPE(10, 1, 64, 64), LN_SHAPE(3, 1, 64), &err));
  ck_assert_str_eq(LN_SHAPE_TEXT(shape), "10x3x64x64");
  CK_OK(ln_tensor_broadcast(&shape, (LnShape){0}, LN_SHAPE(2), &err));
  ck_assert_str_eq(LN_SHAPE_TEXT(shape), "2");
  CK_OK(ln_tensor_broadcast(&shape, LN_SHAPE(2, 1), LN_SHAPE(0), &err));
  ck_assert_str_eq(LN_SHAPE_TEXT(shape), "2x0");
  CK_FAILS(ln_tensor_broadcast(&shape, LN_SHAPE(10, 3, 4), LN_SHAPE(3, 5), &err), LN_ESHAPE,
           "shapes 10x3x4 and 3x5 do not fit: dimension 3 is 4 in one and 5 in the other");
  CK_FAILS(ln_tensor_broadcast(&shape, LN_SHAPE(2), LN_SHAPE(0), &err), LN_ESHAPE, "dimension 1 is 2 in one and 0");
}
END_TEST

START_TEST(every_operation) {
  LnTensor *a = ROW(1, -2, 3, 0.5f), *b = ROW(2, 2, -3, 0.5f), *c = ROW(2, 3, -1, 4);
  CHECK_TENSOR(binary(LN_ADD, a, b), a->shape, 3, 0, 0, 1);
  CHECK_TENSOR(binary(LN_SUB, a, b), a->shape, -1, -4, 6, 0);
  CHECK_TENSOR(binary(LN_MUL, a, b), a->shape, 2, -4, -9, 0.25f);
  CHECK_TENSOR(binary(LN_DIV, a, b), a->shape, 0.5f, -1, -1, 1);
  CHECK_TENSOR(binary(LN_POW, a, c), a->shape, 1, -8, 1 / 3.0f, 1 / 16.0f);
  CHECK_TENSOR(binary(LN_MIN, a, b), a->shape, 1, -2, -3, 0.5f);
  CHECK_TENSOR(binary(LN_MAX, a, b), a->shape, 2, 2, 3, 0.5f);
  CHECK_TENSOR(binary(LN_LT, a, b), a->shape, 1, 1, 0, 0);
  CHECK_TENSOR(binary(LN_LE, a, b), a->shape, 1, 1, 0, 1);
  CHECK_TENSOR(binary(LN_GT, a, b), a->shape, 0, 0, 1, 0);
  CHECK_TENSOR(binary(LN_GE, a, b), a->shape, 0, 0, 1, 1);
  CHECK_TENSOR(binary(LN_EQ, a, b), a->shape, 0, 0, 0, 1);
  CHECK_TENSOR(binary(LN_NE, a, b), a->shape, 1, 1, 1, 0);
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(c);
}
END_TEST

START_TEST(nan_and_infinity) {
  LnTensor *a = ROW(NAN, 1, NAN, 1), *b = ROW(1, NAN, NAN, 0);
  CHECK_TENSOR(binary(LN_MIN, a, b), a->shape, NAN, NAN, NAN, 0);
  CHECK_TENSOR(binary(LN_MAX, a, b), a->shape, NAN, NAN, NAN, 1);
  CHECK_TENSOR(binary(LN_EQ, a, b), a->shape, 0, 0, 0, 0);
  CHECK_TENSOR(binary(LN_NE, a, b), a->shape, 1, 1, 1, 1);
  CHECK_TENSOR(binary(LN_DIV, a, b), a->shape, NAN, NAN, NAN, INFINITY);
  ln_tensor_unref(a), ln_tensor_unref(b);
}
END_TEST

START_TEST(all_layouts_agree) {
  LnTensor *a = counting(LN_SHAPE(3, 4)), *column = counting(LN_SHAPE(3, 1)), *row = counting(LN_SHAPE(4));
  LnTensor *number = NULL, *back = NULL, *t = counting(LN_SHAPE(4, 3)), *turned = NULL;
  CHECK_TENSOR(binary(LN_SUB, a, column), a->shape, 0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9);
  CHECK_TENSOR(binary(LN_SUB, column, a), a->shape, 0, -1, -2, -3, -3, -4, -5, -6, -6, -7, -8, -9);
  CHECK_TENSOR(binary(LN_SUB, a, row), a->shape, 0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8);
  CHECK_TENSOR(binary(LN_ADD, column, row), a->shape, 0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5);
  CK_OK(ln_tensor_slice(&back, a, 1, 3, 4, -1, &err));
  CHECK_TENSOR(binary(LN_SUB, a, back), a->shape, -3, -1, 1, 3, -3, -1, 1, 3, -3, -1, 1, 3);
  CK_OK(ln_tensor_permute(&turned, t, (int[]){1, 0}, &err));
  CHECK_TENSOR(binary(LN_SUB, a, turned), a->shape, 0, -2, -4, -6, 3, 1, -1, -3, 6, 4, 2, 0);
  CHECK_TENSOR(unary(LN_NEG, turned), a->shape, 0, -3, -6, -9, -1, -4, -7, -10, -2, -5, -8, -11);
  CK_OK(ln_tensor_new(&number, (LnShape){0}, &err));
  ln_tensor_fill(number, 10, NULL);
  CHECK_TENSOR(binary(LN_SUB, number, row), row->shape, 10, 9, 8, 7);
  CHECK_TENSOR(binary(LN_MUL, number, number), (LnShape){0}, 100);
  ln_tensor_unref(a), ln_tensor_unref(column), ln_tensor_unref(row), ln_tensor_unref(number);
  ln_tensor_unref(back), ln_tensor_unref(t), ln_tensor_unref(turned);
}
END_TEST

START_TEST(nothing_gives_nothing) {
  LnTensor *none = NULL, *row = ROW(1, 2, 3);
  CK_OK(ln_tensor_new(&none, LN_SHAPE(2, 0, 1), &err));
  check_tensor(binary(LN_ADD, none, row), LN_SHAPE(2, 0, 3), NULL);
  check_tensor(unary(LN_EXP, none), none->shape, NULL);
  ln_tensor_unref(none), ln_tensor_unref(row);
}
END_TEST

START_TEST(exact_functions) {
  LnTensor *a = ROW(-2.5f, -0.0f, 0.5f, 1.5f, 4, NAN);
  CHECK_TENSOR(unary(LN_NEG, a), a->shape, 2.5f, 0, -0.5f, -1.5f, -4, NAN);
  CHECK_TENSOR(unary(LN_ABS, a), a->shape, 2.5f, 0, 0.5f, 1.5f, 4, NAN);
  CHECK_TENSOR(unary(LN_FLOOR, a), a->shape, -3, 0, 0, 1, 4, NAN);
  CHECK_TENSOR(unary(LN_ROUND, a), a->shape, -2, 0, 0, 2, 4, NAN);
  CHECK_TENSOR(unary(LN_SIGN, a), a->shape, -1, 0, 1, 1, 1, NAN);
  CHECK_TENSOR(unary(LN_SQRT, a), a->shape, NAN, 0, 0.707106781f, 1.22474487f, 2, NAN);
  ln_tensor_unref(a);
}
END_TEST

START_TEST(transcendental_functions) {
  LnTensor *a = ROW(-2.5f, -0.1f, 0.001f, 0.7f, 3, 20);
  static const struct {
    LnUnary op;
    double want[6];
  } known[] = {
      {LN_EXP, {0.0820849986, 0.904837417, 1.0010005, 2.01375268, 20.0855369, 485165195}},
      {LN_LOG, {NAN, NAN, -6.90775523, -0.356674961, 1.09861229, 2.99573227}},
      {LN_SIN, {-0.598472144, -0.0998334181, 0.000999999881, 0.644217678, 0.141120008, 0.912945251}},
      {LN_COS, {-0.801143616, 0.995004165, 0.9999995, 0.764842195, -0.989992497, 0.408082062}},
      {LN_TANH, {-0.986614298, -0.0996679961, 0.000999999714, 0.60436777, 0.995054754, 1}},
      {LN_SQRT, {NAN, NAN, 0.0316227774, 0.836660019, 1.73205081, 4.47213595}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    LnTensor *y = unary(known[i].op, a);
    for (int k = 0; k < 6; k++) {
      double got = (double)y->data[k], want = known[i].want[k];
      ck_assert_msg(isnan(want) ? isnan(got) : fabs(got - want) <= 3e-7 * fabs(want),
                    "function %d of %g: %.9g, not %.9g", (int)known[i].op, (double)a->data[k], got, want);
    }
    ln_tensor_unref(y);
  }
  ln_tensor_unref(a);
}
END_TEST

START_TEST(clamping) {
  LnTensor *a = ROW(-1, 0, 0.5f, 2, NAN, INFINITY), *y = NULL;
  CK_OK(ln_tensor_clamp(&y, a, 0, 1, &err));
  CHECK_TENSOR(y, a->shape, 0, 0, 0.5f, 1, NAN, 1);
  CK_OK(ln_tensor_clamp(&y, a, -INFINITY, 0.25, &err));
  CHECK_TENSOR(y, a->shape, -1, 0, 0.25f, 0.25f, NAN, 0.25f);
  CK_FAILS(ln_tensor_clamp(&y, a, 1, 0, &err), LN_EARG, "clamp: low must be at most high, got 1 and 0");
  CK_FAILS(ln_tensor_clamp(&y, a, NAN, 0, &err), LN_EARG, "clamp: low must be at most high, got nan and 0");
  ln_tensor_unref(a);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, shapes_broadcast);
  tcase_add_test(tests, every_operation);
  tcase_add_test(tests, nan_and_infinity);
  tcase_add_test(tests, all_layouts_agree);
  tcase_add_test(tests, nothing_gives_nothing);
  tcase_add_test(tests, exact_functions);
  tcase_add_test(tests, transcendental_functions);
  tcase_add_test(tests, clamping);
}
