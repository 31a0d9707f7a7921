/* Threads: see parallel.h. Indices are handed out one by one, so uneven work balances itself. */
#include "base/parallel.h"

#include <omp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/interrupt.h"

static int wanted;

int ln_threads(void) {
  const char *text = getenv("LUNET_THREADS");
  if (wanted == 0 && (text == NULL || ln_threads_select(text, NULL) != LN_OK)) wanted = omp_get_num_procs();
  return wanted;
}

void ln_set_threads(int number) {
  wanted = number > 0 ? number : 1;
}

LnStatus ln_threads_select(const char *text, LnError *err) {
  char *end;
  long number = strtol(text, &end, 10);
  if (end == text || *end != '\0' || number < 1 || number > LN_MOST_THREADS)
    return ln_fail(err, LN_EARG, "the number of threads must be from 1 to %d, got '%.40s'", LN_MOST_THREADS, text);
  wanted = (int)number;
  return LN_OK;
}

/* Hand out the indices; once an interrupt has come, only where they do not stop for it. */
static void deal(int64_t n, LnTask *task, void *context, bool stops) {
  int threads = ln_threads();
  if (n < threads) threads = (int)n;
  if (threads <= 1 || omp_in_parallel()) {
    for (int64_t i = 0; i < n && !(stops && ln_interrupted()); i++) task(context, i, 0);
    return;
  }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (int64_t i = 0; i < n; i++)
    if (!(stops && ln_interrupted())) task(context, i, omp_get_thread_num());
}

void ln_parallel(int64_t n, LnTask *task, void *context) {
  deal(n, task, context, false);
}

LnStatus ln_parallel_stoppable(int64_t n, LnTask *task, void *context, LnError *err) {
  deal(n, task, context, true);
  return ln_interrupt_check(err);
}

typedef struct Attempt {
  LnTryTask *task;
  void *context;
  int64_t failed; /* the lowest index that did */
  LnStatus status;
  LnError error;
} Attempt;

static void attempt(void *context, int64_t index, int worker) {
  Attempt *all = context;
  LnError err;
  LnStatus status = all->task(all->context, index, worker, &err);
  if (status == LN_OK) return;
#pragma omp critical(ln_attempt)
  if (all->status == LN_OK || index < all->failed) {
    all->failed = index;
    all->status = ln_fail(&all->error, status, "%s", err.msg);
  }
}

LnStatus ln_parallel_try(int64_t n, LnTryTask *task, void *context, LnError *err) {
  Attempt all = {.task = task, .context = context};
  LN_TRY(ln_parallel_stoppable(n, attempt, &all, err));
  return all.status == LN_OK ? LN_OK : ln_fail(err, all.status, "%s", all.error.msg);
}

/* With two other processes at work on two processors, a training step took 25 ms for 20,000 rounds, 28 for 100,000 (some
 * two milliseconds) and 37 for the library's own number. Alone, three of ten runs took 16 ms instead of 10 for 20,000,
 * as threads slept and were slow to wake, and none for 100,000. */
void ln_threads_spin_shortly(char **argv) {
  if (getenv("GOMP_SPINCOUNT") != NULL || getenv("OMP_WAIT_POLICY") != NULL) return;
  if (setenv("GOMP_SPINCOUNT", "100000", 1) == 0) execv("/proc/self/exe", argv);
}
