/* Memory is aligned, counted, and can be made to fail. */
#include "base/memory.h"

#include "support/support.h"

START_TEST(blocks_are_aligned_and_counted) {
  int64_t before = ln_memory_live();
  char *a = ln_alloc(100), *b = ln_calloc(3, 7), *empty = ln_alloc(0);
  ck_assert_uint_eq((uintptr_t)a % LN_ALIGN, 0);
  ck_assert_uint_eq((uintptr_t)b % LN_ALIGN, 0);
  ck_assert_ptr_nonnull(empty);
  ck_assert_int_eq(ln_memory_live() - before, 121);
  for (int i = 0; i < 21; i++) ck_assert_int_eq(b[i], 0);
  ck_assert(ln_memory_peak() >= before + 121);
  ln_free(a), ln_free(b), ln_free(empty), ln_free(NULL);
  ck_assert_int_eq(ln_memory_live(), before);
  ck_assert(ln_memory_peak() >= before + 121);
}
END_TEST

START_TEST(growing_keeps_the_contents) {
  char *text = ln_strdup("lunet");
  text = ln_realloc(text, 5000);
  ck_assert_str_eq(text, "lunet");
  text = ln_realloc(text, 3);
  ck_assert_mem_eq(text, "lun", 3);
  ck_assert_int_eq(ln_memory_live(), 3);
  ln_memory_fail_after(0);
  ck_assert_ptr_null(ln_realloc(text, 100));
  ck_assert_mem_eq(text, "lun", 3);
  ln_free(text);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(impossible_sizes_are_refused) {
  ck_assert_ptr_null(ln_calloc(SIZE_MAX / 2, 3));
  ck_assert_ptr_null(ln_alloc(SIZE_MAX - 10));
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(one_allocation_fails_when_told) {
  ln_memory_fail_after(2);
  void *first = ln_alloc(1), *second = ln_strdup("x"), *third = ln_calloc(1, 1), *fourth = ln_alloc(1);
  ck_assert(first != NULL && second != NULL && third == NULL && fourth != NULL);
  ln_free(first), ln_free(second), ln_free(third), ln_free(fourth);
  ln_memory_fail_after(0);
  ln_memory_fail_after(-1);
  first = ln_alloc(1);
  ck_assert_ptr_nonnull(first);
  ln_free(first);
}
END_TEST

/* Large blocks come again, are counted as any other, and clear where that was asked for; also those that have pages of
 * their own. */
START_TEST(freed_blocks_come_again) {
  const int bytes = _i << 20;
  int64_t before = ln_memory_live();
  for (int round = 0; round < 100 / _i; round++) {
    unsigned char *block = ln_alloc(bytes - round), *clear;
    ck_assert_int_eq(ln_memory_live() - before, bytes - round);
    memset(block, 0xAA, (size_t)(bytes - round));
    ln_free(block);
    ck_assert_int_eq(ln_memory_live(), before);
    clear = ln_calloc(1, (size_t)bytes - 1000);
    ck_assert_uint_eq((uintptr_t)clear % LN_ALIGN, 0);
    for (int i = 0; i < bytes - 1000; i++)
      if (clear[i] != 0) ck_abort_msg("byte %d is %d", i, clear[i]);
    ln_free(clear);
  }
}
END_TEST

START_TEST(messages_say_how_much) {
  LnError err;
  CK_FAILS(ln_fail_memory(&err, "weights", 100), LN_EMEMORY, "weights: out of memory (needed 100 bytes)");
  CK_FAILS(ln_fail_memory(&err, "weights", 3 << 19), LN_EMEMORY, "weights: out of memory (needed 1.5 MB)");
}
END_TEST

TESTS {
  tcase_add_test(tests, blocks_are_aligned_and_counted);
  tcase_add_test(tests, growing_keeps_the_contents);
  tcase_add_test(tests, impossible_sizes_are_refused);
  tcase_add_test(tests, one_allocation_fails_when_told);
  tcase_add_loop_test(tests, freed_blocks_come_again, 1, 5);
  tcase_add_test(tests, messages_say_how_much);
}
