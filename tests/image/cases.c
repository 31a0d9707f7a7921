/* Small files that broke something once, from ../shared/cases: skipped where they are not at hand. */
#include <stdio.h>

#include "image/image.h"
#include "support/files.h"

static const struct {
  const char *name;
  LnStatus status;
  const char *message;  /* of a failure */
  LnShape shape;
  double means[3];      /* of the channels; 0 where there is none */
} cases[] = {
    {"base444.jpg", LN_OK, NULL, LN_SHAPE(3, 37, 53), {0.4079, 0.4235, 0.7257}},
    {"base444_ff00_before_eoi.jpg", LN_OK, NULL, LN_SHAPE(3, 37, 53), {0.4079, 0.4235, 0.7257}},
    {"gray_halfscan_eoi.jpg", LN_EFORMAT, "damaged: ", {0}, {0}},
    {"gray_nodqt.jpg", LN_EFORMAT, "damaged: ", {0}, {0}},
    {"jpeg_missing_dht.jpg", LN_EFORMAT, "damaged: ", {0}, {0}},
    {"jpeg_no_scan.jpg", LN_EFORMAT, "damaged: ", {0}, {0}},
    {"jpeg_nondet_pixels_2.jpg", LN_EFORMAT, "damaged: ", {0}, {0}},
    {"cmyk_noadobe.jpg", LN_OK, NULL, LN_SHAPE(3, 37, 53), {0.4078, 0.4235, 0.7255}},
    {"exif6.jpg", LN_OK, NULL, LN_SHAPE(3, 53, 37), {0.4079, 0.4235, 0.7257}},
    {"bmp_os2_8grey.bmp", LN_OK, NULL, LN_SHAPE(3, 6, 9), {0.5415, 0.5415, 0.5415}},
    {"bmp_8_beyond.bmp", LN_OK, NULL, LN_SHAPE(3, 6, 9), {0.5343, 0.5227, 0.4717}},
    {"bmp_8_topdown.bmp", LN_OK, NULL, LN_SHAPE(3, 6, 9), {0.5388, 0.4759, 0.5223}},
    {"bmp_rle8.bmp", LN_EUNSUPPORTED, "not supported: RLE", {0}, {0}},
    {"png_badcrc_text.png", LN_OK, NULL, LN_SHAPE(1, 5, 7), {0.5494}},
    {"esc.png", LN_EFORMAT, "damaged: ", {0}, {0}},
};

START_TEST(shared_case) {
  LnError err = {0};
  LnTensor *image = NULL;
  char name[64];
  snprintf(name, sizeof name, "cases/%s", cases[_i].name);
  const char *path = test_shared(name);
  if (path == NULL) return;
  LnStatus status = ln_image_read(&image, path, (LnImageOptions){0}, &err);
  ck_assert_msg(status == cases[_i].status, "%s: status %d: %s", name, status, err.msg);
  if (status != LN_OK) {
    ck_assert_msg(strstr(err.msg, cases[_i].message) != NULL, "%s", err.msg);
    for (const char *c = err.msg; *c != '\0'; c++) ck_assert_msg(*c >= ' ', "%s: a control character", name);
    return;
  }
  ck_assert_msg(ln_shape_equal(image->shape, cases[_i].shape), "%s: %s", name, LN_SHAPE_TEXT(image->shape));
  int64_t plane = image->shape.d[1] * image->shape.d[2];
  for (int64_t c = 0; c < image->shape.d[0]; c++) {
    double sum = 0;
    for (int64_t i = 0; i < plane; i++) sum += image->data[c * plane + i];
    ck_assert_double_eq_tol(sum / (double)plane, cases[_i].means[c], 1e-4);
  }
  ln_tensor_unref(image);
}
END_TEST

/* OS/2's palette has three bytes a colour: the last four colours count too. */
START_TEST(the_palette_of_os2_is_whole) {
  LnError err;
  LnTensor *image = NULL;
  const char *path = test_shared("cases/bmp_os2_8grey.bmp");
  if (path == NULL) return;
  CK_OK(ln_image_read(&image, path, (LnImageOptions){.gray = true}, &err));
  const float first[] = {250, 251, 252, 253, 254, 255};
  for (int i = 0; i < 6; i++) ck_assert_float_eq_tol(image->data[i], first[i] / 255, 1e-6f);
  ln_tensor_unref(image);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, shared_case, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tests, the_palette_of_os2_is_whole);
}
