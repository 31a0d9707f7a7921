/* Files that grow by lines: see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/write_signals.h"

/* Whether the file's last line has no end. */
static bool is_torn(int fd, off_t size) {
  char last = '\n';
  return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* In one write, so that a reader never sees a part of it, as long as there is room for all. 0, or -1 with errno set. */
static int write_line(int fd, const char *line, size_t n, bool torn) {
  struct iovec parts[] = {{"\n", 1}, {(void *)(uintptr_t)line, n}};
  ssize_t all = (ssize_t)n + torn, put = writev(fd, parts + !torn, 1 + torn);
  for (ssize_t more; put >= 0 && put < all; put += more) { /* tells why not all was written, or writes it */
    size_t rest = (size_t)(all - put) < n ? (size_t)(all - put) : n;
    more = write(fd, line + n - rest, rest);
    if (more < 0) return -1;
  }
  return put < 0 ? -1 : 0;
}

/* A file as it was, unless another process wrote meanwhile. Keeps errno. */
static void undo(int fd, off_t size, size_t most) {
  int reason = errno;
  struct stat now;
  if (fstat(fd, &now) == 0 && now.st_size > size && now.st_size <= size + (off_t)most && ftruncate(fd, size) != 0)
    errno = reason;
  errno = reason;
}

static int append(int fd, const char *line, size_t n) {
  struct stat about;
  if (fstat(fd, &about) != 0) return -1;
  errno = EINVAL;
  if (!S_ISREG(about.st_mode)) return -1;
  int result = write_line(fd, line, n, is_torn(fd, about.st_size));
  if (result != 0) undo(fd, about.st_size, n + 1);
  return result;
}

LnStatus ln_file_append_line(const char *path, const char *line, size_t n, LnError *err) {
  LnHeldSignals held;
  ln_write_signals_hold(&held);
  int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
  int result = fd < 0 ? -1 : append(fd, line, n), reason = errno;
  if (fd >= 0 && close(fd) != 0 && result == 0) result = -1, reason = errno;
  ln_write_signals_release(&held);
  return result == 0 ? LN_OK : ln_fail(err, LN_EIO, "cannot write '%.300s': %s", path, strerror(reason));
}
