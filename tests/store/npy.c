/* .npy files: what NumPy wrote (arrays.h) is read, and written again to the same bytes; every way in which a file can
 * be damaged. */
#include "store/npy.h"

#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "store/arrays.h"
#include "support/files.h"

enum { N_ARRAYS = sizeof arrays / sizeof *arrays };

/* What is refused, and why; all else in arrays.h is read. */
static const struct {
  const char *name, *message;
} refused[] = {
    {"int64_odd", "element (2, 2) is 16777217, which float32 cannot hold"},
    {"int32_odd", "element (1) is -16777217, which float32 cannot hold"},
    {"uint64_odd", "element (1) is 18446744073709551615, which float32 cannot hold"},
    {"float64_far", "element (2, 1) is -1e+300, which float32 cannot hold"},
    {"scalar_odd", "element (1) is 16777217, which float32 cannot hold"},
    {"complex", "dtype '<c8', complex numbers"},
    {"text", "dtype '<U3', text"},
    {"bytes", "dtype '|S3', bytes of text"},
    {"object", "dtype '|O', objects (a pickle)"},
    {"structured", "a structured dtype; save its fields one by one"},
    {"dates", "dtype '<M8[D]', dates"},
    {"dims9", "9 dimensions; at most 8 are read"},
};

static const char *refusal_of(const char *name) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (strcmp(refused[i].name, name) == 0) return refused[i].message;
  return NULL;
}

static const ArrayFile *array_named(const char *name) {
  for (int i = 0; i < N_ARRAYS; i++)
    if (strcmp(arrays[i].name, name) == 0) return &arrays[i];
  ck_abort_msg("no array '%s'", name);
  return NULL;
}

START_TEST(arrays_of_numpy) {
  const ArrayFile *f = &arrays[_i];
  LnError err;
  LnTensor *t = NULL;
  char message[200];
  const char *path = test_file("a.npy", f->bytes, f->n);
  if (refusal_of(f->name) != NULL) {
    snprintf(message, sizeof message, "a.npy': not supported: %s", refusal_of(f->name));
    CK_FAILS(ln_npy_load(&t, path, &err), LN_EUNSUPPORTED, message);
    return;
  }
  CK_OK(ln_npy_load(&t, path, &err));
  LnShape shape = {.n = f->dims};
  memcpy(shape.d, f->shape, (size_t)f->dims * sizeof *f->shape);
  ck_assert_msg(ln_shape_equal(t->shape, shape), "%s: %s", f->name, LN_SHAPE_TEXT(t->shape));
  ck_assert_msg(t->mask == f->mask && ln_tensor_contiguous(t), "%s", f->name);
  for (int64_t i = 0; i < ln_shape_count(shape); i++)
    ck_assert_msg(t->data[i] == f->numbers[i] || (isnan(t->data[i]) && isnan(f->numbers[i])),
                  "%s: number %d is %g, NumPy says %g", f->name, (int)i + 1, t->data[i], f->numbers[i]);
  ln_tensor_unref(t);
}
END_TEST

/* Those that are stored as we store them. */
START_TEST(the_same_bytes_as_numpy) {
  static const char *const names[] = {"float32", "bool", "scalar", "scalar_bool", "empty",
                                      "dims8", "version_1"};
  LnError err;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const ArrayFile *f = array_named(names[i]);
    LnTensor *t = NULL;
    void *bytes = NULL;
    size_t n = 0;
    CK_OK(ln_npy_load(&t, test_file("a.npy", f->bytes, f->n), &err));
    CK_OK(ln_npy_save(test_path("b.npy"), t, &err));
    CK_OK(ln_file_read(&bytes, &n, test_path("b.npy"), &err));
    ck_assert_msg(n == f->n && memcmp(bytes, f->bytes, n) == 0, "%s", f->name);
    ln_free(bytes), ln_tensor_unref(t);
  }
}
END_TEST

/* Views are written in the order of their elements; a mask that was written to is one no more. */
START_TEST(written_and_read) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(40, 3, 50), 1, -1, 1), *view = NULL, *copy = NULL, *back = NULL;
  const char *path = test_path("view.npy");
  CK_OK(ln_tensor_permute(&view, t, (int[]){2, 0, 1}, &err));
  CK_OK(ln_tensor_clone(&copy, view, &err));
  CK_OK(ln_npy_save(path, view, &err));
  CK_OK(ln_npy_load(&back, path, &err));
  ck_assert(ln_shape_equal(back->shape, LN_SHAPE(50, 40, 3)) && !back->mask);
  ck_assert_mem_eq(back->data, copy->data, 6000 * sizeof(float));
  ln_tensor_unref(back), ln_tensor_unref(copy), ln_tensor_unref(view), ln_tensor_unref(t);

  const ArrayFile *mask = array_named("bool");
  CK_OK(ln_npy_load(&t, test_file("mask.npy", mask->bytes, mask->n), &err));
  t->data[1] = 0.5f;
  CK_OK(ln_npy_save(path, t, &err));
  CK_OK(ln_npy_load(&back, path, &err));
  ck_assert(!back->mask && back->data[0] == 1 && back->data[1] == 0.5f);
  ln_tensor_unref(back), ln_tensor_unref(t);
  CK_OK(ln_tensor_new(&t, LN_SHAPE(2), &err));
  CK_FAILS(ln_npy_save(test_path("none/a.npy"), t, &err), LN_EIO, "none/a.npy': No such file");
  ln_tensor_unref(t);
}
END_TEST

/* Many numbers come in pieces; the one that does not fit is in a later one. */
START_TEST(large_arrays) {
  enum { COUNT = 200000 };
  LnError err;
  LnTensor *t = NULL;
  char header[129] = "\x93NUMPY\1\0\x76\0{'descr': '<i8', 'fortran_order': False, 'shape': (200000,), }";
  char *bytes = calloc(1, 128 + COUNT * sizeof(int64_t));
  memset(header + 10 + strlen(header + 10), ' ', 128 - 10 - strlen(header + 10));
  memcpy(bytes, header, 128);
  int64_t *numbers = (int64_t *)(void *)(bytes + 128);
  for (int64_t i = 0; i < COUNT; i++) numbers[i] = i * 3;
  CK_OK(ln_npy_load(&t, test_file("large.npy", bytes, 128 + COUNT * sizeof(int64_t)), &err));
  for (int64_t i = 0; i < COUNT; i++) ck_assert_float_eq(t->data[i], (float)(i * 3));
  ln_tensor_unref(t);
  numbers[COUNT - 1] = INT64_MAX;
  CK_FAILS(ln_npy_load(&t, test_file("large.npy", bytes, 128 + COUNT * sizeof(int64_t)), &err), LN_EUNSUPPORTED,
           "element (200000) is 9223372036854775807, which float32 cannot hold");
  free(bytes);
}
END_TEST

/* A file of version 1.0 with this header and `data_size` bytes behind it. */
static const char *file_of(const char *header, size_t data_size) {
  char bytes[1024] = "\x93NUMPY\1";
  size_t length = strlen(header);
  bytes[8] = (char)(length & 0xff), bytes[9] = (char)(length >> 8);
  memcpy(bytes + 10, header, length);
  return test_file("bad.npy", bytes, 10 + length + data_size);
}

START_TEST(damaged_header) {
  const struct {
    const char *header;
    LnStatus status;
    const char *message;
  } cases[] = {
      {"", LN_EFORMAT, "damaged: header: not a Python dictionary"},
      {"[]", LN_EFORMAT, "not a Python dictionary"},
      {"{", LN_EFORMAT, "not a Python dictionary"},
      {"{'descr' '<f4'}", LN_EFORMAT, "not a Python dictionary"},
      {"{descr: '<f4'}", LN_EFORMAT, "not a Python dictionary"},
      {"{'descr': '<f4' 'shape': (1,)}", LN_EFORMAT, "not a Python dictionary"},
      {"{'descr': '<f4', 'shape': (1,)}", LN_EFORMAT, "'fortran_order' is missing"},
      {"{'descr': '<f4', 'fortran_order': False}", LN_EFORMAT, "'shape' is missing"},
      {"{'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "'descr' is missing"},
      {"{'descr': '<f4', 'descr': '<f4'}", LN_EFORMAT, "'descr' is there twice"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", LN_EFORMAT, "there is no key 'more'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", LN_EFORMAT, "something follows the dictionary"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", LN_EFORMAT, "'fortran_order' is neither True nor False"},
      {"{'descr': '<f4', 'fortran_order': Truely, 'shape': (1,)}", LN_EFORMAT, "neither True nor False"},
      {"{'descr': 4, 'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "'descr' is no string"},
      {"{'descr': '<f4\\'', 'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "'descr' is no string"},
      {"{'descr': '', 'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "there is no dtype ''"},
      {"{'descr': '<x4', 'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "there is no dtype '<x4'"},
      {"{'descr': '<i3', 'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "there is no dtype '<i3'"},
      {"{'descr': '\x1b[2J', 'fortran_order': False, 'shape': (1,)}", LN_EFORMAT, "there is no dtype '\\x1b[2J'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': 1}", LN_EFORMAT, "'shape' is no tuple"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", LN_EFORMAT, "'shape' is no tuple"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, -1)}", LN_EFORMAT, "size 2 of 'shape' is not a whole"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)}", LN_EFORMAT, "size 2 of 'shape' is not a whole"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1", LN_EFORMAT, "size 2 of 'shape' is not a whole"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", LN_EFORMAT, "size 1 of 'shape'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", LN_EFORMAT, "too many elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 0)}", LN_EFORMAT, "too many elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", LN_EFORMAT,
       "damaged: cut short: shape 2 needs 8 bytes, but there are 4"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", LN_EFORMAT,
       "damaged: cut short: shape 1000000000000 needs 4000000000000 bytes, but there are 4"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", LN_EUNSUPPORTED,
       "not supported: 3 bytes behind the array, as of several arrays"},
  };
  LnError err;
  LnTensor *t = NULL;
  int64_t live = ln_memory_live();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CK_FAILS(ln_npy_load(&t, file_of(cases[i].header, 4), &err), cases[i].status, cases[i].message);
    ck_assert_ptr_nonnull(strstr(err.msg, "bad.npy'"));
    ck_assert_int_eq(ln_memory_live(), live);
  }
}
END_TEST

/* As others might write them, and Python 2 did. */
START_TEST(other_spellings) {
  static const char *const headers[] = {
      "{\"shape\":(1L,1),'fortran_order':False,\"descr\":'f4'}",
      " { 'descr' : '=f4' , 'fortran_order' : True , 'shape' : ( 1 , ) } \n",
      "{'descr': '|f4', 'fortran_order': False, 'shape': (1, 1, )}",
  };
  LnError err;
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    LnTensor *t = NULL;
    CK_OK(ln_npy_load(&t, file_of(headers[i], 4), &err));
    ck_assert_int_eq(ln_shape_count(t->shape), 1);
    ln_tensor_unref(t);
  }
}
END_TEST

START_TEST(other_files) {
  LnError err;
  LnTensor *t = NULL;
  uint8_t bytes[200];
  const ArrayFile *f = array_named("version_1");
  memcpy(bytes, f->bytes, f->n);
  bytes[6] = 4;
  CK_FAILS(ln_npy_load(&t, test_file("a", bytes, f->n), &err), LN_EUNSUPPORTED, "not supported: version 4.0; 1.0, 2.0");
  bytes[6] = 1, bytes[7] = 1;
  CK_FAILS(ln_npy_load(&t, test_file("a", bytes, f->n), &err), LN_EUNSUPPORTED, "not supported: version 1.1");
  bytes[7] = 0, bytes[0] = 'x';
  CK_FAILS(ln_npy_load(&t, test_file("a", bytes, f->n), &err), LN_EFORMAT, "a': not a .npy file");
  CK_FAILS(ln_npy_load(&t, test_file("a", "", 0), &err), LN_EFORMAT, "a': not a .npy file: too short for a header");
  CK_FAILS(ln_npy_load(&t, test_path("none"), &err), LN_EIO, "none': No such file");
  CK_FAILS(ln_npy_load(&t, test_path(""), &err), LN_EIO, "it is a folder");
  char *large = calloc(1, 100000);
  memcpy(large, "\x93NUMPY\2\0\0\0\1", 12); /* a header of 65536 bytes and 1 << 16 more */
  large[8] = 1;
  CK_FAILS(ln_npy_load(&t, test_file("a", large, 100000), &err), LN_EUNSUPPORTED, "a header of 65537 bytes");
  free(large);
}
END_TEST

START_TEST(cut_at_every_length) {
  LnError err;
  int64_t live = ln_memory_live();
  static const char *const names[] = {"float32", "fortran", "version_2"};
  for (int k = 0; k < 3; k++) {
    const ArrayFile *f = array_named(names[k]);
    for (size_t n = 0; n < f->n; n++) {
      LnTensor *t = NULL;
      CK_FAILS(ln_npy_load(&t, test_file("cut", f->bytes, n), &err), LN_EFORMAT, "cut'");
      ck_assert_int_eq(ln_memory_live(), live);
    }
  }
}
END_TEST

/* Any one bit of the header changed: refused, or still a sound file. */
START_TEST(any_bit_changed) {
  LnError err;
  uint8_t bytes[256];
  int64_t live = ln_memory_live();
  const ArrayFile *f = array_named("float32_big");
  int sound = 0;
  memcpy(bytes, f->bytes, f->n);
  for (size_t at = 0; at < 128; at++) {
    for (int change = 1; change < 256; change *= 2) {
      LnTensor *t = NULL;
      bytes[at] = (uint8_t)(f->bytes[at] ^ change);
      LnStatus status = ln_npy_load(&t, test_file("changed", bytes, f->n), &err);
      ck_assert(status == LN_OK || status == LN_EFORMAT || status == LN_EUNSUPPORTED);
      sound += status == LN_OK;
      ln_tensor_unref(t);
      ck_assert_int_eq(ln_memory_live(), live);
    }
    bytes[at] = f->bytes[at];
  }
  ck_assert_int_gt(sound, 0); /* e.g. the order of bytes */
}
END_TEST

START_TEST(limits) {
  LnError err;
  LnTensor *t = NULL;
  LnLimits before = ln_limits(), small = {.pixels = before.pixels, .bytes = 95};
  const ArrayFile *f = array_named("fortran"); /* 24 numbers, which are turned: two copies */
  ln_set_limits(small);
  CK_FAILS(ln_npy_load(&t, test_file("a.npy", f->bytes, f->n), &err), LN_ELIMIT, "a.npy': the array: too large");
  small.bytes = 192;
  ln_set_limits(small);
  CK_OK(ln_npy_load(&t, test_file("a.npy", f->bytes, f->n), &err));
  ln_tensor_unref(t);
  ln_set_limits(before);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnTensor *t = NULL;
  const ArrayFile *f = array_named("fortran");
  const char *path = test_file("a.npy", f->bytes, f->n), *other = test_path("b.npy");
  CK_EVERY_ALLOCATION(ln_npy_load(&t, path, &err), ln_tensor_unref(t));
  CK_OK(ln_npy_load(&t, path, &err));
  CK_EVERY_ALLOCATION(ln_npy_save(other, t, &err), (void)0);
  ln_tensor_unref(t);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, arrays_of_numpy, 0, N_ARRAYS);
  tcase_add_test(tests, the_same_bytes_as_numpy);
  tcase_add_test(tests, written_and_read);
  tcase_add_test(tests, large_arrays);
  tcase_add_test(tests, damaged_header);
  tcase_add_test(tests, other_spellings);
  tcase_add_test(tests, other_files);
  tcase_add_test(tests, cut_at_every_length);
  tcase_add_test(tests, any_bit_changed);
  tcase_add_test(tests, limits);
  tcase_add_test(tests, every_allocation);
}
