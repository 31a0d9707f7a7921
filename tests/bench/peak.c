/* What the processor can do: the kernels' own loop of multiply-adds on registers, nothing loaded or stored. */
#include <time.h>

#include "base/parallel.h"
#include "bench.h"
#include "kernels/kernels.h"

#define ROUNDS 2     /* a third of a millisecond or so */
#define SECONDS 0.15 /* of trying: longer than a busy machine takes a processor away */
#define MAX_THREADS 256

typedef struct Loop {
  const LnKernels *kernels;
  double flops[MAX_THREADS];
  float result[MAX_THREADS]; /* stored so that the loop is not optimised away */
} Loop;

static void run_one(void *context, int64_t index, int worker) {
  Loop *loop = context;
  (void)worker;
  loop->flops[index] = loop->kernels->fma_peak(ROUNDS, &loop->result[index]);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The best of many runs: anything slower was disturbed. */
double bench_peak(const LnKernels *kernels, int threads) {
  Loop loop = {.kernels = kernels};
  double best = 0, begin = now();
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  ln_set_threads(threads);
  while (now() - begin < SECONDS) {
    double start = now(), flops = 0;
    ln_parallel(threads, run_one, &loop);
    double seconds = now() - start;
    for (int t = 0; t < threads; t++) flops += loop.flops[t];
    if (flops / seconds > best) best = flops / seconds;
  }
  return best;
}
