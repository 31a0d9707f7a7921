/* Writing images: what was written is read back. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "image/formats.h"
#include "support/files.h"
#include "image/image.h"

static void check_round_trip(const char *name, LnShape shape, int bits) {
  LnError err;
  LnTensor *image = test_random(shape, 5, -0.2, 1.2), *back = NULL;
  double one = bits == 8 ? 255 : 65535;
  CK_OK(ln_image_write(test_path(name), image, bits, &err));
  CK_OK(ln_image_read(&back, test_path(name), (LnImageOptions){0}, &err));
  ck_assert_int_eq(back->shape.d[0], shape.n == 2 ? 1 : shape.d[0]);
  for (int64_t i = 0; i < ln_shape_count(shape); i++) {
    double value = fmin(fmax((double)image->data[i], 0), 1);
    ck_assert_float_eq_tol(back->data[i], (float)value, 0.501f / (float)one);
    ck_assert_float_eq(back->data[i], (float)rint(back->data[i] * one) / (float)one);
  }
  ln_tensor_unref(image);
  ln_tensor_unref(back);
}

/* Every format that is written, with all that it keeps. */
START_TEST(what_is_written_is_read_back) {
  int written = 0;
  for (const LnImageFormat *const *f = ln_image_formats; *f != NULL; f++) {
    for (int k = 0; (*f)->write != NULL && (*f)->extensions[k] != NULL; k++, written++) {
      for (int bits = 8; bits <= (*f)->bits; bits += 8) {
        char name[32] = "out";
        strcat(name, (*f)->extensions[k]);
        check_round_trip(name, LN_SHAPE(9, 7), bits);
        check_round_trip(name, LN_SHAPE(1, 1, 1), bits);
        check_round_trip(name, LN_SHAPE(1, 64, 64), bits);
        if ((*f)->colour) check_round_trip(name, LN_SHAPE(3, 5, 300), bits);
      }
    }
  }
  ck_assert_int_eq(test_folder_count(), written);
}
END_TEST

START_TEST(sixteen_bits_are_exact) {
  LnError err;
  LnTensor *image = NULL, *back = NULL;
  CK_OK(ln_tensor_new(&image, LN_SHAPE(256, 256), &err));
  for (int i = 0; i < 65536; i++) image->data[i] = (float)i / 65535.0f;
  const char *names[] = {"all.PNG", "all.pgm"};
  for (int k = 0; k < 2; k++) {
    CK_OK(ln_image_write(test_path(names[k]), image, 16, &err));
    CK_OK(ln_image_read(&back, test_path(names[k]), (LnImageOptions){0}, &err));
    for (int i = 0; i < 65536; i++) ck_assert_float_eq(back->data[i], image->data[i]);
    ln_tensor_unref(back);
  }
  ln_tensor_unref(image);
}
END_TEST

START_TEST(the_same_values_give_the_same_bytes) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(3, 40, 50), 5, 0, 1);
  void *bytes[2];
  size_t n[2];
  for (int i = 0; i < 2; i++) {
    CK_OK(ln_image_write(test_path("a.png"), image, 16, &err));
    CK_OK(ln_file_read(&bytes[i], &n[i], test_path("a.png"), &err));
  }
  ck_assert_uint_eq(n[0], n[1]);
  ck_assert_mem_eq(bytes[0], bytes[1], n[0]);
  ln_free(bytes[0]), ln_free(bytes[1]);
  ln_tensor_unref(image);
}
END_TEST

START_TEST(refusals_leave_nothing_behind) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(1, 4, 4), 5, 0, 1), *wrong = test_random(LN_SHAPE(2, 4, 4), 5, 0, 1);
  LnTensor *colour = test_random(LN_SHAPE(3, 4, 4), 5, 0, 1);
  int before = test_folder_count();
  CK_FAILS(ln_image_write(test_path("a.jpg"), image, 8, &err), LN_EARG,
           "the name must end in one of .png, .pgm, .ppm, .pnm");
  CK_FAILS(ln_image_write(test_path("a.png"), wrong, 8, &err), LN_ESHAPE, "got 2x4x4");
  CK_FAILS(ln_image_write(test_path("none/a.png"), image, 8, &err), LN_EIO, "none/a.png': No such file or directory");
  CK_FAILS(ln_image_write(test_path("png"), image, 8, &err), LN_EARG, "must end in one of");
  CK_FAILS(ln_image_write(test_path("a.png"), image, 12, &err), LN_EARG, "a.png': bits must be 8 or 16, got 12");
  CK_FAILS(ln_image_write(test_path("a.pgm"), colour, 8, &err), LN_ESHAPE, "PGM keeps no colour: expected 1 channel");
  image->data[5] = NAN;
  CK_FAILS(ln_image_write(test_path("a.png"), image, 8, &err), LN_ENUMERIC, "a.png': pixel 6 of channel 1 is NaN");
  ck_assert_int_eq(test_folder_count(), before);
  ln_tensor_unref(image);
  ln_tensor_unref(wrong);
  ln_tensor_unref(colour);
}
END_TEST

START_TEST(a_folder_in_the_way_stays) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(1, 4, 4), 5, 0, 1);
  ck_assert_int_eq(mkdir(test_path("folder.png"), 0777), 0);
  int before = test_folder_count();
  CK_FAILS(ln_image_write(test_path("folder.png"), image, 8, &err), LN_EIO, "folder.png': Is a directory");
  ck_assert_int_eq(test_folder_count(), before);
  ln_tensor_unref(image);
}
END_TEST

/* The bytes in memory are those of the file. */
START_TEST(encoded_in_memory) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(3, 8, 9), 5, 0, 1);
  uint8_t *bytes = NULL;
  void *file = NULL;
  size_t n = 0, length = 0;
  CK_OK(ln_image_write(test_path("out.png"), image, 8, &err));
  CK_OK(ln_file_read(&file, &length, test_path("out.png"), &err));
  CK_OK(ln_image_encode(&bytes, &n, ".png", image, 8, &err));
  ck_assert_uint_eq(n, length);
  ck_assert_mem_eq(bytes, file, n);
  ln_free(bytes);
  ln_free(file);
  CK_FAILS(ln_image_encode(&bytes, &n, "png", image, 8, &err), LN_EARG, "the name must end in one of");
  ck_assert_ptr_null(bytes);
  ln_tensor_unref(image);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnTensor *image = test_random(LN_SHAPE(3, 8, 8), 5, 0, 1), *turned = NULL;
  CK_OK(ln_tensor_permute(&turned, image, (int[]){0, 2, 1}, &err));
  CK_EVERY_ALLOCATION(ln_image_write(test_path("out.png"), turned, 8, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_image_write(test_path("out.ppm"), turned, 16, &err), (void)0);
  ln_tensor_unref(turned);
  ln_tensor_unref(image);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, what_is_written_is_read_back);
  tcase_add_test(tests, sixteen_bits_are_exact);
  tcase_add_test(tests, the_same_values_give_the_same_bytes);
  tcase_add_test(tests, refusals_leave_nothing_behind);
  tcase_add_test(tests, a_folder_in_the_way_stays);
  tcase_add_test(tests, encoded_in_memory);
  tcase_add_test(tests, every_allocation);
}
