/* Threads (OpenMP). Work is handed out by index; results must not depend on who does what. */
#ifndef LUNET_BASE_PARALLEL_H
#define LUNET_BASE_PARALLEL_H

#include <stdint.h>

/* Called for every index in 0 .. n-1, on worker 0 .. ln_threads()-1. */
typedef void LnTask(void *context, int64_t index, int worker);

int ln_threads(void);            /* from LUNET_THREADS, else the processors at hand */
void ln_set_threads(int number); /* at least 1 */

/* Run task for all indices and wait; on the calling thread alone when n is 1 or when called from inside a task. */
void ln_parallel(int64_t n, LnTask *task, void *context);

#endif
