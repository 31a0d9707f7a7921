/* Threads (OpenMP). Work is handed out by index; results must not depend on who does what. */
#ifndef LUNET_BASE_PARALLEL_H
#define LUNET_BASE_PARALLEL_H

#include <stdint.h>

#include "base/status.h"

/* Called for every index in 0 .. n-1, on worker 0 .. ln_threads()-1. */
typedef void LnTask(void *context, int64_t index, int worker);

enum { LN_MOST_THREADS = 1024 };

/* How many there are; at first use from LUNET_THREADS, else OMP_NUM_THREADS, else (or where these are unusable) the
 * processors that the process may use (base/cpus.h). The bindings report an unusable LUNET_THREADS at start by calling
 * ln_threads_select themselves. */
int ln_threads(void);
/* What made it that many: "LUNET_THREADS", "OMP_NUM_THREADS", "CPU quota", "affinity", "processors", "set" or "no more
 * could be started". */
const char *ln_threads_why(void);
void ln_set_threads(int number); /* at least 1 */
LnStatus ln_threads_select(const char *text, LnError *err); /* "1" to LN_MOST_THREADS; anything else is LN_EARG */

/* Threads that cannot be started, because of a limit on processes or memory, are no error: there are fewer of them from
 * then on, and this function is told, once, of how many were wanted and are there, and of the system's reason. */
typedef void LnThreadsLack(int wanted, int got, const char *reason);
void ln_threads_on_lack(LnThreadsLack *tell);

/* Run task for all indices and wait; on the calling thread alone when n is 1 or when called from inside a task. */
void ln_parallel(int64_t n, LnTask *task, void *context);

/* The same, but tasks that an interrupt finds not begun are left out: LN_EINTERRUPTED then, and no result counts. */
LnStatus ln_parallel_stoppable(int64_t n, LnTask *task, void *context, LnError *err);

/* The same for a task that may fail: the others run nevertheless, and the failure of the lowest index is what comes
 * back, or the interrupt. */
typedef LnStatus LnTryTask(void *context, int64_t index, int worker, LnError *err);
LnStatus ln_parallel_try(int64_t n, LnTryTask *task, void *context, LnError *err);

/* For the beginning of a program's main. Threads that wait for work spin, so that they are there at once when it comes;
 * the OpenMP library lets them do so for long, which takes the processor from others and from the thread that is waited
 * for. It reads its settings when it is loaded, before main, so a shorter time is set and the program started once
 * more; where that fails, or who starts it has set one of the library's variables, things stay as they are. */
void ln_threads_spin_shortly(char **argv);

#endif
