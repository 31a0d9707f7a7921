/* Checkpoints: what is written is read, every change is noticed, Python finds tensors and text. */
#include "store/checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/safetensors.h"
#include "support/files.h"

static const char state[] = "{\"at\": 3, \"note\": \"\\\"lunet.hash\\\"\"}";

static void encode(void **bytes, size_t *n) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(2, 3), &err));
  for (int i = 0; i < 6; i++) t->data[i] = (float)i;
  LnNamedTensor list[] = {{"network.w", t}};
  CK_OK(ln_checkpoint_encode(bytes, n, list, 1, state, &err));
  ln_tensor_unref(t);
}

START_TEST(round_trip) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  LnTensorList *list = NULL;
  LnSafetensors *file = NULL;
  char *text = NULL;
  encode(&bytes, &n);
  const char *path = test_file("run", bytes, n);
  ln_free(bytes);
  CK_OK(ln_checkpoint_load(&list, &text, path, &err));
  ck_assert_str_eq(text, state);
  ck_assert_int_eq(list->count, 1);
  ck_assert_str_eq(list->entries[0].name, "network.w");
  ck_assert_float_eq(list->entries[0].tensor->data[5], 5);
  ln_tensor_list_free(list);
  ln_free(text);
  CK_OK(ln_safetensors_open(&file, path, &err));
  ck_assert_str_eq(ln_safetensors_meta(file, "lunet.state"), state);
  ln_safetensors_close(file);
}
END_TEST

START_TEST(every_change_is_noticed) {
  LnError err;
  void *made = NULL;
  size_t n = 0;
  LnTensorList *list = NULL;
  char *text = NULL;
  encode(&made, &n);
  char *bytes = made;
  for (size_t i = 0; i < n; i++) {
    bytes[i] ^= 1;
    ck_assert_int_ne(ln_checkpoint_load(&list, &text, test_file("run", bytes, n), &err), LN_OK);
    bytes[i] ^= 1;
    ck_assert_int_ne(ln_checkpoint_load(&list, &text, test_file("run", bytes, i), &err), LN_OK);
  }
  CK_FAILS(ln_checkpoint_load(&list, &text, test_path("other"), &err), LN_EIO, "cannot read '");
  ln_free(made);
}
END_TEST

START_TEST(memory_that_cannot_be_had) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  LnTensorList *list = NULL;
  char *text = NULL;
  encode(&bytes, &n);
  const char *path = test_file("run", bytes, n);
  ln_free(bytes);
  int64_t before = ln_memory_live(), allowed = 0;
  LnStatus status = LN_EMEMORY;
  for (; status != LN_OK; allowed++) {
    ln_memory_fail_after(allowed);
    status = ln_checkpoint_load(&list, &text, path, &err);
    ln_memory_fail_after(-1);
    if (status == LN_OK) break;
    ck_assert_int_eq(status, LN_EMEMORY);
    ck_assert_int_eq(ln_memory_live(), before);
  }
  ck_assert_int_gt(allowed, 5);
  ln_tensor_list_free(list);
  ln_free(text);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, round_trip);
  tcase_add_test(tests, every_change_is_noticed);
  tcase_add_test(tests, memory_that_cannot_be_had);
}
