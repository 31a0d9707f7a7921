/* Elementwise arithmetic: NumPy's rules. Its numbers are in arithmetic.c. */
#include "base/memory.h"
#include "base/parallel.h"
#include "support/formula.h"
#include "tensor/gradient.h"

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

static void check_same(LnTensor *got, LnTensor *want) {
  int64_t n = ln_shape_count(want->shape);
  ck_assert(ln_shape_equal(got->shape, want->shape) && ln_tensor_contiguous(got));
  ck_assert_int_eq(memcmp(got->data, want->data, (size_t)n * sizeof(float)), 0);
  ln_tensor_unref(got), ln_tensor_unref(want);
}

/* Rows that are short, long, strided, repeated or of several tasks give what the same numbers give contiguously. */
static void check_layouts(LnTensor *a, LnTensor *b) {
  LnTensor *whole[2] = {NULL}, *expanded = NULL, *want = NULL, *got = NULL, *x[2] = {a, b};
  LnShape shape;
  CK_OK(ln_tensor_broadcast(&shape, a->shape, b->shape, &err));
  for (int k = 0; k < 2; k++) {
    CK_OK(ln_tensor_expand(&expanded, x[k], shape, &err));
    CK_OK(ln_tensor_new(&whole[k], shape, &err));
    CK_OK(ln_tensor_copy(whole[k], expanded, &err));
    ln_tensor_unref(expanded);
  }
  static const LnBinary operations[] = {LN_SUB, LN_POW, LN_LT};
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    for (int threads = 1; threads <= 3; threads++) {
      ln_set_threads(threads);
      CK_OK(ln_tensor_binary(&want, operations[i], whole[0], whole[1], &err));
      CK_OK(ln_tensor_binary(&got, operations[i], a, b, &err));
      check_same(got, want);
      CK_OK(ln_tensor_unary(&want, LN_EXP, whole[0], &err));
      CK_OK(ln_tensor_expand(&expanded, a, shape, &err));
      CK_OK(ln_tensor_unary(&got, LN_EXP, expanded, &err));
      check_same(got, want);
      ln_tensor_unref(expanded);
    }
  ln_tensor_unref(whole[0]), ln_tensor_unref(whole[1]), ln_tensor_unref(a), ln_tensor_unref(b);
}

static LnTensor *numbers(LnShape shape, int salt) {
  return test_formula_tensor(shape, (uint32_t)salt, 0.1, 2);
}

static LnTensor *turned(LnTensor *t) {
  LnTensor *view = NULL;
  int dims[LN_MAX_DIMS];
  for (int i = 0; i < t->shape.n; i++) dims[i] = t->shape.n - 1 - i;
  CK_OK(ln_tensor_permute(&view, t, dims, &err));
  ln_tensor_unref(t);
  return view;
}

START_TEST(large_tensors_of_any_layout) {
  check_layouts(numbers(LN_SHAPE(300, 500), 1), numbers(LN_SHAPE(300, 500), 2));
  check_layouts(numbers(LN_SHAPE(300, 500), 1), numbers(LN_SHAPE(500), 2));
  check_layouts(numbers(LN_SHAPE(300, 1), 1), numbers(LN_SHAPE(300, 500), 2));
  check_layouts(numbers(LN_SHAPE(300, 1), 1), numbers(LN_SHAPE(1, 500), 2));
  check_layouts(turned(numbers(LN_SHAPE(500, 300), 1)), numbers(LN_SHAPE(300, 500), 2));
  check_layouts(turned(numbers(LN_SHAPE(500, 300), 1)), turned(numbers(LN_SHAPE(500, 300), 2)));
  check_layouts(turned(numbers(LN_SHAPE(130, 70, 41), 1)), numbers(LN_SHAPE(41, 1, 130), 2));
  check_layouts(turned(numbers(LN_SHAPE(600, 1, 41), 1)), turned(numbers(LN_SHAPE(1, 70, 41), 2)));
  check_layouts(numbers(LN_SHAPE(50000, 3), 1), numbers(LN_SHAPE(3), 2));
  check_layouts(numbers(LN_SHAPE(7, 9, 5, 63), 1), numbers(LN_SHAPE(9, 1, 63), 2));
  check_layouts(turned(numbers(LN_SHAPE(63, 5, 9, 7), 1)), numbers(LN_SHAPE(9, 1, 63), 2));
  check_layouts(numbers(LN_SHAPE(200000), 1), numbers(LN_SHAPE(1), 2));
  check_layouts(numbers(LN_SHAPE(2, 1), 1), numbers(LN_SHAPE(100000), 2));
  LnTensor *long_row = numbers(LN_SHAPE(400000), 3), *sparse = NULL;
  CK_OK(ln_tensor_slice(&sparse, long_row, 0, 399999, 200000, -2, &err));
  ln_tensor_unref(long_row);
  check_layouts(sparse, numbers(LN_SHAPE(200000), 2));
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

/* Bounds that are tensors: torch.clamp and its gradients, of the sum of y times test_formula(i, 99, -1, 1). */
static LnStatus clamped_to(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_clamp_to(y, in[0], in[1], in[2], e);
}

START_TEST(clamping_to_tensors) {
  LnTensor *in[3] = {ROW(-1, 0, 0.5f, 2, 1, 3), ROW(0, 0, 0, 1, 1, 5), ROW(1, 1, 0.5f, 1.5f, 1, 4)}, *y = NULL;
  const float w[6] = {0.17198482f, -0.42834574f, -0.6689868f, 0.7738165f, 0.20804588f, 0.8739743f};
  CK_OK(clamped_to(&y, in, &err));
  CHECK_TENSOR(y, in[0]->shape, 0, 0, 0.5f, 1.5f, 1, 4);
  CHECK_TENSOR(gradient_of(clamped_to, in, 3, 0), in[0]->shape, 0, w[1] / 2, w[2] / 2, 0, w[4], 0);
  CHECK_TENSOR(gradient_of(clamped_to, in, 3, 1), in[0]->shape, w[0], w[1] / 2, 0, 0, 0, 0);
  CHECK_TENSOR(gradient_of(clamped_to, in, 3, 2), in[0]->shape, 0, 0, w[2] / 2, w[3], 0, w[5]);
  LnTensor *none = ROW(1, 2);
  CK_FAILS(ln_tensor_clamp_to(&y, in[0], none, in[2], &err), LN_ESHAPE, "shapes 6 and 2 do not fit");
  for (int k = 0; k < 3; k++) ln_tensor_unref(in[k]);
  ln_tensor_unref(none);
}
END_TEST

static LnStatus interpolated(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_lerp(y, in[0], in[1], in[2], e);
}

START_TEST(interpolation) {
  LnTensor *in[3] = {ROW(-1, 0, 2), ROW(1, 3, 4), ROW(0.5f)}, *y = NULL;
  CK_OK(interpolated(&y, in, &err));
  CHECK_TENSOR(y, in[0]->shape, 0, 1.5f, 3);
  check_gradients(interpolated, in, 3, 1e-2, 1e-3);
  for (int k = 0; k < 3; k++) ln_tensor_unref(in[k]);
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
  tcase_add_test(tests, large_tensors_of_any_layout);
  tcase_add_test(tests, clamping);
  tcase_add_test(tests, clamping_to_tensors);
  tcase_add_test(tests, interpolation);
}
