/* Files: whole reads, atomic writes, folders. */
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "support/support.h"
#include "support/files.h"

static void check_content(const char *path, const void *want, size_t n) {
  LnError err;
  void *bytes = NULL;
  size_t got = 0;
  CK_OK(ln_file_read(&bytes, &got, path, &err));
  ck_assert_uint_eq(got, n);
  ck_assert_int_eq(memcmp(bytes, want, n), 0);
  ln_free(bytes);
}

START_TEST(written_and_read) {
  LnError err;
  char large[100000];
  const char *path = test_path("file");
  for (size_t i = 0; i < sizeof large; i++) large[i] = (char)(i * 31);
  CK_OK(ln_file_write(path, "first\0text", 10, &err));
  check_content(path, "first\0text", 10);
  CK_OK(ln_file_write(path, large, sizeof large, &err));
  check_content(path, large, sizeof large);
  CK_OK(ln_file_write(path, "", 0, &err));
  check_content(path, "", 0);
  ck_assert_int_eq(test_folder_count(), 1);
}
END_TEST

static mode_t mode_of(const char *path) {
  struct stat about;
  ck_assert_int_eq(lstat(path, &about), 0);
  return about.st_mode;
}

/* Files keep their permissions, links their file, and pipes are written into. */
START_TEST(what_is_there_stays_what_it_is) {
  LnError err;
  char path[512], link_path[512], pipe_path[512], got[8] = {0};
  int before = test_folder_count();
  snprintf(path, sizeof path, "%s", test_path("private"));
  snprintf(link_path, sizeof link_path, "%s", test_path("link"));
  snprintf(pipe_path, sizeof pipe_path, "%s", test_path("pipe"));
  CK_OK(ln_file_write(path, "old", 3, &err));
  ck_assert_int_eq(chmod(path, 0600), 0);
  ck_assert_int_eq(symlink("private", link_path), 0);
  CK_OK(ln_file_write(link_path, "new", 3, &err));
  ck_assert(S_ISLNK(mode_of(link_path)));
  ck_assert_uint_eq(mode_of(path), S_IFREG | 0600);
  check_content(path, "new", 3);
  ck_assert_int_eq(unlink(path), 0);
  CK_OK(ln_file_write(link_path, "made", 4, &err)); /* a link that pointed nowhere */
  check_content(path, "made", 4);
  ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
  int reader = open(pipe_path, O_RDONLY | O_NONBLOCK);
  CK_OK(ln_file_write(pipe_path, "through", 7, &err));
  ck_assert(S_ISFIFO(mode_of(pipe_path)));
  ck_assert_int_eq(read(reader, got, 7), 7);
  ck_assert_str_eq(got, "through");
  close(reader);
  ck_assert_int_eq(test_folder_count(), before + 3);
}
END_TEST

/* A file that claims to be empty is read to its end all the same. */
START_TEST(size_unknown) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  CK_OK(ln_file_read(&bytes, &n, "/proc/self/maps", &err));
  ck_assert_uint_gt(n, 100);
  ln_free(bytes);
}
END_TEST

START_TEST(failures_name_the_path) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  int before = test_folder_count();
  CK_FAILS(ln_file_read(&bytes, &n, test_path("none"), &err), LN_EIO, "none': No such file or directory");
  CK_FAILS(ln_file_read(&bytes, &n, test_path(""), &err), LN_EIO, "it is a folder, not a file");
  CK_FAILS(ln_file_write(test_path("none/file"), "x", 1, &err), LN_EIO, "none/file': No such file or directory");
  CK_FAILS(ln_file_write("/dev/full/file", "x", 1, &err), LN_EIO, "Not a directory");
  ck_assert_ptr_null(bytes);
  ck_assert_int_eq(test_folder_count(), before);
}
END_TEST

START_TEST(folders) {
  LnError err;
  CK_OK(ln_dir_make(test_path("a/b//c/"), &err));
  CK_OK(ln_dir_make(test_path("a/b/c"), &err));
  CK_OK(ln_dir_writable(test_path("a/b/c"), &err));
  ck_assert_int_eq(rmdir(test_path("a/b/c")), 0); /* nothing was left in it */
  test_file("a/file", "x", 1);
  CK_FAILS(ln_dir_make(test_path("a/file"), &err), LN_EIO, "a/file': a file of that name is in the way");
  CK_FAILS(ln_dir_make(test_path("a/file/c"), &err), LN_EIO, "a/file': a file of that name is in the way");
  CK_FAILS(ln_dir_make("", &err), LN_EIO, "No such file");
  CK_FAILS(ln_dir_writable(test_path("none"), &err), LN_EIO, "cannot write into the folder");
  CK_FAILS(ln_dir_writable(test_path("a/file"), &err), LN_EIO, "Not a directory");
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  const char *path = test_path("memory");
  CK_EVERY_ALLOCATION(ln_file_write(path, "text", 4, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_file_read(&bytes, &n, path, &err), ln_free(bytes));
  CK_EVERY_ALLOCATION(ln_dir_make(test_path("x/y"), &err), (void)0);
  CK_EVERY_ALLOCATION(ln_dir_writable(test_path("x/y"), &err), (void)0);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, written_and_read);
  tcase_add_test(tests, what_is_there_stays_what_it_is);
  tcase_add_test(tests, size_unknown);
  tcase_add_test(tests, failures_name_the_path);
  tcase_add_test(tests, folders);
  tcase_add_test(tests, every_allocation);
}
