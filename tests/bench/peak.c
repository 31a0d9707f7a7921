/* What the processor can do: independent fused multiply-adds in registers, two operations each, nothing loaded or stored.
 * Where there is no FMA instruction (baseline x86-64), a multiplication and an addition. */
#include <string.h>
#include <time.h>

#include "base/parallel.h"
#include "bench.h"

#define CHAINS 12 /* enough to hide the latency (4 or 5 cycles, 2 units), few enough for 16 registers */
#define ROUNDS 2000000

#define DEFINE_PEAK(name, floats, attribute)                                    \
  typedef float name##_vector __attribute__((vector_size(4 * (floats))));       \
  attribute static float name(float seed) {                                     \
    name##_vector sum[CHAINS], a = {seed}, b = {1e-3f};                         \
    for (int i = 0; i < CHAINS; i++) sum[i] = a + (float)i;                     \
    for (int round = 0; round < ROUNDS; round++) {                              \
      _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) sum[i] = sum[i] * a + b; \
    }                                                                           \
    for (int i = 1; i < CHAINS; i++) sum[0] += sum[i];                          \
    return sum[0][0];                                                           \
  }

DEFINE_PEAK(peak_baseline, 4, )
#ifdef __x86_64__
DEFINE_PEAK(peak_avx2, 8, __attribute__((target("avx2,fma"))))
DEFINE_PEAK(peak_avx512, 16, __attribute__((target("avx512f,fma"))))
#endif

typedef struct Loop {
  const char *isa;
  float (*run)(float seed);
  int floats;
} Loop;

static bool find_loop(Loop *out, const char *isa) {
  if (strcmp(isa, "baseline") == 0) return *out = (Loop){isa, peak_baseline, 4}, true;
#ifdef __x86_64__
  if (strcmp(isa, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return *out = (Loop){isa, peak_avx2, 8}, true;
  if (strcmp(isa, "avx512") == 0 && __builtin_cpu_supports("avx512f"))
    return *out = (Loop){isa, peak_avx512, 16}, true;
#endif
  return false;
}

static volatile float sink; /* so that the loops are not optimised away */

static void run_one(void *context, int64_t index, int worker) {
  (void)index, (void)worker;
  sink = ((Loop *)context)->run(0.5f);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The best of several runs: anything slower was disturbed. */
double bench_peak(const char *isa, int threads) {
  Loop loop;
  double best = 0, flops = 2.0 * CHAINS * ROUNDS * threads;
  if (!find_loop(&loop, isa)) return 0;
  ln_set_threads(threads);
  for (int i = 0; i < 7; i++) {
    double start = now();
    ln_parallel(threads, run_one, &loop);
    double rate = flops * loop.floats / (now() - start);
    if (rate > best) best = rate;
  }
  return best;
}
