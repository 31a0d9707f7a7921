/* safetensors: exchange with Python, and every way in which a file can be damaged. */
#include "store/safetensors.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"
#include "store/arrays.h"
#include "support/files.h"

/* Made in Python with safetensors 0.8:
 *   save({"b.weight": numpy.arange(6, dtype="float32").reshape(2, 3) / 4, "a": numpy.float32([-1.5]),
 *         "scalar": numpy.array(7, "float32"), "none": numpy.zeros((0, 3), "float32")},
 *        metadata={"format": "np", "note": "é"}) */
static const uint8_t from_python[] = {
    0x18, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7b, 0x22, 0x5f, 0x5f, 0x6d, 0x65, 0x74, 0x61, 0x64, 0x61, 0x74,
    0x61, 0x5f, 0x5f, 0x22, 0x3a, 0x7b, 0x22, 0x66, 0x6f, 0x72, 0x6d, 0x61, 0x74, 0x22, 0x3a, 0x22, 0x6e, 0x70, 0x22,
    0x2c, 0x22, 0x6e, 0x6f, 0x74, 0x65, 0x22, 0x3a, 0x22, 0xc3, 0xa9, 0x22, 0x7d, 0x2c, 0x22, 0x61, 0x22, 0x3a, 0x7b,
    0x22, 0x64, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3a, 0x22, 0x46, 0x33, 0x32, 0x22, 0x2c, 0x22, 0x73, 0x68, 0x61, 0x70,
    0x65, 0x22, 0x3a, 0x5b, 0x31, 0x5d, 0x2c, 0x22, 0x64, 0x61, 0x74, 0x61, 0x5f, 0x6f, 0x66, 0x66, 0x73, 0x65, 0x74,
    0x73, 0x22, 0x3a, 0x5b, 0x30, 0x2c, 0x34, 0x5d, 0x7d, 0x2c, 0x22, 0x62, 0x2e, 0x77, 0x65, 0x69, 0x67, 0x68, 0x74,
    0x22, 0x3a, 0x7b, 0x22, 0x64, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3a, 0x22, 0x46, 0x33, 0x32, 0x22, 0x2c, 0x22, 0x73,
    0x68, 0x61, 0x70, 0x65, 0x22, 0x3a, 0x5b, 0x32, 0x2c, 0x33, 0x5d, 0x2c, 0x22, 0x64, 0x61, 0x74, 0x61, 0x5f, 0x6f,
    0x66, 0x66, 0x73, 0x65, 0x74, 0x73, 0x22, 0x3a, 0x5b, 0x34, 0x2c, 0x32, 0x38, 0x5d, 0x7d, 0x2c, 0x22, 0x6e, 0x6f,
    0x6e, 0x65, 0x22, 0x3a, 0x7b, 0x22, 0x64, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3a, 0x22, 0x46, 0x33, 0x32, 0x22, 0x2c,
    0x22, 0x73, 0x68, 0x61, 0x70, 0x65, 0x22, 0x3a, 0x5b, 0x30, 0x2c, 0x33, 0x5d, 0x2c, 0x22, 0x64, 0x61, 0x74, 0x61,
    0x5f, 0x6f, 0x66, 0x66, 0x73, 0x65, 0x74, 0x73, 0x22, 0x3a, 0x5b, 0x32, 0x38, 0x2c, 0x32, 0x38, 0x5d, 0x7d, 0x2c,
    0x22, 0x73, 0x63, 0x61, 0x6c, 0x61, 0x72, 0x22, 0x3a, 0x7b, 0x22, 0x64, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3a, 0x22,
    0x46, 0x33, 0x32, 0x22, 0x2c, 0x22, 0x73, 0x68, 0x61, 0x70, 0x65, 0x22, 0x3a, 0x5b, 0x5d, 0x2c, 0x22, 0x64, 0x61,
    0x74, 0x61, 0x5f, 0x6f, 0x66, 0x66, 0x73, 0x65, 0x74, 0x73, 0x22, 0x3a, 0x5b, 0x32, 0x38, 0x2c, 0x33, 0x32, 0x5d,
    0x7d, 0x7d, 0x20, 0x00, 0x00, 0xc0, 0xbf, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x3e, 0x00, 0x00, 0x00, 0x3f,
    0x00, 0x00, 0x40, 0x3f, 0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0xa0, 0x3f, 0x00, 0x00, 0xe0, 0x40,
};

START_TEST(python_file) {
  LnError err;
  LnSafetensors *file = NULL;
  LnTensor *t = NULL;
  CK_OK(ln_safetensors_open(&file, test_file("python.safetensors", from_python, sizeof from_python), &err));
  ck_assert_int_eq(ln_safetensors_count(file), 4);
  ck_assert_str_eq(ln_safetensors_meta(file, "format"), "np");
  ck_assert_str_eq(ln_safetensors_meta(file, "note"), "\xc3\xa9");
  ck_assert_ptr_null(ln_safetensors_meta(file, "other"));
  ck_assert_str_eq(ln_safetensors_name(file, 1), "b.weight");
  CK_OK(ln_safetensors_get(&t, file, "b.weight", &err));
  ck_assert(ln_shape_equal(t->shape, LN_SHAPE(2, 3)));
  for (int i = 0; i < 6; i++) ck_assert_float_eq(t->data[i], (float)i / 4);
  ln_tensor_unref(t);
  CK_OK(ln_safetensors_get(&t, file, "scalar", &err));
  ck_assert_int_eq(t->shape.n, 0);
  ck_assert_float_eq(t->data[0], 7);
  ln_tensor_unref(t);
  CK_OK(ln_safetensors_get(&t, file, "none", &err));
  ck_assert(ln_shape_equal(t->shape, LN_SHAPE(0, 3)));
  ln_tensor_unref(t);
  CK_FAILS(ln_safetensors_get(&t, file, "c", &err), LN_EFORMAT, "it has no tensor 'c'");
  ln_safetensors_close(file);
}
END_TEST

/* Written here it is the same file, byte for byte, so Python reads ours as well. */
START_TEST(the_same_bytes_as_python) {
  LnError err;
  LnTensor *t[4];
  LnShape shapes[] = {LN_SHAPE(1), LN_SHAPE(2, 3), LN_SHAPE(0, 3), {0}};
  const char *names[] = {"a", "b.weight", "none", "scalar"};
  LnNamedTensor list[4];
  const LnMeta meta[] = {{"format", "np"}, {"note", "e"}};
  for (int i = 0; i < 4; i++) {
    CK_OK(ln_tensor_new(&t[i], shapes[i], &err));
    list[i] = (LnNamedTensor){names[i], t[i]};
  }
  t[0]->data[0] = -1.5f;
  t[3]->data[0] = 7;
  for (int i = 0; i < 6; i++) t[1]->data[i] = (float)i / 4;
  CK_OK(ln_safetensors_save(test_path("ours.safetensors"), list, 4, meta, 2, &err));

  uint8_t ours[512];
  FILE *file = fopen(test_path("ours.safetensors"), "rb");
  size_t n = fread(ours, 1, sizeof ours, file);
  fclose(file);
  uint8_t want[sizeof from_python];
  memcpy(want, from_python, sizeof want);
  uint8_t *accent = memchr(want, 0xc3, sizeof want); /* two bytes there, one and a space more at the end here */
  uint8_t *end = want + 8 + 0x118;
  memmove(accent + 1, accent + 2, (size_t)(end - accent - 2));
  *accent = 'e';
  end[-1] = ' ';
  ck_assert_uint_eq(n, sizeof want);
  ck_assert_mem_eq(ours, want, n);
  for (int i = 0; i < 4; i++) ln_tensor_unref(t[i]);
}
END_TEST

START_TEST(round_trip_of_a_view) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(4, 3, 2), 1, -1, 1), *turned = NULL, *back = NULL;
  LnSafetensors *file = NULL;
  const char *path = test_path("view.safetensors");
  CK_OK(ln_tensor_permute(&turned, t, (int[]){2, 0, 1}, &err));
  LnNamedTensor list = {"a \"quoted\" name \xe2\x82\xac", turned};
  CK_OK(ln_safetensors_save(path, &list, 1, &(LnMeta){"text", "line\nline\t\xe2\x82\xac"}, 1, &err));
  CK_OK(ln_safetensors_open(&file, path, &err));
  ck_assert_str_eq(ln_safetensors_name(file, 0), list.name);
  ck_assert_str_eq(ln_safetensors_meta(file, "text"), "line\nline\t\xe2\x82\xac");
  CK_OK(ln_safetensors_tensor(&back, file, 0, &err));
  ck_assert(ln_shape_equal(back->shape, LN_SHAPE(2, 4, 3)));
  for (int64_t i = 0; i < 2; i++)
    for (int64_t k = 0; k < 12; k++) ck_assert_float_eq(back->data[i * 12 + k], t->data[k * 2 + i]);
  ln_safetensors_close(file);
  ln_tensor_unref(t), ln_tensor_unref(turned), ln_tensor_unref(back);
}
END_TEST

START_TEST(refused_on_writing) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(2), 1, -1, 1);
  int before = test_folder_count();
  const char *path = test_path("no.safetensors");
  LnNamedTensor twice[] = {{"a", t}, {"a", t}};
  CK_FAILS(ln_safetensors_save(path, twice, 2, NULL, 0, &err), LN_EARG,
           "no.safetensors': two tensors have the name 'a'");
  CK_FAILS(ln_safetensors_save(path, &(LnNamedTensor){"__metadata__", t}, 1, NULL, 0, &err), LN_EARG, "__metadata__");
  CK_FAILS(ln_safetensors_save(path, &(LnNamedTensor){"\xff", t}, 1, NULL, 0, &err), LN_EARG, "not UTF-8");
  CK_FAILS(ln_safetensors_save(path, twice, 1, &(LnMeta){"k", "\xc3"}, 1, &err), LN_EARG, "metadata 'k' is not UTF-8");
  CK_FAILS(ln_safetensors_save(path, &(LnNamedTensor){"\xed\xa0\x80", t}, 1, NULL, 0, &err), LN_EARG, "not UTF-8");
  CK_FAILS(ln_safetensors_save(test_path("none/no"), twice, 1, NULL, 0, &err), LN_EIO, "No such file");
  ck_assert_int_eq(test_folder_count(), before);
  ln_tensor_unref(t);
}
END_TEST

/* Opens a file with this header and `data_size` bytes of data; it must fail and say so. */
static void check_fails(const char *header, size_t length, size_t data_size, LnStatus status, const char *message) {
  LnError err;
  LnSafetensors *file = NULL;
  char bytes[1024] = {0};
  uint64_t n = length;
  int64_t live = ln_memory_live();
  memcpy(bytes, &n, 8);
  memcpy(bytes + 8, header, length);
  CK_FAILS(ln_safetensors_open(&file, test_file("bad.safetensors", bytes, 8 + length + data_size), &err), status,
           message);
  ck_assert_ptr_nonnull(strstr(err.msg, "bad.safetensors'"));
  ck_assert_ptr_null(file);
  ck_assert_int_eq(ln_memory_live(), live);
}

#define A "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"

START_TEST(damaged_header) {
  const struct {
    const char *header;
    size_t data_size;
    const char *message;
  } cases[] = {
      {"", 0, "does not start with '{'"},
      {"[1]", 0, "does not start with '{'"},
      {" {}", 0, "does not start with '{'"},
      {"{", 0, "header: not valid JSON"},
      {"{} x", 0, "header: not valid JSON"},
      {"{\"a\xff\":1}", 0, "header: not valid JSON"},
      {"{\"a\":1}", 0, "tensor 'a': its description is not a JSON object"},
      {"{\"__metadata__\":1}", 0, "'__metadata__' is not a JSON object"},
      {"{\"__metadata__\":{\"k\":1}}", 0, "metadata 'k' is not a string"},
      {"{\"a\":{}}", 0, "tensor 'a': 'dtype' is missing"},
      {"{\"a\":{\"dtype\":\"X16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "tensor 'a': there is no dtype 'X16'"},
      {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "tensor 'a': 'shape' is missing"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "tensor 'a': 'data_offsets' must be two whole numbers"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "must be two whole numbers"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4.0]}}", 4, "must be two whole numbers"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":\"04\"}}", 4, "must be two whole numbers"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4, "'shape' must be a list"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "size 1 of its shape"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,-1],\"data_offsets\":[0,4]}}", 4, "size 2 of its shape"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0, "too many elements"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}", 4, "too many elements"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4, "not valid JSON"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
       "shape 2 needs 8 bytes, but its offsets span 4"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, "not within the file's 3 bytes"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, "not within"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}", 8, "not within"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775804,9223372036854775807]}}", 8,
       "not within"},
      {A "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "tensors 'a' and 'b' overlap"},
      {A "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[3,7]}}", 8, "tensors 'a' and 'b' overlap"},
      {A "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[5,9]}}", 9,
       "1 bytes before tensor 'b' belong to no tensor"},
      {A "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 12,
       "4 bytes at the end belong to no tensor"},
      {A "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "duplicate"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_fails(cases[i].header, strlen(cases[i].header), cases[i].data_size, LN_EFORMAT, cases[i].message);
}
END_TEST

/* Sound files of kinds that are not read; and what a terminal would obey is never printed. */
START_TEST(not_read) {
  const char *half = "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,4]}}";
  const char *deep = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}";
  const char *escape = "{\"\\u001b[2J\xc2\x9b\":{\"dtype\":\"F\\n32\"}}";
  check_fails(half, strlen(half), 4, LN_EUNSUPPORTED, "tensor 'a': not supported: dtype F8_E4M3; F16, BF16, F32,");
  check_fails(deep, strlen(deep), 4, LN_EUNSUPPORTED, "tensor 'a': not supported: 9 dimensions; at most 8 are read");
  check_fails(escape, strlen(escape), 0, LN_EFORMAT,
              "damaged: tensor '\\x1b[2J\\xc2\\x9b': there is no dtype 'F\\x0a32'");
  check_fails("{\"\x1b[2J", 6, 0, LN_EFORMAT, "control character 0x1b");
}
END_TEST

START_TEST(wrong_header_length) {
  LnError err;
  LnSafetensors *file = NULL;
  const struct {
    uint64_t length;
    const char *message;
  } cases[] = {{0, "not a safetensors file: its header does not start with"},
               {17, "damaged: cut short: a header of 17 bytes, but 24 in all"},
               {100000001, "not a safetensors file: it does not begin with the length"},
               {UINT64_MAX, "not a safetensors file: it does not begin with the length"},
               {UINT64_MAX - 7, "not a safetensors file: it does not begin with the length"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char bytes[24] = {0};
    memcpy(bytes, &cases[i].length, 8);
    bytes[8] = '{';
    CK_FAILS(ln_safetensors_open(&file, test_file("bad", bytes, sizeof bytes), &err), LN_EFORMAT, cases[i].message);
  }
  CK_FAILS(ln_safetensors_open(&file, test_file("bad", "", 0), &err), LN_EFORMAT, "not a safetensors file: too short");
  const char *script = "local ln = require 'lunet'\n";
  CK_FAILS(ln_safetensors_open(&file, test_file("bad.lua", script, strlen(script)), &err), LN_EFORMAT,
           "bad.lua': not a safetensors file");
  CK_FAILS(ln_safetensors_open(&file, test_path("none"), &err), LN_EIO, "none': No such file");
  CK_FAILS(ln_safetensors_open(&file, test_path(""), &err), LN_EIO, "it is a folder");
}
END_TEST

START_TEST(cut_at_every_length) {
  LnError err;
  LnSafetensors *file = NULL;
  int64_t live = ln_memory_live();
  for (size_t n = 0; n < sizeof from_python; n++) {
    CK_FAILS(ln_safetensors_open(&file, test_file("cut", from_python, n), &err), LN_EFORMAT, "cut'");
    ck_assert_int_eq(ln_memory_live(), live);
  }
}
END_TEST

/* All types of PyTorch that are read: [[1, 0, 3]] in each, called by its name. */
START_TEST(types_of_torch) {
  LnError err;
  LnTensorList *list = NULL;
  CK_OK(ln_safetensors_load(&list, test_file("types", safetensors_types, sizeof safetensors_types), &err));
  ck_assert_int_eq(list->count, 13);
  for (int i = 0; i < list->count; i++) {
    const char *name = list->entries[i].name;
    const LnTensor *t = list->entries[i].tensor;
    bool mask = strcmp(name, "BOOL") == 0;
    ck_assert_msg(ln_shape_equal(t->shape, LN_SHAPE(1, 3)) && t->mask == mask, "%s", name);
    ck_assert_msg(t->data[0] == 1 && t->data[1] == 0 && t->data[2] == (mask ? 1 : 3), "%s", name);
  }
  ln_tensor_list_free(list);
  CK_FAILS(ln_safetensors_load(&list, test_file("odd", safetensors_odd, sizeof safetensors_odd), &err), LN_EUNSUPPORTED,
           "odd': tensor 'x': not supported: element (2) is 16777217, which float32 cannot hold");
  CK_FAILS(ln_safetensors_load(&list, test_file("complex", safetensors_complex, sizeof safetensors_complex), &err),
           LN_EUNSUPPORTED, "complex': tensor 'x': not supported: dtype C64;");
}
END_TEST

/* Masks stay masks; they lie behind the numbers, whatever the order given. */
START_TEST(masks) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(2, 3), 1, -1, 1), *mask = NULL, *back = NULL;
  LnSafetensors *file = NULL;
  const char *path = test_path("masks.safetensors");
  CK_OK(ln_tensor_binary(&mask, LN_GT, t, t, &err));
  mask->data[4] = 1;
  LnNamedTensor list[] = {{"m", mask}, {"t", t}};
  CK_OK(ln_safetensors_save(path, list, 2, NULL, 0, &err));
  CK_OK(ln_safetensors_open(&file, path, &err));
  ck_assert_str_eq(ln_safetensors_name(file, 0), "t");
  CK_OK(ln_safetensors_get(&back, file, "m", &err));
  ck_assert(back->mask && ln_shape_equal(back->shape, t->shape));
  ck_assert_mem_eq(back->data, mask->data, 6 * sizeof(float));
  ln_safetensors_close(file);
  ln_tensor_unref(t), ln_tensor_unref(mask), ln_tensor_unref(back);
}
END_TEST

/* Small numbers take more memory than in the file. */
START_TEST(limit_of_memory) {
  LnError err;
  LnTensorList *list = NULL;
  LnLimits before = ln_limits(), small = {.pixels = before.pixels, .bytes = 13 * 12 - 1};
  ln_set_limits(small);
  CK_FAILS(ln_safetensors_load(&list, test_file("types", safetensors_types, sizeof safetensors_types), &err), LN_ELIMIT,
           "types': its tensors: too large");
  ln_set_limits(before);
}
END_TEST

/* Any one bit of the header changed: refused, or still a sound file whose tensors can be read. */
START_TEST(any_bit_changed) {
  LnError err;
  uint8_t bytes[sizeof from_python];
  int64_t live = ln_memory_live();
  int sound = 0;
  memcpy(bytes, from_python, sizeof bytes);
  for (size_t at = 0; at < 8 + 0x118; at++) {
    for (int change = 1; change < 256; change *= 2) {
      LnSafetensors *file = NULL;
      bytes[at] = (uint8_t)(from_python[at] ^ change);
      LnStatus status = ln_safetensors_open(&file, test_file("changed", bytes, sizeof bytes), &err);
      ck_assert(status == LN_OK || status == LN_EFORMAT || status == LN_EUNSUPPORTED);
      for (int i = 0; status == LN_OK && i < ln_safetensors_count(file); i++) {
        LnTensor *t = NULL;
        CK_OK(ln_safetensors_tensor(&t, file, i, &err));
        ln_tensor_unref(t);
      }
      sound += status == LN_OK;
      ln_safetensors_close(file);
      ck_assert_int_eq(ln_memory_live(), live);
    }
    bytes[at] = from_python[at];
  }
  ck_assert_int_gt(sound, 0); /* e.g. another letter in a name */
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnTensor *t = test_random(LN_SHAPE(2, 2), 1, -1, 1), *back = NULL;
  LnSafetensors *file = NULL;
  const char *path = test_path("memory.safetensors");
  LnNamedTensor list[] = {{"a", t}, {"b", t}};
  CK_EVERY_ALLOCATION(ln_safetensors_save(path, list, 2, &(LnMeta){"k", "v"}, 1, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_safetensors_open(&file, path, &err), ln_safetensors_close(file));
  CK_OK(ln_safetensors_open(&file, path, &err));
  CK_EVERY_ALLOCATION(ln_safetensors_get(&back, file, "b", &err), ln_tensor_unref(back));
  ln_safetensors_close(file);
  LnTensorList *all = NULL;
  const char *types = test_file("types", safetensors_types, sizeof safetensors_types);
  CK_EVERY_ALLOCATION(ln_safetensors_load(&all, types, &err), ln_tensor_list_free(all));
  ln_tensor_unref(t);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, python_file);
  tcase_add_test(tests, the_same_bytes_as_python);
  tcase_add_test(tests, round_trip_of_a_view);
  tcase_add_test(tests, refused_on_writing);
  tcase_add_test(tests, damaged_header);
  tcase_add_test(tests, not_read);
  tcase_add_test(tests, wrong_header_length);
  tcase_add_test(tests, cut_at_every_length);
  tcase_add_test(tests, types_of_torch);
  tcase_add_test(tests, masks);
  tcase_add_test(tests, limit_of_memory);
  tcase_add_test(tests, any_bit_changed);
  tcase_add_test(tests, every_allocation);
}
