/* See lock.h. */
#include "bindings/system/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"

enum { LONGEST_TEXT = 512 };

typedef struct Lock {
  char *path, *holder; /* holder: the beginning of the file's text */
  int file;
  double every; /* seconds between two counts */
  unsigned long long count;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t released;
  bool runs, over;
} Lock;

/* All texts of a lock have one length, so that a reader never sees a part of one. */
static bool write_text(Lock *lock) {
  char text[LONGEST_TEXT];
  int n = snprintf(text, sizeof text, "%.440s %020llu\n", lock->holder, lock->count++);
  return pwrite(lock->file, text, (size_t)n, 0) == n;
}

static void *count_on(void *context) {
  Lock *lock = context;
  struct timespec until;
  pthread_mutex_lock(&lock->mutex);
  while (!lock->over) {
    clock_gettime(CLOCK_REALTIME, &until);
    long long nanoseconds = until.tv_nsec + (long long)(lock->every * 1e9);
    until.tv_sec += (time_t)(nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    if (pthread_cond_timedwait(&lock->released, &lock->mutex, &until) != ETIMEDOUT || lock->over) continue;
    if (write_text(lock)) fdatasync(lock->file); /* so that other machines see it */
  }
  pthread_mutex_unlock(&lock->mutex);
  return NULL;
}

/* Signals are for the thread that runs Lua. */
static bool start_thread(Lock *lock) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  lock->runs = pthread_create(&lock->thread, NULL, count_on, lock) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return lock->runs;
}

/* Whether the file at the path is still the one that was made. */
static bool is_held(const Lock *lock) {
  struct stat ours, there;
  return fstat(lock->file, &ours) == 0 && stat(lock->path, &there) == 0 && ours.st_ino == there.st_ino &&
         ours.st_dev == there.st_dev;
}

static void release_lock(void *object) {
  Lock *lock = object;
  if (lock == NULL) return;
  if (lock->runs) {
    pthread_mutex_lock(&lock->mutex);
    lock->over = true;
    pthread_cond_signal(&lock->released);
    pthread_mutex_unlock(&lock->mutex);
    pthread_join(lock->thread, NULL);
  }
  if (lock->file >= 0) {
    if (is_held(lock)) unlink(lock->path);
    close(lock->file);
  }
  pthread_cond_destroy(&lock->released);
  pthread_mutex_destroy(&lock->mutex);
  ln_free(lock->path);
  ln_free(lock->holder);
  ln_free(lock);
}

static const LnbClass lock_class = {.name = "lunet.lock", .noun = "lock", .release = release_lock};

static LnStatus new_lock(Lock **out, const char *path, const char *holder, double every, LnError *err) {
  Lock *lock = ln_calloc(1, sizeof *lock);
  if (lock == NULL) return ln_fail_memory(err, "lock", sizeof *lock);
  *lock = (Lock){.file = -1, .every = every, .path = ln_strdup(path), .holder = ln_strdup(holder)};
  pthread_mutex_init(&lock->mutex, NULL);
  pthread_cond_init(&lock->released, NULL);
  if (lock->path == NULL || lock->holder == NULL)
    return release_lock(lock), ln_fail_memory(err, "lock", strlen(path) + strlen(holder));
  *out = lock;
  return LN_OK;
}

/* take(path, holder, every): a lock, or nothing where another process has it. holder: what the file says. */
static int lock_take(lua_State *L) {
  const char *path = lnb_check_path(L, 1), *holder = lnb_check_string(L, 2);
  double every = lnb_check_number(L, 3);
  LNB_MAKE(L, lock_class, Lock, new_lock(&made, path, holder, every, &err));
  Lock *lock = lnb_check(L, -1, &lock_class);
  lock->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (lock->file < 0 && errno == EEXIST) return 0;
  if (lock->file < 0) lnb_error(L, "cannot write '%s': %s", path, strerror(errno));
  if (!write_text(lock)) {
    int reason = errno;
    unlink(path);
    lnb_error(L, "cannot write '%s': %s", path, strerror(reason));
  }
  if (!start_thread(lock)) lnb_error(L, "cannot start a thread");
  return 1;
}

/* held(lock): whether it still is; another process may have found it dead while this one was stopped. */
static int lock_held(lua_State *L) {
  lua_pushboolean(L, is_held(lnb_check(L, 1, &lock_class)));
  return 1;
}

/* Pushes what a lock's file says; nothing if there is none. */
static int push_text(lua_State *L, const char *path) {
  char text[LONGEST_TEXT];
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t n = file < 0 ? -1 : read(file, text, sizeof text);
  if (file >= 0) close(file);
  if (n < 0) return 0;
  lua_pushlstring(L, text, (size_t)n);
  return 1;
}

/* read(path) */
static int lock_read(lua_State *L) {
  return push_text(L, lnb_check_path(L, 1));
}

/* remove(path, text, guard): remove a dead lock that said this. Two processes may find it dead, and the later one must
 * not remove the lock that the earlier one has made since: one at a time, by a lock of the system's on the file `guard`
 * (where there are none, what held() finds remains). */
static int lock_remove(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  lua_settop(L, 3);
  int guard = open(lnb_check_path(L, 3), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (guard >= 0) while (flock(guard, LOCK_EX) != 0 && errno == EINTR);
  bool same = push_text(L, path) == 1 && lua_rawequal(L, -1, 2);
  bool removed = same && unlink(path) == 0;
  if (guard >= 0) close(guard);
  lua_pushboolean(L, removed);
  return 1;
}

void lnb_open_lock(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "take", .call = lock_take},
                                          {.name = "held", .call = lock_held},
                                          {.name = "read", .call = lock_read},
                                          {.name = "remove", .call = lock_remove},
                                          {0}};
  lnb_class_new(L, &lock_class, NULL, NULL, NULL);
  lua_pop(L, 1);
  lua_newtable(L);
  lnb_functions(L, "lock.", functions);
  lua_setfield(L, -2, "lock");
}
