/* Files written in the background: the last version counts, failures are told, nothing is lost. */
#include "base/file_writer.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "support/files.h"

static LnStatus put(LnFileWriter *writer, const char *text, LnError *err) {
  return ln_file_writer_put(writer, ln_strdup(text), strlen(text), err);
}

static void check_content(const char *path, const char *text) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  CK_OK(ln_file_read(&bytes, &n, path, &err));
  ck_assert_uint_eq(n, strlen(text));
  ck_assert_mem_eq(bytes, text, n);
  ln_free(bytes);
}

START_TEST(the_last_version_is_there) {
  LnError err;
  LnFileWriter *writer = NULL;
  char path[1024], text[32];
  snprintf(path, sizeof path, "%s", test_path("file"));
  CK_OK(ln_file_writer_new(&writer, path, &err));
  CK_OK(ln_file_writer_finish(writer, &err)); /* nothing was handed over */
  ck_assert_int_ne(access(path, F_OK), 0);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i <= 200; i++) {
      snprintf(text, sizeof text, "version %d of %d", i, round);
      CK_OK(put(writer, text, &err));
    }
    CK_OK(ln_file_writer_finish(writer, &err));
    check_content(path, text);
  }
  CK_OK(put(writer, "the end", &err));
  ln_file_writer_free(writer); /* finishes */
  check_content(path, "the end");
  ck_assert_int_eq(test_folder_count(), 1);
  ln_file_writer_free(NULL);
}
END_TEST

START_TEST(failures_are_told) {
  LnError err;
  LnFileWriter *writer = NULL;
  char path[1024], folder[1024];
  snprintf(folder, sizeof folder, "%s", test_path("none"));
  snprintf(path, sizeof path, "%s", test_path("none/file"));
  CK_OK(ln_file_writer_new(&writer, path, &err));
  put(writer, "a", &err);
  CK_FAILS(ln_file_writer_finish(writer, &err), LN_EIO, "cannot write '");
  CK_OK(ln_file_writer_finish(writer, &err)); /* told once */
  put(writer, "b", &err);
  LnStatus status = LN_OK;
  for (int i = 0; i < 2000 && status == LN_OK; i++) usleep(1000), status = put(writer, "c", &err);
  ck_assert_int_eq(status, LN_EIO);
  ck_assert_int_eq(mkdir(folder, 0777), 0);
  put(writer, "d", &err); /* one that failed before may be told here */
  ln_file_writer_finish(writer, &err);
  check_content(path, "d");
  ln_file_writer_free(writer);
}
END_TEST

START_TEST(no_memory) {
  LnError err;
  LnFileWriter *writer = NULL;
  for (int64_t n = 0; n < 2; n++) {
    ln_memory_fail_after(n);
    CK_FAILS(ln_file_writer_new(&writer, "file", &err), LN_EMEMORY, "file");
    ln_memory_fail_after(-1);
  }
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, the_last_version_is_there);
  tcase_add_test(tests, failures_are_told);
  tcase_add_test(tests, no_memory);
}
