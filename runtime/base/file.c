/* Reading files, making folders, through POSIX calls: see file.h. file_write.c writes. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/memory.h"

static const size_t most_unsized = (size_t)1 << 28; /* bytes of a file or pipe that does not tell its size */
static const size_t most_at_once = (size_t)1 << 24;   /* bytes between two looks at the interruption */

static LnStatus fail_errno(const char *doing, const char *path, LnError *err) {
  if (errno == EINTR && ln_interrupted()) return ln_interrupt_check(err);
  return ln_fail(err, LN_EIO, "cannot %s '%.300s': %s", doing, path, strerror(errno));
}

/* ---- Opening ---- */

static const char *kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR: return "a folder, not a file";
    case S_IFIFO: return "a pipe, not a regular file";
    case S_IFSOCK: return "a socket, not a regular file";
    default: return "a device, not a regular file";
  }
}

/* A pipe without a name of its own is one that this process was given: opening it again, by /dev/stdin, waits for no
 * one. */
static bool is_given_pipe(const char *path, const struct stat *about) {
  struct statfs system;
  return S_ISFIFO(about->st_mode) && statfs(path, &system) == 0 && system.f_type == PIPEFS_MAGIC;
}

static LnStatus check_kind(const char *path, const struct stat *about, bool pipes, LnError *err) {
  if (S_ISREG(about->st_mode) || (pipes && is_given_pipe(path, about))) return LN_OK;
  return ln_fail(err, LN_EIO, "cannot read '%.300s': it is %s", path, kind_of(about->st_mode));
}

/* The kind is looked at before, for to open a device may do something, and after, for it may have become another. */
static LnStatus open_checked(int *out, struct stat *about, const char *path, bool pipes, LnError *err) {
  if (stat(path, about) != 0) return fail_errno("read", path, err);
  LN_TRY(check_kind(path, about, pipes, err));
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return fail_errno("read", path, err);
  LnStatus status = fstat(fd, about) != 0 ? fail_errno("read", path, err) : check_kind(path, about, pipes, err);
  if (status != LN_OK) return close(fd), status;
  *out = fd;
  return LN_OK;
}

LnStatus ln_file_open(int *fd, int64_t *size, const char *path, LnError *err) {
  struct stat about;
  LN_TRY(open_checked(fd, &about, path, false, err));
  *size = about.st_size;
  return LN_OK;
}

/* ---- Reading ---- */

/* After a read that would have to wait. A pipe may be waited for, which an interruption ends; a file that is called
 * regular and waits, as /proc/kmsg does, may not. False with errno set. */
static bool wait_for_more(int fd) {
  struct stat about;
  struct pollfd more = {.fd = fd, .events = POLLIN};
  bool pipe = fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode);
  while (pipe && !ln_interrupted())
    if (poll(&more, 1, 100) > 0) return true;
  errno = pipe ? EINTR : EAGAIN;
  return false;
}

/* As many of n bytes as there are before the end: fewer only there. -1 with errno set. */
static ssize_t read_up_to(int fd, char *out, size_t n) {
  size_t used = 0;
  while (used < n) {
    size_t piece = n - used < most_at_once ? n - used : most_at_once;
    errno = EINTR;
    if (ln_interrupted()) return -1;
    ssize_t got = read(fd, out + used, piece);
    if (got < 0 && (errno == EINTR || (errno == EAGAIN && wait_for_more(fd)))) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    used += (size_t)got;
  }
  return (ssize_t)used;
}

/* A file shorter than it says, as those of /sys, is taken as it is if it goes on saying so. */
static LnStatus read_sized(char **out, size_t *n, int fd, int64_t size, const char *path, LnError *err) {
  struct stat after;
  char what[336];
  snprintf(what, sizeof what, "cannot read '%.300s'", path);
  LN_TRY(ln_limit_bytes(what, (double)size, err));
  *out = ln_alloc((size_t)size + 1);
  if (*out == NULL) return ln_fail_memory(err, path, (size_t)size + 1);
  ssize_t got = read_up_to(fd, *out, (size_t)size + 1); /* one more, to see the end */
  if (got < 0 || fstat(fd, &after) != 0) return fail_errno("read", path, err);
  if (got > size || after.st_size != size) return ln_fail(err, LN_EIO, "%s: its size changed meanwhile", what);
  *n = (size_t)got;
  return LN_OK;
}

static LnStatus read_unsized(char **out, size_t *n, int fd, const char *path, LnError *err) {
  for (size_t room = 1 << 16;; room *= 2) {
    char *longer = ln_realloc(*out, room);
    if (longer == NULL) return ln_fail_memory(err, path, room);
    *out = longer;
    ssize_t got = read_up_to(fd, *out + *n, room - *n);
    if (got < 0) return fail_errno("read", path, err);
    *n += (size_t)got;
    if (*n < room) return LN_OK;
    if (room >= most_unsized)
      return ln_fail(err, LN_ELIMIT, "cannot read '%.300s': too large: it has no size and does not end within %zu MB",
                     path, most_unsized >> 20);
  }
}

LnStatus ln_file_read(void **out, size_t *n, const char *path, LnError *err) {
  struct stat about;
  int fd = -1;
  char *bytes = NULL;
  size_t used = 0;
  LN_TRY(open_checked(&fd, &about, path, true, err));
  bool sized = S_ISREG(about.st_mode) && about.st_size > 0;
  LnStatus status = sized ? read_sized(&bytes, &used, fd, about.st_size, path, err)
                          : read_unsized(&bytes, &used, fd, path, err);
  close(fd);
  if (status != LN_OK) return ln_free(bytes), status;
  *out = bytes;
  *n = used;
  return LN_OK;
}

LnStatus ln_file_read_at(void *out, int64_t n, int fd, int64_t at, LnError *err) {
  for (char *to = out; n > 0;) {
    LN_TRY(ln_interrupt_check(err));
    ssize_t got = pread(fd, to, (size_t)n < most_at_once ? (size_t)n : most_at_once, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ln_fail(err, LN_EIO, "%s", strerror(errno));
    if (got == 0) return ln_fail(err, LN_EFORMAT, "damaged: cut short");
    to += got;
    at += got;
    n -= got;
  }
  return LN_OK;
}

/* ---- Folders ---- */

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

LnStatus ln_dir_make_new(bool *made, const char *path, LnError *err) {
  *made = mkdir(path, 0777) == 0;
  return *made || errno == EEXIST ? LN_OK : fail_errno("make the folder", path, err);
}
