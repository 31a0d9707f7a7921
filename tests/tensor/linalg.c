/* Matrix products: NumPy's numbers, and a plain triple loop for every layout and every way a product is worked out. */
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "support/formula.h"
#include "tensor/linalg_values.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static double at(const LnTensor *t, int64_t i, int64_t j) {
  return (double)t->data[i * t->stride[0] + j * t->stride[1]];
}

static void check_product(LnTensor *a, LnTensor *b) {
  LnTensor *y = NULL;
  CK_OK(ln_tensor_matmul(&y, a, b, &err));
  ck_assert(ln_shape_equal(y->shape, LN_SHAPE(a->shape.d[0], b->shape.d[1])));
  for (int64_t i = 0; i < y->shape.d[0]; i++)
    for (int64_t j = 0; j < y->shape.d[1]; j++) {
      double want = 0;
      for (int64_t k = 0; k < a->shape.d[1]; k++) want += at(a, i, k) * at(b, k, j);
      ck_assert_double_eq_tol(at(y, i, j), want, 1e-5 + 2e-6 * sqrt((double)a->shape.d[1]));
    }
  ln_tensor_unref(y);
}

/* Views of a rows,columns matrix in four layouts: by rows, by columns, with gaps, backwards. */
static LnTensor *layout(int kind, int64_t rows, int64_t columns, uint32_t salt) {
  LnTensor *base = NULL, *view = NULL;
  switch (kind) {
    case 0: return test_formula_tensor(LN_SHAPE(rows, columns), salt, -1, 1);
    case 1:
      base = test_formula_tensor(LN_SHAPE(columns, rows), salt, -1, 1);
      CK_OK(ln_tensor_permute(&view, base, (int[]){1, 0}, &err));
      break;
    case 2:
      base = test_formula_tensor(LN_SHAPE(rows, columns * 2), salt, -1, 1);
      CK_OK(ln_tensor_slice(&view, base, 1, 0, columns, 2, &err));
      break;
    default:
      base = test_formula_tensor(LN_SHAPE(rows, columns), salt, -1, 1);
      CK_OK(ln_tensor_slice(&view, base, 0, rows - 1, rows, -1, &err));
  }
  ln_tensor_unref(base);
  return view;
}

START_TEST(products) {
  /* few rows, few columns, one strip and more, edges of a block, more than is packed at once */
  static const int64_t sizes[][3] = {{3, 4, 5},  {1, 7, 1},    {17, 1, 9},   {2, 300, 2},  {1, 9, 70},
                                     {70, 9, 1}, {100, 7, 33}, {7, 600, 40}, {97, 30, 64}, {5, 3, 5000}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int i = 0; i < 16; i++) {
      LnTensor *a = layout(i / 4, sizes[s][0], sizes[s][1], 1), *b = layout(i % 4, sizes[s][1], sizes[s][2], 2);
      check_product(a, b);
      ln_tensor_unref(a), ln_tensor_unref(b);
    }
}
END_TEST

START_TEST(repeated_rows_and_columns) {
  LnTensor *row = counting(LN_SHAPE(1, 3)), *a = NULL, *b = NULL;
  CK_OK(ln_tensor_expand(&a, row, LN_SHAPE(4, 3), &err));
  CK_OK(ln_tensor_permute(&b, a, (int[]){1, 0}, &err));
  check_product(a, b);
  check_product(b, a);
  ln_tensor_unref(row), ln_tensor_unref(a), ln_tensor_unref(b);
}
END_TEST

START_TEST(empty_products) {
  LnTensor *a = counting(LN_SHAPE(2, 0)), *b = counting(LN_SHAPE(0, 3)), *y = NULL;
  CK_OK(ln_tensor_matmul(&y, a, b, &err));
  CHECK_TENSOR(y, LN_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  y = NULL;
  CK_FAILS(ln_tensor_matmul(&y, b, b, &err), LN_ESHAPE,
           "dimension 2 of the first is 3, dimension 1 of the second is 0");
  ln_tensor_unref(a), ln_tensor_unref(b);
}
END_TEST

/* Large enough for all threads to work on it, and sizes that no block divides. */
START_TEST(large_products) {
  LnTensor *a = test_formula_tensor(LN_SHAPE(211, 530), 1, -1, 1), *b = layout(1, 530, 101, 2), *one = NULL,
           *more = NULL;
  LnTensor *tall = test_formula_tensor(LN_SHAPE(801, 120), 3, -1, 1),
           *wide = test_formula_tensor(LN_SHAPE(120, 99), 4, -1, 1);
  int threads = ln_threads();
  check_product(a, b);
  check_product(tall, wide);
  ln_set_threads(1);
  CK_OK(ln_tensor_matmul(&one, a, b, &err));
  ln_set_threads(3);
  CK_OK(ln_tensor_matmul(&more, a, b, &err));
  ln_set_threads(threads);
  ck_assert_mem_eq(one->data, more->data, 211 * 101 * sizeof(float));
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(one), ln_tensor_unref(more);
  ln_tensor_unref(tall), ln_tensor_unref(wide);
}
END_TEST

/* Every way of working a product out, with each instruction set that the processor has. */
START_TEST(instruction_sets) {
  const char *const *isa = ln_kernels_available(), *used = ln_kernels_name(ln_kernels());
  for (; *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (int64_t n = 1; n < 40; n += 3) {
      LnTensor *a = layout(0, 13, 20, 1), *b = layout(0, 20, n, 2), *across = layout(1, 20, n, 2),
               *row = layout(0, 2, 20, 3);
      check_product(a, b), check_product(a, across), check_product(row, b);
      ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(across), ln_tensor_unref(row);
    }
  }
  CK_OK(ln_kernels_select(used, &err));
}
END_TEST

static const struct {
  LnShape a, b, y;
  const double *want;
} known[] = {
    {{1, {3}}, {1, {3}}, {0}, product_0},
    {{1, {3}}, {2, {3, 4}}, {1, {4}}, product_1},
    {{2, {2, 3}}, {1, {3}}, {1, {2}}, product_2},
    {{1, {3}}, {3, {2, 3, 4}}, {2, {2, 4}}, product_3},
    {{3, {2, 4, 3}}, {1, {3}}, {2, {2, 4}}, product_4},
    {{4, {2, 1, 3, 4}}, {3, {5, 4, 2}}, {4, {2, 5, 3, 2}}, product_5},
    {{3, {3, 2, 4}}, {2, {4, 3}}, {3, {3, 2, 3}}, product_6},
    {{2, {2, 4}}, {3, {3, 4, 2}}, {3, {3, 2, 2}}, product_7},
};

START_TEST(batches_and_vectors) {
  LnTensor *a = test_formula_tensor(known[_i].a, 1, -1, 1), *b = test_formula_tensor(known[_i].b, 2, -1, 1), *y = NULL;
  CK_OK(ln_tensor_matmul(&y, a, b, &err));
  ck_assert(ln_shape_equal(y->shape, known[_i].y));
  ck_assert_near("matmul", y->data, known[_i].want, ln_shape_count(y->shape), 1e-6);
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(y);
}
END_TEST

/* Rows that lie apart cannot be taken for one matrix. */
START_TEST(batches_with_strides) {
  LnTensor *base = test_formula_tensor(LN_SHAPE(4, 6, 5), 1, -1, 1), *a = NULL, *b = layout(1, 5, 3, 2), *y = NULL;
  CK_OK(ln_tensor_slice(&a, base, 1, 5, 3, -2, &err));
  CK_OK(ln_tensor_matmul(&y, a, b, &err));
  for (int64_t i = 0; i < 4; i++) {
    LnTensor *one = NULL, *part = NULL, *want = NULL;
    CK_OK(ln_tensor_select(&one, a, 0, i, &err));
    CK_OK(ln_tensor_matmul(&want, one, b, &err));
    CK_OK(ln_tensor_select(&part, y, 0, i, &err));
    ck_assert_mem_eq(part->data, want->data, 9 * sizeof(float));
    ln_tensor_unref(one), ln_tensor_unref(part), ln_tensor_unref(want);
  }
  ln_tensor_unref(base), ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(y);
}
END_TEST

START_TEST(shapes_that_do_not_fit) {
  LnTensor *a = counting(LN_SHAPE(2, 3)), *b = counting(LN_SHAPE(4)), *number = counting((LnShape){0}), *y = NULL;
  LnTensor *two = counting(LN_SHAPE(2, 3, 4)), *three = counting(LN_SHAPE(3, 4, 2));
  CK_FAILS(ln_tensor_matmul(&y, a, a, &err), LN_ESHAPE,
           "matmul: shapes 2x3 and 2x3 do not fit: dimension 2 of the first is 3, dimension 1 of the second is 2");
  CK_FAILS(ln_tensor_matmul(&y, two, two, &err), LN_ESHAPE,
           "matmul: shapes 2x3x4 and 2x3x4 do not fit: dimension 3 of the first is 4, dimension 2 of the second is 3");
  CK_FAILS(ln_tensor_matmul(&y, a, b, &err), LN_ESHAPE,
           "matmul: shapes 2x3 and 4 do not fit: dimension 2 of the first is 3, dimension 1 of the second is 4");
  CK_FAILS(ln_tensor_matmul(&y, two, three, &err), LN_ESHAPE,
           "matmul: shapes 2x3x4 and 3x4x2 do not fit: the dimensions before the last two do not broadcast");
  CK_FAILS(ln_tensor_matmul(&y, a, number, &err), LN_ESHAPE,
           "matmul: needs vectors or matrices, got shapes 2x3 and a single number; numbers are multiplied by *");
  ck_assert_ptr_null(y);
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(number), ln_tensor_unref(two), ln_tensor_unref(three);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, products);
  tcase_add_test(tests, large_products);
  tcase_add_test(tests, instruction_sets);
  tcase_add_loop_test(tests, batches_and_vectors, 0, sizeof known / sizeof *known);
  tcase_add_test(tests, batches_with_strides);
  tcase_add_test(tests, repeated_rows_and_columns);
  tcase_add_test(tests, empty_products);
  tcase_add_test(tests, shapes_that_do_not_fit);
}
