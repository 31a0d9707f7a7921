/* Files and folders through POSIX calls: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static LnStatus fail_errno(const char *doing, const char *path, LnError *err) {
  return ln_fail(err, LN_EIO, "cannot %s '%.300s': %s", doing, path, strerror(errno));
}

/* Read on to the end, whatever size the file claims to have: pipes and /proc claim none. */
static LnStatus read_all(void **out, size_t *n, int fd, size_t claimed, const char *path, LnError *err) {
  size_t room = claimed + 1, used = 0;
  char *bytes = ln_alloc(room);
  if (bytes == NULL) return ln_fail_memory(err, path, room);
  for (;;) {
    ssize_t got = read(fd, bytes + used, room - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("read", path, err), ln_free(bytes), LN_EIO;
    if (got == 0) break;
    used += (size_t)got;
    if (used < room) continue;
    char *longer = room > SIZE_MAX / 2 - 4096 ? NULL : ln_realloc(bytes, 2 * room + 4096);
    if (longer == NULL) return ln_free(bytes), ln_fail_memory(err, path, room);
    bytes = longer;
    room = 2 * room + 4096;
  }
  *out = bytes;
  *n = used;
  return LN_OK;
}

LnStatus ln_file_read(void **out, size_t *n, const char *path, LnError *err) {
  struct stat about;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail_errno("read", path, err);
  LnStatus status;
  if (fstat(fd, &about) != 0)
    status = fail_errno("read", path, err);
  else if (S_ISDIR(about.st_mode))
    status = ln_fail(err, LN_EIO, "cannot read '%.300s': it is a folder, not a file", path);
  else
    status = read_all(out, n, fd, (size_t)about.st_size, path, err);
  close(fd);
  return status;
}

/* "<path>.tmp-<process>-<number>": in the same folder, so that the rename stays within one file system. */
static char *temporary_name(const char *path) {
  static atomic_uint number;
  size_t size = strlen(path) + 48;
  char *name = ln_alloc(size);
  if (name != NULL)
    snprintf(name, size, "%s.tmp-%ld-%u", path, (long)getpid(), atomic_fetch_add(&number, 1));
  return name;
}

/* 0, or -1 with errno set. */
static int write_all(int fd, const char *bytes, size_t n) {
  while (n > 0) {
    ssize_t put = write(fd, bytes, n);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return -1;
    bytes += put;
    n -= (size_t)put;
  }
  return 0;
}

/* The result of writing, 0 or -1, and of closing; errno is that of the first failure. */
static int close_after(int fd, int result) {
  int reason = errno;
  if (close(fd) != 0 && result == 0) return -1;
  errno = reason;
  return result;
}

/* Give a new file the group and permissions of the one it replaces, as far as one may: never more than that one has. */
static void look_like(int fd, const struct stat *about) {
  mode_t mode = about->st_mode & 0777;
  if (fchown(fd, (uid_t)-1, about->st_gid) != 0) mode &= ~(mode_t)070;
  if (fchmod(fd, mode) != 0) return; /* some file systems have none */
}

/* about: of the file that is replaced, or NULL. */
static int write_synced(const char *path, const void *bytes, size_t n, const struct stat *about) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, about != NULL ? about->st_mode & 0700 : 0666);
  if (fd < 0) return -1;
  if (about != NULL) look_like(fd, about);
  int result = write_all(fd, bytes, n);
  if (result == 0) result = fsync(fd);
  return close_after(fd, result);
}

static int write_in_place(const char *path, const void *bytes, size_t n) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return fd < 0 ? -1 : close_after(fd, write_all(fd, bytes, n));
}

/* Write beside the target, then move there. about: of the file that is there, or NULL. path: for the message. */
static LnStatus replace(const char *target, const char *path, const void *bytes, size_t n, const struct stat *about,
                        LnError *err) {
  char *temporary = temporary_name(target);
  if (temporary == NULL) return ln_fail_memory(err, path, strlen(target) + 48);
  LnStatus status = LN_OK;
  if (write_synced(temporary, bytes, n, about) != 0 || rename(temporary, target) != 0) {
    status = fail_errno("write", path, err);
    unlink(temporary);
  }
  ln_free(temporary);
  return status;
}

/* The standard stream that goes into this file, as /dev/stdout does; -1: none. */
static int stream_into(const struct stat *about) {
  for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
    struct stat own;
    if (fstat(fd, &own) == 0 && own.st_dev == about->st_dev && own.st_ino == about->st_ino) return fd;
  }
  return -1;
}

LnStatus ln_file_write(const char *path, const void *bytes, size_t n, LnError *err) {
  struct stat about;
  bool there = lstat(path, &about) == 0;
  char *behind = there && S_ISLNK(about.st_mode) ? realpath(path, NULL) : NULL;
  if (behind != NULL) there = stat(behind, &about) == 0;
  int stream = behind != NULL && there ? stream_into(&about) : -1;
  LnStatus status;
  if (stream >= 0)
    status = fflush(stdout) == 0 && write_all(stream, bytes, n) == 0 ? LN_OK : fail_errno("write", path, err);
  else if (!there || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)) /* of a folder, rename says what is wrong */
    status = replace(behind != NULL ? behind : path, path, bytes, n, there ? &about : NULL, err);
  else
    status = write_in_place(path, bytes, n) == 0 ? LN_OK : fail_errno("write", path, err);
  free(behind);
  return status;
}

static LnStatus make_one(const char *path, LnError *err) {
  struct stat about;
  if (mkdir(path, 0777) == 0) return LN_OK;
  if (errno != EEXIST) return fail_errno("make the folder", path, err);
  if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) return LN_OK;
  return ln_fail(err, LN_EIO, "cannot make the folder '%.300s': a file of that name is in the way", path);
}

LnStatus ln_dir_make(const char *path, LnError *err) {
  char *part = ln_strdup(path);
  if (part == NULL) return ln_fail_memory(err, path, strlen(path) + 1);
  LnStatus status = LN_OK;
  for (char *end = part; status == LN_OK && *end != '\0'; end++) {
    if (*end != '/' || end == part) continue;
    *end = '\0';
    status = make_one(part, err);
    *end = '/';
  }
  if (status == LN_OK) status = make_one(path, err);
  ln_free(part);
  return status;
}

LnStatus ln_dir_writable(const char *path, LnError *err) {
  size_t size = strlen(path) + 16;
  char *inside = ln_alloc(size);
  char *name = NULL;
  if (inside != NULL) snprintf(inside, size, "%s/lunet", path), name = temporary_name(inside);
  LnStatus status = name == NULL ? ln_fail_memory(err, path, size) : LN_OK;
  if (status == LN_OK && write_synced(name, "", 0, NULL) != 0)
    status = ln_fail(err, LN_EIO, "cannot write into the folder '%.300s': %s", path, strerror(errno));
  if (name != NULL) unlink(name);
  ln_free(name), ln_free(inside);
  return status;
}
