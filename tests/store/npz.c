/* .npz files: what NumPy wrote (arrays.h), what we write, and every way in which a file can be damaged. */
#include "store/npz.h"

#include <zip.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "store/arrays.h"
#include "support/files.h"

static const struct {
  const uint8_t *bytes;
  size_t n;
} of_numpy[] = {{npz_savez, sizeof npz_savez}, {npz_savez_compressed, sizeof npz_savez_compressed}};

static LnStatus load(LnTensorList **out, const uint8_t *bytes, size_t n, LnError *err) {
  return ln_npz_load(out, test_file("a.npz", bytes, n), err);
}

static void check_list(const LnTensorList *list) {
  const LnTensor *mask = list->entries[0].tensor, *x = list->entries[1].tensor, *whole = list->entries[2].tensor;
  ck_assert_int_eq(list->count, 3);
  ck_assert_str_eq(list->entries[0].name, "mask");
  ck_assert_str_eq(list->entries[1].name, "x");
  ck_assert_str_eq(list->entries[2].name, "\xc3\xa9/n");
  ck_assert(mask->mask && ln_shape_equal(mask->shape, LN_SHAPE(2)) && mask->data[0] == 1 && mask->data[1] == 0);
  ck_assert(ln_shape_equal(x->shape, LN_SHAPE(2, 3)) && ln_shape_equal(whole->shape, LN_SHAPE(3)));
  for (int i = 0; i < 6; i++) ck_assert_float_eq(x->data[i], (float)i);
  for (int i = 0; i < 3; i++) ck_assert_float_eq(whole->data[i], (float)i);
}

START_TEST(files_of_numpy) {
  LnError err;
  LnTensorList *list = NULL;
  CK_OK(load(&list, of_numpy[_i].bytes, of_numpy[_i].n, &err));
  check_list(list);
  ln_tensor_list_free(list);
}
END_TEST

START_TEST(written_and_read) {
  LnError err;
  LnTensorList *list = NULL, *again = NULL;
  void *bytes = NULL, *second = NULL;
  size_t n = 0, n_second = 0;
  const char *path = test_path("ours.npz");
  CK_OK(load(&list, npz_empty, sizeof npz_empty, &err));
  ck_assert_int_eq(list->count, 0);
  ln_tensor_list_free(list);
  CK_OK(load(&list, npz_savez, sizeof npz_savez, &err));
  CK_OK(ln_npz_save(path, list->entries, list->count, &err));
  CK_OK(ln_npz_load(&again, path, &err));
  check_list(again);
  CK_OK(ln_file_read(&bytes, &n, path, &err));
  CK_OK(ln_npz_save(path, again->entries, again->count, &err)); /* no time in it: the same bytes */
  CK_OK(ln_file_read(&second, &n_second, path, &err));
  ck_assert_uint_eq(n, n_second);
  ck_assert_mem_eq(bytes, second, n);
  ln_free(bytes), ln_free(second);
  ln_tensor_list_free(list), ln_tensor_list_free(again);
}
END_TEST

START_TEST(refused_on_writing) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(2), 1, -1, 1);
  int before = test_folder_count();
  const char *path = test_path("no.npz");
  LnNamedTensor twice[] = {{"a", t}, {"a", t}};
  CK_FAILS(ln_npz_save(path, twice, 2, &err), LN_EARG, "no.npz': two tensors have the name 'a'");
  CK_FAILS(ln_npz_save(path, &(LnNamedTensor){"\xff", t}, 1, &err), LN_EARG, "the name of tensor 1 is not UTF-8 text");
  CK_FAILS(ln_npz_save(test_path("none/no"), twice, 1, &err), LN_EIO, "No such file");
  ck_assert_int_eq(test_folder_count(), before);
  ln_tensor_unref(t);
}
END_TEST

/* A zip file of one member, or of two with the same bytes, as others make them. */
static const char *zip_of(const char *first, const char *second, const void *bytes, size_t n, int method,
                          bool encrypted) {
  const char *path = test_path("other.npz");
  zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  const char *names[] = {first, second};
  for (int i = 0; i < 2 && names[i] != NULL; i++) {
    zip_int64_t index = zip_file_add(zip, names[i], zip_source_buffer(zip, bytes, n, 0), ZIP_FL_ENC_UTF_8);
    ck_assert_int_eq(zip_set_file_compression(zip, (zip_uint64_t)index, method, 0), 0);
    if (encrypted) zip_file_set_encryption(zip, (zip_uint64_t)index, ZIP_EM_TRAD_PKWARE, "secret");
  }
  ck_assert_int_eq(zip_close(zip), 0);
  return path;
}

START_TEST(members_that_are_not_read) {
  LnError err;
  LnTensorList *list = NULL;
  const uint8_t *npy = npy_float32;
  size_t n = sizeof npy_float32;
  CK_FAILS(ln_npz_load(&list, zip_of("a.txt", NULL, npy, n, ZIP_CM_STORE, false), &err), LN_EUNSUPPORTED,
           "other.npz': 'a.txt': not supported: a member that is no .npy file");
  CK_FAILS(ln_npz_load(&list, zip_of("a.npy", NULL, "text", 4, ZIP_CM_STORE, false), &err), LN_EFORMAT,
           "other.npz': 'a.npy': not a .npy file");
  CK_FAILS(ln_npz_load(&list, zip_of("a.npy", NULL, npy, n - 1, ZIP_CM_DEFLATE, false), &err), LN_EFORMAT,
           "'a.npy': damaged: cut short: shape 2x3 needs 24 bytes, but there are 23");
  CK_FAILS(ln_npz_load(&list, zip_of("c.npy", NULL, npy_complex, sizeof npy_complex, ZIP_CM_DEFLATE, false), &err),
           LN_EUNSUPPORTED, "'c.npy': not supported: dtype '<c8', complex numbers");
  if (zip_compression_method_supported(ZIP_CM_BZIP2, 1))
    CK_FAILS(ln_npz_load(&list, zip_of("a.npy", NULL, npy, n, ZIP_CM_BZIP2, false), &err), LN_EUNSUPPORTED,
             "'a.npy': not supported: compression method 12; stored and deflated members are read");
  if (zip_encryption_method_supported(ZIP_EM_TRAD_PKWARE, 1))
    CK_FAILS(ln_npz_load(&list, zip_of("a.npy", NULL, npy, n, ZIP_CM_STORE, true), &err), LN_EUNSUPPORTED,
             "'a.npy': not supported: encrypted");
  CK_FAILS(load(&list, npy, n, &err), LN_EFORMAT, 
           "a.npz': not a .npz file, or damaged: the end of a zip file is missing");
  CK_FAILS(load(&list, npy, 0, &err), LN_EFORMAT, "a.npz': not a .npz file");
  CK_FAILS(ln_npz_load(&list, test_path("none"), &err), LN_EIO, "none': No such file");
}
END_TEST

/* The second of two names made the first, in both places where a zip file has it. */
START_TEST(a_name_twice) {
  LnError err;
  LnTensorList *list = NULL;
  void *bytes = NULL;
  size_t n = 0;
  CK_OK(ln_file_read(&bytes, &n, zip_of("a.npy", "b.npy", npy_float32, sizeof npy_float32, ZIP_CM_STORE, false), &err));
  for (size_t i = 0; i + 5 <= n; i++)
    if (memcmp((char *)bytes + i, "b.npy", 5) == 0) ((char *)bytes)[i] = 'a';
  CK_FAILS(load(&list, bytes, n, &err), LN_EFORMAT, "a.npz': damaged: two arrays have the name 'a'");
  ln_free(bytes);
}
END_TEST

/* A changed number is seen by its checksum. */
START_TEST(wrong_checksum) {
  LnError err;
  LnTensorList *list = NULL;
  void *bytes = NULL;
  size_t n = 0;
  CK_OK(ln_file_read(&bytes, &n, zip_of("a.npy", NULL, npy_float32, sizeof npy_float32, ZIP_CM_STORE, false), &err));
  ((char *)bytes)[30 + 5 + 128 + 3] ^= 1; /* local header, name, header of the array */
  CK_FAILS(load(&list, bytes, n, &err), LN_EFORMAT, "a.npz': 'a.npy': damaged: CRC error");
  ln_free(bytes);
}
END_TEST

START_TEST(cut_at_every_length) {
  LnError err;
  int64_t live = ln_memory_live();
  for (size_t n = 0; n < of_numpy[_i].n; n++) {
    LnTensorList *list = NULL;
    CK_FAILS(load(&list, of_numpy[_i].bytes, n, &err), LN_EFORMAT, "a.npz'");
    ck_assert_int_eq(ln_memory_live(), live);
  }
}
END_TEST

/* Any one bit changed: refused, or still a sound file. */
START_TEST(any_bit_changed) {
  LnError err;
  uint8_t bytes[2048];
  int64_t live = ln_memory_live();
  ck_assert_uint_le(of_numpy[_i].n, sizeof bytes);
  memcpy(bytes, of_numpy[_i].bytes, of_numpy[_i].n);
  for (size_t at = 0; at < of_numpy[_i].n; at++) {
    for (int change = 1; change < 256; change *= 2) {
      LnTensorList *list = NULL;
      bytes[at] = (uint8_t)(of_numpy[_i].bytes[at] ^ change);
      LnStatus status = load(&list, bytes, of_numpy[_i].n, &err);
      ck_assert_msg(status == LN_OK || status == LN_EFORMAT || status == LN_EUNSUPPORTED, "byte %zu: %s", at, err.msg);
      ln_tensor_list_free(list);
      ck_assert_int_eq(ln_memory_live(), live);
    }
    bytes[at] = of_numpy[_i].bytes[at];
  }
}
END_TEST

/* Of all arrays together: 24 bytes of x, 8 of the mask, 12 of the last. */
START_TEST(limits) {
  LnError err;
  LnTensorList *list = NULL;
  LnLimits before = ln_limits(), small = {.pixels = before.pixels, .bytes = 43};
  ln_set_limits(small);
  CK_FAILS(load(&list, npz_savez, sizeof npz_savez, &err), LN_ELIMIT, "/n.npy': the array: too large");
  small.bytes = 44;
  ln_set_limits(small);
  CK_OK(load(&list, npz_savez, sizeof npz_savez, &err));
  ln_tensor_list_free(list);
  ln_set_limits(before);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnTensorList *list = NULL;
  const char *path = test_file("a.npz", npz_savez, sizeof npz_savez), *other = test_path("b.npz");
  CK_EVERY_ALLOCATION(ln_npz_load(&list, path, &err), ln_tensor_list_free(list));
  CK_OK(ln_npz_load(&list, path, &err));
  CK_EVERY_ALLOCATION(ln_npz_save(other, list->entries, list->count, &err), (void)0);
  ln_tensor_list_free(list);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, files_of_numpy, 0, 2);
  tcase_add_test(tests, written_and_read);
  tcase_add_test(tests, refused_on_writing);
  tcase_add_test(tests, members_that_are_not_read);
  tcase_add_test(tests, a_name_twice);
  tcase_add_test(tests, wrong_checksum);
  tcase_add_loop_test(tests, cut_at_every_length, 0, 2);
  tcase_add_loop_test(tests, any_bit_changed, 0, 2);
  tcase_add_test(tests, limits);
  tcase_add_test(tests, every_allocation);
}
