/* Signals of writes: see write_signals.h. */
#include "base/write_signals.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static const int raised_by_writes[] = {SIGXFSZ, SIGPIPE};

void ln_write_signals_hold(LnHeldSignals *held) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof raised_by_writes / sizeof *raised_by_writes; i++) sigaddset(&set, raised_by_writes[i]);
  sigpending(&held->pending);
  pthread_sigmask(SIG_BLOCK, &set, &held->before);
}

void ln_write_signals_release(const LnHeldSignals *held) {
  int reason = errno;
  sigset_t now, one;
  sigpending(&now);
  for (size_t i = 0; i < sizeof raised_by_writes / sizeof *raised_by_writes; i++) {
    int number = raised_by_writes[i];
    if (!sigismember(&now, number) || sigismember(&held->pending, number)) continue;
    sigemptyset(&one);
    sigaddset(&one, number);
    sigtimedwait(&one, NULL, &(struct timespec){0});
  }
  pthread_sigmask(SIG_SETMASK, &held->before, NULL);
  errno = reason;
}
