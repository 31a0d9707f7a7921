/* The names in a folder: see listing.h. */
#include "base/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

void ln_listing_free(LnListing *list) {
  for (size_t i = 0; i < list->count; i++) ln_free(list->names[i]);
  ln_free(list->names);
}

/* Whether an entry is something else than a file: a folder, a pipe. One that leads nowhere is an error, later. */
static bool is_other(DIR *dir, const char *name) {
  struct stat about;
  return fstatat(dirfd(dir), name, &about, 0) == 0 && !S_ISREG(about.st_mode);
}

static bool is_folder(DIR *dir, const char *name) {
  struct stat about;
  return fstatat(dirfd(dir), name, &about, 0) == 0 && S_ISDIR(about.st_mode);
}

static LnStatus add(LnListing *list, const char *name, LnError *err) {
  if (list->count == list->room) {
    size_t room = 2 * list->room + 64;
    char **names = ln_realloc(list->names, room * sizeof *names);
    if (names == NULL) return ln_fail_memory(err, "list of files", room * sizeof *names);
    list->names = names;
    list->room = room;
  }
  list->names[list->count] = ln_strdup(name);
  if (list->names[list->count] == NULL) return ln_fail_memory(err, "list of files", strlen(name) + 1);
  list->count++;
  return LN_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_itself_or_above(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void sort(LnListing *list) {
  if (list->count > 0) qsort(list->names, list->count, sizeof *list->names, by_name);
}

LnStatus ln_listing_read(LnListing *out, const char *path, bool (*wanted)(const char *name), const char *who,
                         LnError *err) {
  DIR *dir = opendir(path);
  LnStatus status = LN_OK;
  if (dir == NULL) return ln_fail(err, LN_EIO, "%s: cannot read '%.300s': %s", who, path, strerror(errno));
  for (const struct dirent *entry; status == LN_OK && (entry = readdir(dir)) != NULL;)
    if (entry->d_name[0] != '.' && wanted(entry->d_name) && !is_other(dir, entry->d_name))
      status = add(out, entry->d_name, err);
  closedir(dir);
  sort(out);
  return status;
}

LnStatus ln_listing_read_folders(LnListing *out, const char *path, const char *who, LnError *err) {
  DIR *dir = opendir(path);
  LnStatus status = LN_OK;
  if (dir == NULL) return ln_fail(err, LN_EIO, "%s: cannot read '%.300s': %s", who, path, strerror(errno));
  for (const struct dirent *entry; status == LN_OK && (entry = readdir(dir)) != NULL;)
    if (entry->d_name[0] != '.' && is_folder(dir, entry->d_name)) status = add(out, entry->d_name, err);
  closedir(dir);
  sort(out);
  return status;
}

/* The wanted files of a folder within, as "folder/file". */
static LnStatus add_files_of(LnListing *out, const char *path, const char *folder, bool (*wanted)(const char *name),
                             const char *who, LnError *err) {
  LnListing files = {0};
  char *inside = NULL;
  LN_TRY(ln_listing_path(&inside, path, folder, err));
  LnStatus status = ln_listing_read(&files, inside, wanted, who, err);
  ln_free(inside);
  for (size_t i = 0; status == LN_OK && i < files.count; i++) {
    char *name = NULL;
    status = ln_listing_path(&name, folder, files.names[i], err);
    if (status == LN_OK) status = add(out, name, err);
    ln_free(name);
  }
  ln_listing_free(&files);
  return status;
}

LnStatus ln_listing_read_within(LnListing *out, const char *path, bool (*wanted)(const char *name), const char *who,
                                LnError *err) {
  LnListing folders = {0};
  LnStatus status = ln_listing_read(out, path, wanted, who, err);
  if (status == LN_OK) status = ln_listing_read_folders(&folders, path, who, err);
  for (size_t i = 0; status == LN_OK && i < folders.count; i++)
    status = add_files_of(out, path, folders.names[i], wanted, who, err);
  ln_listing_free(&folders);
  sort(out);
  return status;
}

LnStatus ln_listing_read_all(LnListing *out, const char *path, LnError *err) {
  DIR *dir = opendir(path);
  LnStatus status = LN_OK;
  if (dir == NULL) return ln_fail(err, LN_EIO, "cannot read the folder '%.300s': %s", path, strerror(errno));
  for (const struct dirent *entry; status == LN_OK && (entry = readdir(dir)) != NULL;)
    if (!is_itself_or_above(entry->d_name)) status = add(out, entry->d_name, err);
  closedir(dir);
  sort(out);
  return status;
}

LnStatus ln_listing_path(char **out, const char *path, const char *name, LnError *err) {
  size_t size = strlen(path) + strlen(name) + 2;
  *out = ln_alloc(size);
  if (*out == NULL) return ln_fail_memory(err, name, size);
  snprintf(*out, size, "%s/%s", path, name);
  return LN_OK;
}
