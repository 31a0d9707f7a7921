/* Views: the expected elements are those of NumPy's indexing of numpy.arange(24).reshape(2, 3, 4). */
#include "base/memory.h"
#include "tensor/suite.h"

static LnTensor *t;
static LnError err;

static void setup(void) {
  t = counting(LN_SHAPE(2, 3, 4));
}

static void teardown(void) {
  ln_tensor_unref(t);
  ck_assert_int_eq(ln_memory_live(), 0);
}

START_TEST(selecting) {
  LnTensor *v = NULL, *w = NULL;
  CK_OK(ln_tensor_select(&v, t, 1, 2, &err));
  CK_OK(ln_tensor_select(&w, v, 1, 3, &err));
  CHECK_TENSOR(v, LN_SHAPE(2, 4), 8, 9, 10, 11, 20, 21, 22, 23);
  CK_OK(ln_tensor_select(&v, w, 0, 1, &err));
  CHECK_TENSOR(w, LN_SHAPE(2), 11, 23);
  CHECK_TENSOR(v, (LnShape){0}, 23);
  CK_FAILS(ln_tensor_select(&v, t, 1, 3, &err), LN_EARG, "select: index 4 is outside dimension 2 of shape 2x3x4");
  CK_FAILS(ln_tensor_select(&v, t, 1, -1, &err), LN_EARG, "select: index 0 is outside");
  CK_FAILS(ln_tensor_select(&v, t, 3, 0, &err), LN_EARG, "select: no dimension 4 in shape 2x3x4");
}
END_TEST

START_TEST(slicing) {
  LnTensor *v = NULL, *w = NULL;
  CK_OK(ln_tensor_slice(&v, t, 2, 1, 2, 2, &err)); /* [:, :, 1::2] */
  CHECK_TENSOR(v, LN_SHAPE(2, 3, 2), 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23);
  CK_OK(ln_tensor_slice(&v, t, 2, 3, 4, -1, &err)); /* [:, 2:0:-1, ::-1] */
  CK_OK(ln_tensor_slice(&w, v, 1, 2, 2, -1, &err));
  ln_tensor_unref(v);
  ck_assert(!ln_tensor_contiguous(w));
  CHECK_TENSOR(w, LN_SHAPE(2, 2, 4), 11, 10, 9, 8, 7, 6, 5, 4, 23, 22, 21, 20, 19, 18, 17, 16);
  CK_OK(ln_tensor_slice(&v, t, 0, 2, 0, 1, &err));
  check_tensor(v, LN_SHAPE(0, 3, 4), NULL);
  CK_OK(ln_tensor_slice(&v, t, 0, 1, 1, INT64_MAX, &err));
  CHECK_TENSOR(v, LN_SHAPE(1, 3, 4), 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
}
END_TEST

START_TEST(slices_outside) {
  LnTensor *v = NULL;
  CK_FAILS(ln_tensor_slice(&v, t, 2, 1, 4, 1, &err), LN_EARG,
           "slice: 4 from index 2 in steps of 1 does not fit dimension 3 of shape 2x3x4");
  CK_FAILS(ln_tensor_slice(&v, t, 2, 3, 2, INT64_MAX, &err), LN_EARG, "does not fit");
  CK_FAILS(ln_tensor_slice(&v, t, 2, 0, 2, -1, &err), LN_EARG, "does not fit");
  CK_FAILS(ln_tensor_slice(&v, t, 2, 0, -1, 1, &err), LN_EARG, "does not fit");
  CK_FAILS(ln_tensor_slice(&v, t, 2, 5, 0, 1, &err), LN_EARG, "does not fit");
  CK_FAILS(ln_tensor_slice(&v, t, 2, 0, 2, 0, &err), LN_EARG, "the step along dimension 3 must not be 0");
  CK_FAILS(ln_tensor_slice(&v, t, -1, 0, 1, 1, &err), LN_EARG, "slice: no dimension 0");
  ck_assert_ptr_null(v);
}
END_TEST

START_TEST(permuting) {
  LnTensor *v = NULL;
  CK_OK(ln_tensor_permute(&v, t, (int[]){2, 0, 1}, &err));
  CHECK_TENSOR(v, LN_SHAPE(4, 2, 3), 0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7,
               11, 15, 19, 23);
  CK_FAILS(ln_tensor_permute(&v, t, (int[]){0, 1, 1}, &err), LN_EARG, "permute: dimension 2 is named twice");
  CK_FAILS(ln_tensor_permute(&v, t, (int[]){0, 1, 3}, &err), LN_EARG, "permute: no dimension 4");
}
END_TEST

START_TEST(expanding) {
  LnTensor *row = NULL, *v = NULL;
  CK_OK(ln_tensor_slice(&row, t, 1, 1, 1, 1, &err)); /* [:, 1:2, :] */
  CK_OK(ln_tensor_expand(&v, row, LN_SHAPE(2, 2, 2, 4), &err));
  ck_assert_int_eq(v->stride[0], 0);
  CHECK_TENSOR(v, LN_SHAPE(2, 2, 2, 4), 4, 5, 6, 7, 4, 5, 6, 7, 16, 17, 18, 19, 16, 17, 18, 19, 4, 5, 6, 7, 4, 5, 6, 7,
               16, 17, 18, 19, 16, 17, 18, 19);
  CK_FAILS(ln_tensor_expand(&v, t, LN_SHAPE(2, 3, 5), &err), LN_ESHAPE,
           "expand: shape 2x3x4 does not fit 2x3x5: dimension 3 is 4, not 1 or 5");
  CK_FAILS(ln_tensor_expand(&v, t, LN_SHAPE(3, 4), &err), LN_ESHAPE,
           "expand: shape 2x3x4 has more dimensions than 3x4");
  CK_FAILS(ln_tensor_expand(&v, row, LN_SHAPE(2, -2, 4), &err), LN_ESHAPE, "negative");
  CK_OK(ln_tensor_expand(&v, row, LN_SHAPE(2, 0, 4), &err));
  check_tensor(v, LN_SHAPE(2, 0, 4), NULL);
  ln_tensor_unref(row);
}
END_TEST

START_TEST(reshaping_contiguous) {
  LnTensor *v = NULL, *w = NULL;
  CK_OK(ln_tensor_reshape(&v, t, LN_SHAPE(4, -1, 1), &err));
  ck_assert(ln_tensor_same_storage(v, t));
  ck_assert(ln_shape_equal(v->shape, LN_SHAPE(4, 6, 1)));
  ln_tensor_unref(v);
  CK_FAILS(ln_tensor_reshape(&v, t, LN_SHAPE(5, 5), &err), LN_ESHAPE,
           "reshape: shape 2x3x4 has 24 elements, which do not fit 5x5");
  CK_FAILS(ln_tensor_reshape(&v, t, LN_SHAPE(5, -1), &err), LN_ESHAPE, "which do not fit 5x-1");
  CK_FAILS(ln_tensor_reshape(&v, t, LN_SHAPE(-1, 0), &err), LN_ESHAPE, "which do not fit -1x0");
  CK_FAILS(ln_tensor_reshape(&v, t, LN_SHAPE(-1, -1), &err), LN_ESHAPE, "sizes 1 and 2 are both -1");
  CK_FAILS(ln_tensor_reshape(&v, t, LN_SHAPE(-4, -6), &err), LN_ESHAPE, "negative");
  CK_OK(ln_tensor_slice(&v, t, 0, 0, 0, 1, &err));
  CK_OK(ln_tensor_reshape(&w, v, LN_SHAPE(7, 0), &err));
  ln_tensor_unref(v);
  check_tensor(w, LN_SHAPE(7, 0), NULL);
}
END_TEST

/* Reshape of a view: the same storage where strides allow it, the same elements always. */
static void check_reshape(LnTensor *view, LnShape shape, bool shares) {
  LnTensor *v = NULL;
  float want[24];
  ln_tensor_read(want, view);
  CK_OK(ln_tensor_reshape(&v, view, shape, &err));
  ck_assert_msg(ln_tensor_same_storage(v, view) == shares, "%s to %s", LN_SHAPE_TEXT(view->shape),
                LN_SHAPE_TEXT(shape));
  check_tensor(v, shape, want);
}

START_TEST(reshaping_views) {
  LnTensor *v = NULL;
  CK_OK(ln_tensor_permute(&v, t, (int[]){2, 0, 1}, &err)); /* 4x2x3, of which 2x3 lies in steps of 4 */
  check_reshape(v, LN_SHAPE(4, 6), true);
  check_reshape(v, LN_SHAPE(4, 3, 2), true);
  check_reshape(v, LN_SHAPE(2, 2, 1, 6), true);
  check_reshape(v, LN_SHAPE(1, 4, 1, 2, 3, 1), true);
  check_reshape(v, LN_SHAPE(8, 3), false);
  check_reshape(v, LN_SHAPE(24), false);
  ln_tensor_unref(v);
  CK_OK(ln_tensor_slice(&v, t, 2, 3, 4, -1, &err)); /* steps of -1 inside */
  check_reshape(v, LN_SHAPE(6, 4), true);
  check_reshape(v, LN_SHAPE(6, 2, 2), true);
  check_reshape(v, LN_SHAPE(24), false);
  ln_tensor_unref(v);
  CK_OK(ln_tensor_slice(&v, t, 1, 1, 1, 1, &err)); /* 2x1x4 */
  check_reshape(v, LN_SHAPE(2, 4), true);
  ln_tensor_unref(v);
  CK_OK(ln_tensor_select(&v, t, 1, 1, &err)); /* 2x4 in steps of 12 */
  check_reshape(v, LN_SHAPE(2, 2, 2), true);
  check_reshape(v, LN_SHAPE(8), false);
  ln_tensor_unref(v);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, selecting);
  tcase_add_test(tests, slicing);
  tcase_add_test(tests, slices_outside);
  tcase_add_test(tests, permuting);
  tcase_add_test(tests, expanding);
  tcase_add_test(tests, reshaping_contiguous);
  tcase_add_test(tests, reshaping_views);
}
