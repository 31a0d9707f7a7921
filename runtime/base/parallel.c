/* Threads: see parallel.h. Indices are handed out one by one, so uneven work balances itself. */
#include "base/parallel.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cpus.h"
#include "base/interrupt.h"

static int wanted;      /* 0: not chosen yet */
static const char *why; /* it is that many */
static LnThreadsLack *tell_lack;

/* A number from 1 to LN_MOST_THREADS and nothing behind it but what is in `after`; 0 if it is something else. */
static int number_in(const char *text, const char *after) {
  char *end;
  long number = strtol(text, &end, 10);
  if (end == text || (*end != '\0' && strchr(after, *end) == NULL) || number < 1 || number > LN_MOST_THREADS) return 0;
  return (int)number;
}

static void set(int number, const char *reason) {
  wanted = number;
  why = reason;
}

/* OMP_NUM_THREADS may be a list, of nested levels; the first one counts. */
static void choose(void) {
  const char *own = getenv("LUNET_THREADS"), *openmp = getenv("OMP_NUM_THREADS"), *reason;
  int by_own = own == NULL ? 0 : number_in(own, ""), by_openmp = openmp == NULL ? 0 : number_in(openmp, ", \t");
  if (by_own > 0) return set(by_own, "LUNET_THREADS");
  if (by_openmp > 0) return set(by_openmp, "OMP_NUM_THREADS");
  int cpus = ln_cpus(&reason);
  set(cpus < LN_MOST_THREADS ? cpus : LN_MOST_THREADS, reason);
}

int ln_threads(void) {
  if (wanted == 0) choose();
  return wanted;
}

const char *ln_threads_why(void) {
  if (wanted == 0) choose();
  return why;
}

void ln_set_threads(int number) {
  set(number > 0 ? number : 1, "set");
}

LnStatus ln_threads_select(const char *text, LnError *err) {
  int number = number_in(text, "");
  if (number == 0)
    return ln_fail(err, LN_EARG, "LUNET_THREADS: the number of threads must be from 1 to %d, got '%.40s'",
                   LN_MOST_THREADS, text);
  set(number, "LUNET_THREADS");
  return LN_OK;
}

/* ---- Whether there can be so many ---- */

void ln_threads_on_lack(LnThreadsLack *tell) {
  tell_lack = tell;
}

static void *wait_at(void *gate) {
  pthread_mutex_lock(gate);
  pthread_mutex_unlock(gate);
  return NULL;
}

/* Threads of this process: the links to the folder of them, less two. */
static int64_t alive(void) {
  struct stat about;
  return stat("/proc/self/task", &about) == 0 ? (int64_t)about.st_nlink - 2 : 0;
}

/* Start so many threads at the same time and let them end. Returns how many there can be, and why not more. */
static int try_starting(int number, int *reason) {
  static pthread_t threads[LN_MOST_THREADS];
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  int64_t before = alive();
  int n = 0;
  pthread_mutex_lock(&gate);
  while (n < number && (*reason = pthread_create(&threads[n], NULL, wait_at, &gate)) == 0) n++;
  pthread_mutex_unlock(&gate);
  for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < 100 && alive() > before; i++) usleep(1000); /* the kernel counts them a moment longer */
  return n < number ? n - (n + 7) / 8 : n; /* at the limit, some room is left to what else needs it */
}

/* OpenMP ends the process where a thread cannot be started, so before a team is first larger than any before it, its
 * threads are started for a try; where that fails, there are fewer from then on. */
static int startable(int threads) {
  static int tried = 1;
  int reason = 0;
  if (threads <= tried) return threads;
  int got = tried + try_starting(threads - tried, &reason);
  tried = got;
  if (got == threads) return threads;
  if (tell_lack != NULL) tell_lack(wanted, got, strerror(reason));
  set(got, "no more could be started");
  return got;
}

/* Hand out the indices; once an interrupt has come, only where they do not stop for it. */
static void deal(int64_t n, LnTask *task, void *context, bool stops) {
  int threads = ln_threads();
  if (n < threads) threads = (int)n;
  if (threads > 1 && !omp_in_parallel()) threads = startable(threads);
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
