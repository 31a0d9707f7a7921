/* Lines appended to files, locks of living processes, hashes and listings. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_lock.h"
#include "base/hash.h"
#include "base/listing.h"
#include "base/memory.h"
#include "support/files.h"
#include "support/support.h"

static void check_content(const char *path, const char *want) {
  LnError err;
  void *bytes = NULL;
  size_t got = 0;
  CK_OK(ln_file_read(&bytes, &got, path, &err));
  ck_assert_uint_eq(got, strlen(want));
  ck_assert_int_eq(memcmp(bytes, want, got), 0);
  ln_free(bytes);
}

START_TEST(lines_are_whole) {
  LnError err;
  const char *path = test_path("lines");
  CK_OK(ln_file_append_line(path, "one\n", 4, &err));
  CK_OK(ln_file_append_line(path, "two\n", 4, &err));
  check_content(path, "one\ntwo\n");
  CK_OK(ln_file_write(path, "cut", 3, &err));
  CK_OK(ln_file_append_line(path, "next\n", 5, &err));
  check_content(path, "cut\nnext\n");
  ck_assert_int_eq(mkfifo(test_path("pipe"), 0600), 0);
  CK_FAILS(ln_file_append_line(test_path("pipe"), "x\n", 2, &err), LN_EIO, "pipe': Invalid argument");
  CK_FAILS(ln_file_append_line(test_path(""), "x\n", 2, &err), LN_EIO, "Is a directory");
  CK_FAILS(ln_file_append_line(test_path("none/x"), "x\n", 2, &err), LN_EIO, "No such file");
}
END_TEST

/* Where there is no room for all of a line, there is none of it, and the process goes on. */
START_TEST(no_room) {
  LnError err;
  const char *path = test_file("limited", "12345678\n", 9);
  struct rlimit before, limit;
  getrlimit(RLIMIT_FSIZE, &before);
  limit = (struct rlimit){12, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  LnStatus status = ln_file_append_line(path, "123456\n", 7, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  ck_assert_int_eq(status, LN_EIO);
  ck_assert_ptr_nonnull(strstr(err.msg, "File too large"));
  check_content(path, "12345678\n");
}
END_TEST

START_TEST(locks_end_with_their_process) {
  LnError err;
  LnFileLock *lock = NULL, *second = NULL;
  const char *path = test_path("lock");
  ck_assert(!ln_file_lock_held(path));
  CK_OK(ln_file_lock_take(&lock, path, &err));
  ck_assert(ln_file_lock_held(path));
  CK_FAILS(ln_file_lock_take(&second, path, &err), LN_EIO, "lock' is locked by another process");
  ln_file_lock_release(lock);
  ck_assert(!ln_file_lock_held(path));
  int ready[2];
  ck_assert_int_eq(pipe(ready), 0);
  pid_t child = fork();
  if (child == 0) {
    bool taken = ln_file_lock_take(&lock, path, &err) == LN_OK && write(ready[1], "", 1) == 1;
    pause();
    _exit(taken ? 0 : 1);
  }
  char byte;
  ck_assert_int_eq(read(ready[0], &byte, 1), 1);
  ck_assert(ln_file_lock_held(path));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  ck_assert(!ln_file_lock_held(path));
  close(ready[0]), close(ready[1]);
  CK_FAILS(ln_file_lock_take(&lock, test_path("none/x"), &err), LN_EIO, "No such file");
}
END_TEST

START_TEST(hashes_of_files) {
  LnError err;
  static char large[(1 << 20) + 13];
  uint64_t hash = 0;
  int64_t size = 0;
  for (size_t i = 0; i < sizeof large; i++) large[i] = (char)(i * 31 + i / 997);
  CK_OK(ln_file_hash(&hash, &size, test_file("large", large, sizeof large), &err));
  ck_assert_int_eq(size, sizeof large);
  ck_assert_uint_eq(hash, ln_hash(ln_hash(0, large, 1 << 20), large + (1 << 20), 13));
  CK_OK(ln_file_hash(&hash, &size, test_file("small", "abc", 3), &err));
  ck_assert_uint_eq(hash, ln_hash(0, "abc", 3));
  CK_FAILS(ln_file_hash(&hash, &size, test_path("none"), &err), LN_EIO, "No such file");
}
END_TEST

START_TEST(all_names_of_a_folder) {
  LnError err;
  LnListing list = {0};
  bool made = false;
  CK_OK(ln_dir_make(test_path("folder"), &err));
  CK_OK(ln_dir_make_new(&made, test_path("folder/c"), &err));
  ck_assert(made);
  CK_OK(ln_dir_make_new(&made, test_path("folder/c"), &err));
  ck_assert(!made);
  test_file("folder/b", "", 0), test_file("folder/.a", "", 0);
  CK_OK(ln_listing_read_all(&list, test_path("folder"), &err));
  ck_assert_uint_eq(list.count, 3);
  ck_assert_str_eq(list.names[0], ".a");
  ck_assert_str_eq(list.names[2], "c");
  ln_listing_free(&list);
  list = (LnListing){0};
  CK_FAILS(ln_listing_read_all(&list, test_path("none"), &err), LN_EIO, "cannot read the folder");
  CK_FAILS(ln_dir_make_new(&made, test_path("none/x"), &err), LN_EIO, "cannot make the folder");
}
END_TEST

static LnStatus list_once(const char *path, LnError *err) {
  LnListing list = {0};
  LnStatus status = ln_listing_read_all(&list, path, err);
  ln_listing_free(&list);
  return status;
}

START_TEST(every_allocation) {
  LnError err;
  LnFileLock *lock = NULL;
  uint64_t hash = 0;
  int64_t size = 0;
  const char *path = test_file("file", "text\n", 5);
  CK_EVERY_ALLOCATION(ln_file_append_line(path, "x\n", 2, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_file_hash(&hash, &size, path, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_file_lock_take(&lock, path, &err), ln_file_lock_release(lock));
  CK_EVERY_ALLOCATION(list_once(test_path(""), &err), (void)0);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, lines_are_whole);
  tcase_add_test(tests, no_room);
  tcase_add_test(tests, locks_end_with_their_process);
  tcase_add_test(tests, hashes_of_files);
  tcase_add_test(tests, all_names_of_a_folder);
  tcase_add_test(tests, every_allocation);
}
