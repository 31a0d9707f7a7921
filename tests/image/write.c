/* Writing images: what was written is read back. */
#include <sys/stat.h>

#include "base/memory.h"
#include "support/files.h"
#include "image/image.h"

static void check_round_trip(LnShape shape) {
  LnError err;
  LnTensor *image = test_random(shape, 5, -0.2, 1.2), *back = NULL;
  CK_OK(ln_image_write(test_path("out.png"), image, &err));
  CK_OK(ln_image_read(&back, test_path("out.png"), false, &err));
  ck_assert_int_eq(back->shape.d[0], shape.n == 2 ? 1 : shape.d[0]);
  for (int64_t i = 0; i < ln_shape_count(shape); i++) {
    double value = fmin(fmax((double)image->data[i], 0), 1);
    ck_assert_float_eq(back->data[i], (float)floor(value * 255 + 0.5) / 255.0f);
  }
  ln_tensor_unref(image);
  ln_tensor_unref(back);
}

START_TEST(what_is_written_is_read_back) {
  check_round_trip(LN_SHAPE(9, 7));
  check_round_trip(LN_SHAPE(1, 1, 1));
  check_round_trip(LN_SHAPE(1, 64, 64));
  check_round_trip(LN_SHAPE(3, 5, 300));
  ck_assert_int_eq(test_folder_count(), 1);
}
END_TEST

START_TEST(refusals_leave_nothing_behind) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(1, 4, 4), 5, 0, 1), *wrong = test_random(LN_SHAPE(2, 4, 4), 5, 0, 1);
  int before = test_folder_count();
  CK_FAILS(ln_image_write(test_path("a.jpg"), image, &err), LN_EARG, "must end in .png");
  CK_FAILS(ln_image_write(test_path("a.png"), wrong, &err), LN_ESHAPE, "got 2x4x4");
  CK_FAILS(ln_image_write(test_path("none/a.png"), image, &err), LN_EIO, "none/a.png': No such file or directory");
  image->data[5] = NAN;
  CK_FAILS(ln_image_write(test_path("a.png"), image, &err), LN_ENUMERIC, "a.png': pixel 6 of channel 1 is NaN");
  ck_assert_int_eq(test_folder_count(), before);
  ln_tensor_unref(image);
  ln_tensor_unref(wrong);
}
END_TEST

START_TEST(a_folder_in_the_way_stays) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(1, 4, 4), 5, 0, 1);
  ck_assert_int_eq(mkdir(test_path("folder.png"), 0777), 0);
  int before = test_folder_count();
  CK_FAILS(ln_image_write(test_path("folder.png"), image, &err), LN_EIO, "folder.png': Is a directory");
  ck_assert_int_eq(test_folder_count(), before);
  ln_tensor_unref(image);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(3, 8, 8), 5, 0, 1), *turned = NULL;
  CK_OK(ln_tensor_permute(&turned, image, (int[]){0, 2, 1}, &err));
  CK_EVERY_ALLOCATION(ln_image_write(test_path("out.png"), turned, &err), (void)0);
  ln_tensor_unref(turned);
  ln_tensor_unref(image);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, what_is_written_is_read_back);
  tcase_add_test(tests, refusals_leave_nothing_behind);
  tcase_add_test(tests, a_folder_in_the_way_stays);
  tcase_add_test(tests, every_allocation);
}
