/* Locks of living processes: see file_lock.h. */
#include "base/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/memory.h"

struct LnFileLock {
  int fd;
};

LnStatus ln_file_lock_take(LnFileLock **out, const char *path, LnError *err) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
  if (fd < 0) return ln_fail(err, LN_EIO, "cannot write '%.300s': %s", path, strerror(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return close(fd), ln_fail(err, LN_EIO, "'%.300s' is locked by another process", path);
  LnFileLock *lock = ln_alloc(sizeof *lock);
  if (lock == NULL) return close(fd), ln_fail_memory(err, path, sizeof *lock);
  lock->fd = fd;
  *out = lock;
  return LN_OK;
}

void ln_file_lock_release(LnFileLock *lock) {
  if (lock == NULL) return;
  close(lock->fd);
  ln_free(lock);
}

bool ln_file_lock_held(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(fd);
  return held;
}
