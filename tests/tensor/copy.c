/* Copies: new tensors from old elements, and writing through views. */
#include "base/memory.h"
#include "tensor/suite.h"

static LnTensor *t, *transposed; /* 0 1 2 / 3 4 5, and its transpose */
static LnError err;

static void setup(void) {
  t = counting(LN_SHAPE(2, 3));
  CK_OK(ln_tensor_permute(&transposed, t, (int[]){1, 0}, &err));
}

static void teardown(void) {
  ln_tensor_unref(t);
  ln_tensor_unref(transposed);
  ck_assert_int_eq(ln_memory_live(), 0);
}

START_TEST(clones) {
  LnTensor *c = NULL;
  CK_OK(ln_tensor_clone(&c, transposed, &err));
  ck_assert(ln_tensor_contiguous(c) && !ln_tensor_same_storage(c, t));
  CHECK_TENSOR(c, LN_SHAPE(3, 2), 0, 3, 1, 4, 2, 5);
  CK_OK(ln_tensor_as_contiguous(&c, t, &err));
  ck_assert_ptr_eq(c, t);
  ln_tensor_unref(c);
  CK_OK(ln_tensor_as_contiguous(&c, transposed, &err));
  ck_assert(ln_tensor_contiguous(c));
  ln_tensor_unref(c);
}
END_TEST

START_TEST(concatenating) {
  LnTensor *c = NULL, *column = NULL;
  CK_OK(ln_tensor_slice(&column, t, 1, 1, 1, 1, &err));
  CK_OK(ln_tensor_concat(&c, (LnTensor *[]){t, column, t}, 3, 1, &err));
  CHECK_TENSOR(c, LN_SHAPE(2, 7), 0, 1, 2, 1, 0, 1, 2, 3, 4, 5, 4, 3, 4, 5);
  CK_OK(ln_tensor_concat(&c, (LnTensor *[]){t, t}, 2, 0, &err));
  CHECK_TENSOR(c, LN_SHAPE(4, 3), 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5);
  CK_FAILS(ln_tensor_concat(&c, (LnTensor *[]){t, column}, 2, 0, &err), LN_ESHAPE,
           "concat: tensor 2 has shape 2x1, tensor 1 has 2x3: they may differ in dimension 1 only");
  CK_FAILS(ln_tensor_concat(&c, (LnTensor *[]){t}, 1, 2, &err), LN_EARG, "concat: no dimension 3");
  CK_FAILS(ln_tensor_concat(&c, NULL, 0, 0, &err), LN_EARG, "at least one tensor");
  ln_tensor_unref(column);
}
END_TEST

START_TEST(copying_broadcasts) {
  LnTensor *to = NULL, *row = NULL;
  CK_OK(ln_tensor_new(&to, LN_SHAPE(2, 2, 3), &err));
  CK_OK(ln_tensor_select(&row, t, 0, 1, &err));
  CK_OK(ln_tensor_copy(to, t, &err));
  CHECK_TENSOR(ln_tensor_ref(to), LN_SHAPE(2, 2, 3), 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5);
  CK_OK(ln_tensor_copy(to, row, &err));
  CK_FAILS(ln_tensor_copy(row, to, &err), LN_ESHAPE, "copy: shape 2x2x3 does not fit 3");
  CK_FAILS(ln_tensor_copy(t, transposed, &err), LN_ESHAPE, "copy: shape 3x2 does not fit 2x3");
  CHECK_TENSOR(to, LN_SHAPE(2, 2, 3), 3, 4, 5, 3, 4, 5, 3, 4, 5, 3, 4, 5);
  ln_tensor_unref(row);
}
END_TEST

START_TEST(copying_over_itself) {
  LnTensor *line = counting(LN_SHAPE(5)), *head = NULL, *tail = NULL, *back = NULL;
  CK_OK(ln_tensor_slice(&head, line, 0, 0, 4, 1, &err));
  CK_OK(ln_tensor_slice(&tail, line, 0, 1, 4, 1, &err));
  CK_OK(ln_tensor_slice(&back, line, 0, 4, 5, -1, &err));
  CK_OK(ln_tensor_copy(tail, head, &err)); /* 0 0 1 2 3 */
  CK_OK(ln_tensor_copy(line, back, &err));
  CHECK_TENSOR(line, LN_SHAPE(5), 3, 2, 1, 0, 0);
  ln_tensor_unref(head), ln_tensor_unref(tail), ln_tensor_unref(back);
}
END_TEST

START_TEST(writing_through_views) {
  LnTensor *column = NULL;
  CK_OK(ln_tensor_select(&column, t, 1, 0, &err));
  ln_tensor_fill(column, 7, NULL);
  CHECK_TENSOR(ln_tensor_ref(t), LN_SHAPE(2, 3), 7, 1, 2, 7, 4, 5);
  ln_tensor_write(transposed, (float[]){0, 1, 2, 3, 4, 5});
  CHECK_TENSOR(ln_tensor_ref(t), LN_SHAPE(2, 3), 0, 2, 4, 1, 3, 5);
  ln_tensor_unref(column);
}
END_TEST

/* Rows beyond LN_WALK_PIECE elements are walked in pieces. */
START_TEST(long_rows) {
  const int64_t n = 1000003;
  LnTensor *x = test_random(LN_SHAPE(3, n), 1, 0, 1), *even = NULL, *y = NULL, *sum = NULL;
  CK_OK(ln_tensor_slice(&even, x, 1, n - 1, n / 2, -2, &err));
  CK_OK(ln_tensor_clone(&y, even, &err));
  for (int64_t r = 0; r < 3; r++)
    for (int64_t i = 0; i < n / 2; i++)
      if (y->data[r * (n / 2) + i] != x->data[r * n + n - 1 - 2 * i]) ck_abort_msg("row %d, %d", (int)r, (int)i);
  CK_OK(ln_tensor_binary(&sum, LN_SUB, even, y, &err));
  ck_assert(ln_tensor_reduce_all(LN_RMIN, sum) == 0 && ln_tensor_reduce_all(LN_RMAX, sum) == 0);
  x->data[2 * n + 900001] = 7;
  ck_assert(ln_tensor_reduce_all(LN_ARGMAX, x) == (double)(2 * n + 900002));
  ln_tensor_unref(x), ln_tensor_unref(even), ln_tensor_unref(y), ln_tensor_unref(sum);
}
END_TEST

START_TEST(expanded_tensors_cannot_be_written_to) {
  LnTensor *x = test_random(LN_SHAPE(1, 3), 1, 0, 1), *rows = NULL, *one = NULL, *first = NULL;
  CK_OK(ln_tensor_expand(&rows, x, LN_SHAPE(4, 3), &err));
  CK_FAILS(ln_tensor_fill(rows, 1, &err), LN_EARG, "fill: the tensor 4x3 was expanded");
  CK_FAILS(ln_tensor_copy(rows, x, &err), LN_EARG, "copy: the tensor 4x3 was expanded");
  CK_OK(ln_tensor_expand(&one, x, LN_SHAPE(1, 1, 3), &err)); /* nothing is repeated */
  CK_OK(ln_tensor_fill(one, 1, &err));
  CK_OK(ln_tensor_slice(&first, rows, 0, 1, 1, 1, &err)); /* a single row of it is not */
  CK_OK(ln_tensor_fill(first, 2, &err));
  ln_tensor_unref(x), ln_tensor_unref(rows), ln_tensor_unref(one), ln_tensor_unref(first);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, clones);
  tcase_add_test(tests, concatenating);
  tcase_add_test(tests, copying_broadcasts);
  tcase_add_test(tests, copying_over_itself);
  tcase_add_test(tests, writing_through_views);
  tcase_add_test(tests, long_rows);
  tcase_add_test(tests, expanded_tensors_cannot_be_written_to);
}
