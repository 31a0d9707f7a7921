/* Writing files so that they are never half there: see file.h.
 *
 * A file is written under another name beside its own and then renamed. The other names are random, so that no two
 * writers ever choose the same, whatever machine or container they run in, and none has to be removed to be used. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/write_signals.h"

static const char mark[] = ".tmp-"; /* "<name>.tmp-<16 hexadecimal digits>" */
enum { DIGITS = 16, TAIL = sizeof mark - 1 + DIGITS, LONGEST_NAME = 255, OLD = 3600 /* seconds */ };

/* What goes into a file. */
typedef struct Contents {
  const void *bytes;
  size_t n;
  bool sync; /* onto the disk before the file gets its name */
} Contents;

static LnStatus fail_errno(LnError *err) {
  return ln_fail(err, LN_EIO, "%s", strerror(errno));
}

/* ---- Temporary files ---- */

/* Where a path's last name begins. */
static const char *last_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

static uint64_t random_bits(void) {
  uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) == sizeof bits) return bits;
  struct timespec now; /* a machine that has just started: the name is tried all the same, see make_temporary */
  clock_gettime(CLOCK_MONOTONIC, &now);
  return ((uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec << 20 ^ (uint64_t)getpid()) * 0x9e3779b97f4a7c15u;
}

/* A new file beside `path`: its name (ln_alloc'ed) and descriptor, locked for as long as that is open. -1 with errno
 * set, and no name, where there can be none. */
static int make_temporary(char **name, const char *path, mode_t mode) {
  size_t folder = (size_t)(last_name(path) - path), kept = strlen(path + folder);
  if (kept > LONGEST_NAME - TAIL) kept = LONGEST_NAME - TAIL;
  char *text = ln_alloc(folder + kept + TAIL + 1);
  int fd = -1;
  errno = ENOMEM;
  for (int tries = 0; text != NULL && fd < 0 && tries < 100; tries++) {
    snprintf(text, folder + kept + TAIL + 1, "%.*s%s%016" PRIx64, (int)(folder + kept), path, mark, random_bits());
    fd = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno != EEXIST) break;
  }
  if (fd < 0) return ln_free(text), -1;
  flock(fd, LOCK_EX | LOCK_NB); /* says that its writer lives, where the file system can */
  *name = text;
  return fd;
}

/* Whether a name is one of make_temporary's; *length: of the name that it was made from. */
static bool is_temporary(size_t *length, const char *name) {
  size_t n = strlen(name);
  if (n <= TAIL || memcmp(name + n - TAIL, mark, sizeof mark - 1) != 0) return false;
  *length = n - TAIL;
  return strspn(name + n - DIGITS, "0123456789abcdef") == DIGITS;
}

/* Removes a temporary file that nobody has written to for an hour and nobody holds. */
static void remove_old(int folder, const char *name) {
  struct stat about;
  int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_mtime < time(NULL) - OLD &&
      flock(fd, LOCK_EX | LOCK_NB) == 0)
    unlinkat(folder, name, 0);
  close(fd);
}

/* Removes the old temporary files of `path`. Returns whether its folder has none at all, of any file, old or young. */
static bool look_through(DIR *folder, const char *path) {
  const char *own = last_name(path);
  size_t length;
  bool none = true;
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (!is_temporary(&length, entry->d_name)) continue;
    none = false;
    if (length == strlen(own) && memcmp(entry->d_name, own, length) == 0) remove_old(dirfd(folder), entry->d_name);
  }
  return none;
}

/* The state of a folder: which one, and when its entries last changed. */
typedef struct State {
  dev_t device;
  ino_t number;
  struct timespec changed;
} State;

static State state_of(const char *folder) {
  struct stat about;
  if (stat(folder, &about) != 0) return (State){0};
  return (State){about.st_dev, about.st_ino, about.st_mtim};
}

/* The folder that this thread last found without temporary files. A run that writes many files into one folder looks
 * through it once, and again only after others have changed it. */
static _Thread_local State clean;

static bool is_clean(State now) {
  return now.number != 0 && now.device == clean.device && now.number == clean.number &&
         now.changed.tv_sec == clean.changed.tv_sec && now.changed.tv_nsec == clean.changed.tv_nsec;
}

/* After `path` was written. was_clean: its folder, just before. */
static void remove_leftovers(const char *folder, const char *path, bool was_clean) {
  DIR *dir = was_clean ? NULL : opendir(folder);
  bool none = was_clean || (dir != NULL && look_through(dir, path));
  if (dir != NULL) closedir(dir);
  clean = none ? state_of(folder) : (State){0};
}

/* ---- Writing ---- */

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

/* Access lists and what users attached; labels of the system follow its own rules. 0, or -1 with errno set. */
static int copy_attributes(int fd, const char *from, char *value, size_t room) {
  char names[4096];
  ssize_t length = listxattr(from, names, sizeof names);
  if (length < 0) return errno == ENOTSUP ? 0 : -1;
  fremovexattr(fd, "system.posix_acl_access"); /* one that the folder gave to the new file */
  for (const char *name = names; name < names + length; name += strlen(name) + 1) {
    if (strncmp(name, "user.", 5) != 0 && strncmp(name, "system.", 7) != 0) continue;
    ssize_t size = getxattr(from, name, value, room);
    if (size < 0 || fsetxattr(fd, name, value, (size_t)size, 0) != 0) return -1;
  }
  return 0;
}

static bool looks_like(int fd, const struct stat *old) {
  struct stat now;
  return fstat(fd, &now) == 0 && now.st_uid == old->st_uid && now.st_gid == old->st_gid &&
         ((now.st_mode ^ old->st_mode) & 07777) == 0;
}

/* Give a new file owner, group, permissions and attributes of the one that it replaces. */
static LnStatus look_like(int fd, const char *target, const struct stat *old, LnError *err) {
  size_t room = 1 << 16; /* no attribute is longer */
  char *value = ln_alloc(room);
  if (value == NULL) return ln_fail_memory(err, target, room);
  struct stat now;
  bool done = fstat(fd, &now) == 0;
  if (done && (now.st_uid != old->st_uid || now.st_gid != old->st_gid))
    done = fchown(fd, old->st_uid, old->st_gid) == 0;
  done = done && copy_attributes(fd, target, value, room) == 0;
  if (done && !looks_like(fd, old)) done = fchmod(fd, old->st_mode & 07777) == 0;
  ln_free(value);
  if (!done)
    return ln_fail(err, LN_EIO, "its owner, group, permissions or attributes cannot be kept: %s", strerror(errno));
  return looks_like(fd, old) ? LN_OK : ln_fail(err, LN_EIO, "its owner, group or permissions cannot be kept");
}

/* To the disk, and closed. old: of the file that is replaced, or NULL. */
static LnStatus fill(int fd, const char *target, Contents contents, const struct stat *old, LnError *err) {
  LnStatus status = LN_OK;
  int result = write_all(fd, contents.bytes, contents.n);
  if (result == 0 && old != NULL) status = look_like(fd, target, old, err); /* to write takes some permissions away */
  if (result == 0 && status == LN_OK && contents.sync) result = fsync(fd);
  result = close_after(fd, result);
  return status != LN_OK || result == 0 ? status : fail_errno(err);
}

/* A new file beside the target, which must be one that may be written to. */
static LnStatus begin(char **temporary, int *fd, const char *target, const struct stat *old, LnError *err) {
  if (old != NULL && faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0) return fail_errno(err);
  *fd = make_temporary(temporary, target, old != NULL ? 0600 : 0666);
  return *fd >= 0 ? LN_OK : ln_fail(err, errno == ENOMEM ? LN_EMEMORY : LN_EIO, "%s", strerror(errno));
}

/* Write beside the target, then move there. */
static LnStatus replace(const char *target, Contents contents, const struct stat *old, LnError *err) {
  char *temporary = NULL;
  int fd = -1;
  LN_TRY(begin(&temporary, &fd, target, old, err));
  LnStatus status = fill(fd, target, contents, old, err);
  if (status == LN_OK && rename(temporary, target) != 0) status = fail_errno(err);
  if (status != LN_OK) unlink(temporary);
  ln_free(temporary);
  return status;
}

/* As replace, and tidy up. */
static LnStatus replace_tidily(const char *target, Contents contents, const struct stat *old, LnError *err) {
  size_t length = (size_t)(last_name(target) - target);
  char *folder = ln_alloc(length + 2);
  if (folder == NULL) return ln_fail_memory(err, target, length + 2);
  snprintf(folder, length + 2, "%.*s", (int)(length == 0 ? 1 : length), length == 0 ? "." : target);
  bool was_clean = is_clean(state_of(folder));
  LnStatus status = replace(target, contents, old, err);
  if (status == LN_OK) remove_leftovers(folder, target, was_clean);
  ln_free(folder);
  return status;
}

/* Into a device or a pipe. One that nobody reads is not waited for. */
static LnStatus write_in_place(const char *path, Contents contents, LnError *err) {
  int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 && errno == ENXIO) return ln_fail(err, LN_EIO, "nobody reads this pipe");
  if (fd < 0) return fail_errno(err);
  int result = fcntl(fd, F_SETFL, 0) == 0 ? write_all(fd, contents.bytes, contents.n) : -1;
  return close_after(fd, result) == 0 ? LN_OK : fail_errno(err);
}

/* The standard stream that goes into this file, as /dev/stdout does; -1: none. */
static int stream_into(const struct stat *about) {
  for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
    struct stat own;
    if (fstat(fd, &own) == 0 && own.st_dev == about->st_dev && own.st_ino == about->st_ino) return fd;
  }
  return -1;
}

/* Where a link leads to in the end, which need not be there. */
static bool follow(char target[PATH_MAX], const char *path) {
  char text[PATH_MAX];
  size_t length = strlen(path);
  errno = ENAMETOOLONG;
  if (length >= PATH_MAX) return false;
  memcpy(target, path, length + 1);
  for (int links = 0; links < 40; links++) { /* as many as the system follows */
    ssize_t n = readlink(target, text, sizeof text - 1);
    if (n < 0) return true;
    text[n] = '\0';
    size_t folder = text[0] == '/' ? 0 : (size_t)(last_name(target) - target);
    errno = ENAMETOOLONG;
    if (folder + (size_t)n >= PATH_MAX) return false;
    memcpy(target + folder, text, (size_t)n + 1);
  }
  errno = ELOOP;
  return false;
}

static LnStatus write_new(const char *path, Contents contents, LnError *err) {
  char target[PATH_MAX];
  return follow(target, path) ? replace_tidily(target, contents, NULL, err) : fail_errno(err);
}

/* about: what is there, links followed */
static LnStatus write_over(const char *path, Contents contents, const struct stat *about, LnError *err) {
  struct stat itself;
  bool link = lstat(path, &itself) == 0 && S_ISLNK(itself.st_mode);
  int stream = link ? stream_into(about) : -1;
  if (stream >= 0) return fflush(stdout) == 0 && write_all(stream, contents.bytes, contents.n) == 0 ? LN_OK : fail_errno(err);
  char *behind = link ? realpath(path, NULL) : NULL;
  bool named = !link || behind != NULL; /* /dev/fd/3 may lead to a file that was removed */
  LnStatus status = named && (S_ISREG(about->st_mode) || S_ISDIR(about->st_mode)) /* rename says what a folder is */
                        ? replace_tidily(link ? behind : path, contents, about, err)
                        : write_in_place(path, contents, err);
  free(behind);
  return status;
}

static LnStatus write_file(const char *path, Contents contents, LnError *err) {
  struct stat about;
  LnHeldSignals held;
  LnError why;
  bool there = stat(path, &about) == 0;
  ln_write_signals_hold(&held);
  LnStatus status = there ? write_over(path, contents, &about, &why) : write_new(path, contents, &why);
  ln_write_signals_release(&held);
  return status == LN_OK ? LN_OK : ln_fail(err, status, "cannot write '%.300s': %s", path, why.msg);
}

LnStatus ln_file_write(const char *path, const void *bytes, size_t n, LnError *err) {
  return write_file(path, (Contents){bytes, n, true}, err);
}

LnStatus ln_file_write_unsynced(const char *path, const void *bytes, size_t n, LnError *err) {
  return write_file(path, (Contents){bytes, n, false}, err);
}

LnStatus ln_file_sync(const char *path, LnError *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int result = fd < 0 ? -1 : close_after(fd, fsync(fd));
  return result == 0 ? LN_OK : ln_fail(err, LN_EIO, "cannot write '%.300s': %s", path, strerror(errno));
}

/* As if to replace it. */
static LnStatus try_to_replace(const char *target, const struct stat *old, LnError *err) {
  char *temporary = NULL;
  int fd = -1;
  LN_TRY(begin(&temporary, &fd, target, old, err));
  LnStatus status = look_like(fd, target, old, err);
  unlink(temporary), close(fd);
  ln_free(temporary);
  return status;
}

static LnStatus folder_writable(const char *path, LnError *err) {
  const char *name = last_name(path);
  size_t length = (size_t)(name - path);
  char *folder = ln_alloc(length + 2);
  if (folder == NULL) return ln_fail_memory(err, path, length + 2);
  snprintf(folder, length + 2, "%.*s", (int)(length == 0 ? 1 : length), length == 0 ? "." : path);
  if (length > 1) folder[length - 1] = '\0'; /* the slash */
  LnStatus status = ln_dir_writable(folder, err);
  ln_free(folder);
  return status;
}

LnStatus ln_file_writable(const char *path, LnError *err) {
  struct stat about;
  LnError why;
  if (stat(path, &about) != 0) return folder_writable(path, err);
  if (S_ISDIR(about.st_mode)) return ln_fail(err, LN_EIO, "cannot write '%.300s': it is a folder, not a file", path);
  if (!S_ISREG(about.st_mode)) return LN_OK; /* a device or a pipe: known when it is written to */
  char *behind = realpath(path, NULL);
  LnStatus status = behind == NULL ? LN_OK : try_to_replace(behind, &about, &why);
  free(behind);
  return status == LN_OK ? LN_OK : ln_fail(err, status, "cannot write '%.300s': %s", path, why.msg);
}

LnStatus ln_dir_writable(const char *path, LnError *err) {
  size_t size = strlen(path) + sizeof "/lunet";
  char *inside = ln_alloc(size), *name = NULL;
  if (inside == NULL) return ln_fail_memory(err, path, size);
  snprintf(inside, size, "%s/lunet", path);
  int fd = make_temporary(&name, inside, 0666);
  LnStatus status = fd >= 0           ? LN_OK
                    : errno == ENOMEM ? ln_fail_memory(err, path, size)
                                      : ln_fail(err, LN_EIO, "cannot write into the folder '%.300s': %s", path,
                                                strerror(errno));
  if (fd >= 0) unlink(name), close(fd);
  ln_free(name), ln_free(inside);
  return status;
}
