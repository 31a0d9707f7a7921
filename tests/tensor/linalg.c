/* Matrix products against a plain triple loop, for every layout BLAS is or is not handed directly. */
#include "base/memory.h"
#include "support/formula.h"
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
      ck_assert_double_eq_tol(at(y, i, j), want, 1e-5);
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
  static const int64_t sizes[][3] = {{3, 4, 5}, {1, 7, 1}, {17, 1, 9}, {2, 300, 2}};
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

START_TEST(shapes_that_do_not_fit) {
  LnTensor *a = counting(LN_SHAPE(2, 3)), *b = counting(LN_SHAPE(4)), *y = NULL;
  CK_FAILS(ln_tensor_matmul(&y, a, a, &err), LN_ESHAPE,
           "matmul: shapes 2x3 and 2x3 do not fit: dimension 2 of the first is 3, dimension 1 of the second is 2");
  CK_FAILS(ln_tensor_matmul(&y, a, b, &err), LN_ESHAPE, "matmul: needs two matrices, got shapes 2x3 and 4");
  ck_assert_ptr_null(y);
  ln_tensor_unref(a), ln_tensor_unref(b);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, products);
  tcase_add_test(tests, repeated_rows_and_columns);
  tcase_add_test(tests, empty_products);
  tcase_add_test(tests, shapes_that_do_not_fit);
}
