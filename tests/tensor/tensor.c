/* Making and releasing tensors. */
#include "base/memory.h"
#include "tensor/suite.h"

START_TEST(new_tensors_are_zero) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(2, 3), &err));
  ck_assert(ln_tensor_contiguous(t));
  ck_assert_int_eq(ln_tensor_storage_bytes(t), 24);
  CHECK_TENSOR(t, LN_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(no_elements_and_no_dimensions) {
  LnError err;
  LnTensor *none = NULL, *one = NULL;
  CK_OK(ln_tensor_new(&none, LN_SHAPE(3, 0, 2), &err));
  ck_assert(ln_tensor_contiguous(none));
  check_tensor(none, LN_SHAPE(3, 0, 2), NULL);
  CK_OK(ln_tensor_new(&one, (LnShape){0}, &err));
  ck_assert(ln_tensor_contiguous(one));
  CHECK_TENSOR(one, (LnShape){0}, 0);
}
END_TEST

START_TEST(impossible_shapes) {
  LnError err;
  LnTensor *t = NULL;
  CK_FAILS(ln_tensor_new(&t, LN_SHAPE(2, -1), &err), LN_ESHAPE, "size 2 of shape 2x-1 is negative");
  CK_FAILS(ln_tensor_new(&t, LN_SHAPE(1ll << 32, 1ll << 32), &err), LN_ESHAPE, "too many elements");
  CK_FAILS(ln_tensor_new(&t, (LnShape){.n = 9}, &err), LN_ESHAPE, "9 dimensions");
  ln_memory_fail_after(1);
  CK_FAILS(ln_tensor_new(&t, LN_SHAPE(3, 5), &err), LN_EMEMORY, "tensor of shape 3x5: out of memory (needed 60 bytes)");
  ck_assert_ptr_null(t);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(storage_lives_as_long_as_a_view) {
  LnError err;
  LnTensor *t = counting(LN_SHAPE(2, 3)), *row = NULL, *other = counting(LN_SHAPE(1));
  CK_OK(ln_tensor_select(&row, t, 0, 1, &err));
  ck_assert(ln_tensor_same_storage(t, row));
  ck_assert(!ln_tensor_same_storage(t, other));
  ck_assert_ptr_eq(ln_tensor_ref(t), t);
  ln_tensor_unref(t);
  ln_tensor_unref(t);
  ln_tensor_unref(other);
  CHECK_TENSOR(row, LN_SHAPE(3), 3, 4, 5);
  ln_tensor_unref(NULL);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, new_tensors_are_zero);
  tcase_add_test(tests, no_elements_and_no_dimensions);
  tcase_add_test(tests, impossible_shapes);
  tcase_add_test(tests, storage_lives_as_long_as_a_view);
}
