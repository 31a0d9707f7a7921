/* Files of every kind (zoo.h, written by zoo.py with Pillow): their pixels, and what becomes of them when they are cut
 * or changed. To add one, add it in zoo.py. */
#include "image/zoo.h"

#include <malloc.h>
#include <stdio.h>

#include "base/memory.h"
#include "image/image.h"
#include "support/support.h"

#define N_ZOO ((int)(sizeof zoo / sizeof *zoo))

static LnStatus decode(LnTensor **out, const void *bytes, size_t n, LnError *err) {
  return ln_image_decode(out, bytes, n, (LnImageOptions){0}, err);
}

/* libjpeg's and Pillow's ways of chroma and ink differ by rounding; stb_image's of five bits. */
static double tolerance(const char *name) {
  return strstr(name, "ck") != NULL || strstr(name, "cmyk") != NULL || strstr(name, "555") != NULL ||
         strstr(name, "565") != NULL ? 1.01 : 0.01;
}

START_TEST(pixels_are_pillows) {
  const ZooFile *f = &zoo[_i];
  LnError err;
  LnTensor *image = NULL;
  CK_OK(decode(&image, f->bytes, f->n, &err));
  ck_assert_msg(ln_shape_equal(image->shape, LN_SHAPE(f->channels, f->height, f->width)), "%s: %s", f->name,
                LN_SHAPE_TEXT(image->shape));
  int64_t plane = (int64_t)f->height * f->width;
  for (int64_t i = 0; i < plane; i++) {
    for (int c = 0; c < f->channels; c++) {
      double got = image->data[c * plane + i] * (double)f->maximum, want = f->pixels[i * f->channels + c];
      ck_assert_msg(fabs(got - want) <= tolerance(f->name), "%s: pixel %d of channel %d is %g, Pillow says %g", f->name,
                    (int)i + 1, c + 1, got, want);
    }
  }
  ln_tensor_unref(image);
}
END_TEST

START_TEST(every_allocation) {
  LnError err = {0};
  LnTensor *image = NULL;
  int64_t live = ln_memory_live();
  LnStatus status = LN_EMEMORY;
  for (int64_t n = 0; status != LN_OK; n++) {
    ln_memory_fail_after(n);
    status = ln_image_decode(&image, zoo[_i].bytes, zoo[_i].n, (LnImageOptions){.gray = true}, &err);
    ln_memory_fail_after(-1);
    ck_assert_msg(status == LN_OK || status == LN_EMEMORY, "%s: %s", zoo[_i].name, err.msg);
    if (status == LN_OK) ln_tensor_unref(image);
    ck_assert_int_eq(ln_memory_live(), live);
  }
}
END_TEST

/* Bytes at the end that no pixel needs: filling of a BMP's last row, white space of plain PNM and the last digits of a
 * number, what was put behind. */
static size_t needless(const ZooFile *f) {
  if (strncmp(f->name, "bmp", 3) == 0) return 3;
  if (strcmp(f->name, "pnm_p1") == 0) return 1;
  if (strcmp(f->name, "pnm_p2") == 0 || strcmp(f->name, "pnm_p3") == 0) return 3;
  return strcmp(f->name, "png_stray_bytes") == 0 ? 5 : 0;
}

START_TEST(cut_at_every_length) {
  const ZooFile *f = &zoo[_i];
  int64_t live = ln_memory_live();
  for (size_t n = 0; n + needless(f) < f->n; n++) {
    LnError err;
    LnTensor *image = NULL;
    uint8_t *bytes = malloc(n); /* the sanitizer sees a read past the end */
    memcpy(bytes, f->bytes, n);
    LnStatus status = decode(&image, bytes, n, &err);
    free(bytes);
    ck_assert_msg(status == LN_EFORMAT, "%s cut to %zu of %zu bytes: status %d", f->name, n, f->n, status);
    ck_assert_int_eq(ln_memory_live(), live);
  }
}
END_TEST

/* What a decoding ended in: an image's sum, or the message. */
static void outcome(char *out, size_t room, const void *bytes, size_t n) {
  LnError err;
  LnTensor *image = NULL;
  LnStatus status = decode(&image, bytes, n, &err);
  if (status != LN_OK) {
    snprintf(out, room, "%d %s", status, err.msg);
    return;
  }
  double sum = 0;
  for (int64_t i = 0; i < ln_shape_count(image->shape); i++) sum += image->data[i] * (double)(i % 89 + 1);
  snprintf(out, room, "%s %.17g", LN_SHAPE_TEXT(image->shape), sum);
  ln_tensor_unref(image);
}

/* Whatever a byte is changed to, the end is a message or an image, and the same whatever memory held before. */
START_TEST(any_byte_changed) {
  const ZooFile *f = &zoo[_i];
  int64_t live = ln_memory_live();
  uint8_t bytes[4096];
  ck_assert_uint_le(f->n, sizeof bytes);
  memcpy(bytes, f->bytes, f->n);
  for (size_t at = 0; at < f->n; at++) {
    for (int change = 1; change < 256; change = 5 * change + 3) {
      char seen[2][600];
      bytes[at] = (uint8_t)(f->bytes[at] ^ change);
      for (int fill = 0; fill < 3; fill++) {
        mallopt(M_PERTURB, (int[]){0, 0x5A, 0xFF}[fill]); /* glibc fills new memory with the complement of this */
        outcome(seen[fill > 0], sizeof seen[0], bytes, f->n);
        ck_assert_msg(fill == 0 || strcmp(seen[0], seen[1]) == 0, "%s, byte %zu changed by %d: '%s', then '%s'",
                      f->name, at + 1, change, seen[0], seen[1]);
      }
      ck_assert_int_eq(ln_memory_live(), live);
    }
    bytes[at] = f->bytes[at];
  }
  mallopt(M_PERTURB, 0);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, pixels_are_pillows, 0, N_ZOO);
  tcase_add_loop_test(tests, every_allocation, 0, N_ZOO);
  tcase_add_loop_test(tests, cut_at_every_length, 0, N_ZOO);
  tcase_add_loop_test(tests, any_byte_changed, 0, N_ZOO);
}
