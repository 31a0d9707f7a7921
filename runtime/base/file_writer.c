/* See file_writer.h. One mutex guards all that both threads use; the thread lives from the first version on. */
#include "base/file_writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"

static const double sync_after = 5; /* seconds between two syncs */

struct LnFileWriter {
  char *path;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  pthread_t thread;
  bool started;      /* the thread */
  bool ending;       /* it is to end when nothing waits */
  bool busy;         /* it writes */
  void *bytes;       /* the version that waits; NULL: none */
  size_t n;
  LnError failure;   /* of the last write that failed; its status LN_OK: none, or told */
  /* The thread's own. */
  double synced;     /* when */
  bool unsynced;     /* whether something was written since */
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

LnStatus ln_file_writer_new(LnFileWriter **out, const char *path, LnError *err) {
  LnFileWriter *w = ln_calloc(1, sizeof *w);
  if (w != NULL) w->path = ln_strdup(path);
  if (w == NULL || w->path == NULL) return ln_free(w), ln_fail_memory(err, path, sizeof *w);
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->changed, NULL);
  w->synced = now();
  *out = w;
  return LN_OK;
}

/* ---- The thread ---- */

static LnStatus write_version(LnFileWriter *w, const void *bytes, size_t n, LnError *err) {
  bool sync = now() - w->synced >= sync_after;
  LN_TRY(sync ? ln_file_write(w->path, bytes, n, err) : ln_file_write_unsynced(w->path, bytes, n, err));
  if (sync) w->synced = now();
  w->unsynced = !sync;
  return LN_OK;
}

/* Called, and returns, with the lock held. */
static void write_waiting(LnFileWriter *w) {
  void *bytes = w->bytes;
  size_t n = w->n;
  LnError err = {LN_OK, ""};
  w->bytes = NULL;
  w->busy = true;
  pthread_mutex_unlock(&w->lock);
  LnStatus status = write_version(w, bytes, n, &err);
  ln_free(bytes);
  pthread_mutex_lock(&w->lock);
  w->busy = false;
  if (status != LN_OK) w->failure = err;
  pthread_cond_broadcast(&w->changed);
}

static void *run(void *context) {
  LnFileWriter *w = context;
  pthread_mutex_lock(&w->lock);
  for (;;) {
    if (w->bytes != NULL) write_waiting(w);
    else if (w->ending) break;
    else pthread_cond_wait(&w->changed, &w->lock);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

/* Signals are for the other threads. */
static bool start(LnFileWriter *w) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  w->started = pthread_create(&w->thread, NULL, run, w) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return w->started;
}

/* ---- Whoever hands over ---- */

/* Tells a failure, once. */
static LnStatus take_failure(LnFileWriter *w, LnError *err) {
  LnStatus status = w->failure.status;
  if (status != LN_OK) *err = w->failure;
  w->failure.status = LN_OK;
  return status;
}

LnStatus ln_file_writer_put(LnFileWriter *w, void *bytes, size_t n, LnError *err) {
  pthread_mutex_lock(&w->lock);
  LnStatus status = take_failure(w, err);
  ln_free(w->bytes);
  w->bytes = bytes;
  w->n = n;
  w->ending = false;
  pthread_cond_broadcast(&w->changed);
  if (!w->started && !start(w)) { /* no thread is to be had: now, then */
    write_waiting(w);
    status = status != LN_OK ? status : take_failure(w, err);
  }
  pthread_mutex_unlock(&w->lock);
  return status;
}

LnStatus ln_file_writer_finish(LnFileWriter *w, LnError *err) {
  if (w->started) {
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    w->started = false;
  }
  LnStatus status = take_failure(w, err);
  if (status == LN_OK && w->unsynced) status = ln_file_sync(w->path, err);
  w->unsynced = false;
  w->synced = now();
  return status;
}

void ln_file_writer_free(LnFileWriter *w) {
  LnError err;
  if (w == NULL) return;
  ln_file_writer_finish(w, &err);
  pthread_cond_destroy(&w->changed);
  pthread_mutex_destroy(&w->lock);
  ln_free(w->bytes);
  ln_free(w->path);
  ln_free(w);
}
