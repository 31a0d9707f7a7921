/* Measuring: what the parts of the bench program share. */
#ifndef LUNET_TESTS_BENCH_BENCH_H
#define LUNET_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"

typedef struct Bench {
  const char *only; /* NULL: everything; else names that contain this */
  int repeat;       /* how often each is timed; the median counts */
  bool json;        /* one object a line instead of a table */
  int n_threads;    /* how many numbers of threads are tried */
  int threads[2];
  double peak[2];   /* FMA peak of the instruction set in use, FLOP/s, at threads[i]; 0: not measured */
} Bench;

bool bench_wants(const Bench *bench, const char *name);

typedef void BenchWork(void *context);

/* Median seconds of one call. */
double bench_time(const Bench *bench, BenchWork *work, void *context);

/* One line. which: index into bench->threads. flops: per call, 0 where that says nothing. pixels: per call, or 0. */
void bench_report(const Bench *bench, const char *name, int which, double seconds, double flops, double pixels);

/* Fail with a message: there is nothing sensible to measure then. */
#define BENCH_OK(call) bench_ok((call) == 0, #call, err.msg)
void bench_ok(bool ok, const char *call, const char *message);

/* Multiply-adds of an instruction set on so many threads, FLOP/s. */
double bench_peak(const LnKernels *kernels, int threads);

void bench_networks(const Bench *bench);
void bench_items(const Bench *bench); /* noise, filters, metrics */

#endif
