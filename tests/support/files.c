/* Temporary folders and files for tests: see files.h. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "support/files.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

static char folder[256];

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where) {
  (void)about, (void)kind, (void)where;
  return remove(path);
}

static void make_folder(void) {
  const char *base = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/lunet-test-XXXXXX", base == NULL ? "/tmp" : base);
  if (mkdtemp(folder) == NULL) perror(folder), abort();
}

static void remove_folder(void) {
  nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void test_use_folder(TCase *tcase) {
  tcase_add_unchecked_fixture(tcase, make_folder, remove_folder);
}

static char *next_text(void) {
  static char texts[8][1024];
  static int at;
  return texts[at++ % 8];
}

const char *test_path(const char *name) {
  char *path = next_text();
  snprintf(path, 1024, name[0] == '\0' ? "%s%s" : "%s/%s", folder, name);
  return path;
}

const char *test_file(const char *name, const void *bytes, size_t n) {
  const char *path = test_path(name);
  remove(path); /* writing over a file makes ext4 wait for the disk */
  FILE *file = fopen(path, "wb");
  ck_assert_msg(file != NULL, "cannot make %s", path);
  ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
  fclose(file);
  return path;
}

int test_folder_count(void) {
  int count = 0;
  DIR *dir = opendir(folder);
  ck_assert_ptr_nonnull(dir);
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) count++;
  closedir(dir);
  return count;
}

const char *test_shared(const char *name) {
  char *path = next_text();
  snprintf(path, 1024, "../shared/%s%s", strncmp(name, "cases/", 6) == 0 ? "" : "data/", name);
  if (access(path, R_OK) == 0) return path;
  printf("skipped %s: it is not here\n", path);
  fflush(stdout);
  return NULL;
}
