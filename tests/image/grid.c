/* Grids of images. */
#include "base/memory.h"
#include "support/files.h"
#include "image/image.h"

START_TEST(images_lie_where_they_should) {
  LnError err;
  LnTensor *gray = test_random(LN_SHAPE(3, 1, 2, 2), 1, 0, 0.5), *colour = test_random(LN_SHAPE(1, 3, 2, 2), 2, 0, 0.5);
  LnTensor *sheet = NULL;
  CK_OK(ln_image_grid(&sheet, (LnTensor *[]){gray, colour}, 2, 2, 1, &err));
  ck_assert(ln_shape_equal(sheet->shape, LN_SHAPE(3, 5, 5)));
  for (int64_t c = 0; c < 3; c++) {
    const float *plane = sheet->data + c * 25;
    ck_assert_float_eq(plane[0], gray->data[0]);          /* first row, first image */
    ck_assert_float_eq(plane[3], gray->data[4]);          /* second image, after a gap of one */
    ck_assert_float_eq(plane[2], 1);                      /* the gap is white */
    ck_assert_float_eq(plane[3 * 5], colour->data[c * 4]); /* second row */
    ck_assert_float_eq(plane[4 * 5 + 4], 1);              /* nothing there */
  }
  ln_tensor_unref(sheet);
  CK_EVERY_ALLOCATION(ln_image_grid(&sheet, (LnTensor *[]){gray, colour}, 2, 0, 0, &err), ln_tensor_unref(sheet));
  ln_tensor_unref(gray);
  ln_tensor_unref(colour);
}
END_TEST

START_TEST(views_are_read_in_their_order) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(1, 1, 3, 4), 3, 0, 1), *turned = NULL, *sheet = NULL;
  CK_OK(ln_tensor_permute(&turned, t, (int[]){0, 1, 3, 2}, &err));
  CK_OK(ln_image_grid(&sheet, &turned, 1, 0, 2, &err));
  ck_assert(ln_shape_equal(sheet->shape, LN_SHAPE(1, 4, 3)));
  for (int y = 0; y < 4; y++)
    for (int x = 0; x < 3; x++) ck_assert_float_eq(sheet->data[y * 3 + x], t->data[x * 4 + y]);
  ln_tensor_unref(sheet);
  ln_tensor_unref(turned);
  ln_tensor_unref(t);
}
END_TEST

START_TEST(rows_that_do_not_fit) {
  LnError err;
  LnTensor *a = test_random(LN_SHAPE(2, 1, 4, 4), 1, 0, 1), *b = test_random(LN_SHAPE(2, 1, 4, 5), 1, 0, 1);
  LnTensor *c = test_random(LN_SHAPE(2, 2, 4, 4), 1, 0, 1), *sheet = NULL;
  CK_FAILS(ln_image_grid(&sheet, (LnTensor *[]){a, b}, 2, 0, 1, &err), LN_ESHAPE,
           "row 2 has images of 4x5, row 1 of 4x4");
  CK_FAILS(ln_image_grid(&sheet, (LnTensor *[]){a, c}, 2, 0, 1, &err), LN_ESHAPE, "row 2");
  CK_FAILS(ln_image_grid(&sheet, &a, 0, 0, 1, &err), LN_EARG, "at least one row");
  CK_FAILS(ln_image_grid(&sheet, &a, 1, -1, 1, &err), LN_EARG, "got -1 and 1");
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(c);
}
END_TEST

TESTS {
  tcase_add_test(tests, images_lie_where_they_should);
  tcase_add_test(tests, views_are_read_in_their_order);
  tcase_add_test(tests, rows_that_do_not_fit);
}
