/* Measuring: what the parts of the bench program share. */
#ifndef LUNET_TESTS_BENCH_BENCH_H
#define LUNET_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "model/network.h"

enum { BENCH_MOST_TURNS = 2 };

typedef struct Bench {
  const char *only;  /* NULL: everything; else names that contain this, or "=" and the whole name */
  int repeat;        /* how often each is timed; the median counts */
  bool json;         /* one object a line instead of a table */
  bool cpu_time;     /* of the process, instead of the clock on the wall */
  int n_threads;     /* how many numbers of threads are tried */
  int threads[BENCH_MOST_TURNS];
  double peak[BENCH_MOST_TURNS]; /* FMA peak of the instruction set in use, FLOP/s, at threads[i] */
  double peak_alone; /* the same on one thread */
} Bench;

bool bench_wants(const Bench *bench, const char *name);

typedef void BenchWork(void *context);

/* Seconds of one call. The median counts; the best shows what a busy machine hides. */
typedef struct BenchTime {
  double median, best;
  double speedup; /* over the first of those that take turns: the median of the turns' ratios */
} BenchTime;

BenchTime bench_time(const Bench *bench, BenchWork *work, void *context);
/* The work on each number of threads in turn, so that a machine whose speed drifts is fair to both. */
void bench_time_threads(BenchTime times[BENCH_MOST_TURNS], const Bench *bench, BenchWork *work, void *context);

/* One line of the output. Amounts are of one call; 0 where that says nothing. */
typedef struct BenchRow {
  const char *name;
  int threads;
  BenchTime seconds;
  double flops;  /* as direct convolutions */
  double peak;   /* FLOP/s that its rate is a share of */
  double bytes;  /* read and written, each once, where memory is what bounds the work */
  double copy;   /* bytes a second that its rate is a share of then */
  double images, pixels;
} BenchRow;

void bench_report(const Bench *bench, const BenchRow *row);

/* Time and report what memory bounds, on one thread, beside a plain copy that moves as many bytes in all. */
void bench_memory(const Bench *bench, const char *name, BenchWork *work, void *context, double bytes);

/* Floats between arrays, half a page: to processors, places whole pages apart look the same, and reading one waits for
 * what was just written to the other. */
enum { BENCH_APART = 512 };

/* Fail with a message: there is nothing sensible to measure then. */
#define BENCH_OK(call) bench_ok((call) == 0, #call, err.msg)
void bench_ok(bool ok, const char *call, const char *message);

/* Multiply-adds of an instruction set on so many threads, FLOP/s. */
double bench_peak(const LnKernels *kernels, int threads);

/* The networks that are measured, by number; NULL after the last. */
typedef struct BenchNetwork BenchNetwork;
const BenchNetwork *bench_network(int index);
const char *bench_network_name(const BenchNetwork *network);
/* Whether the output is linear, for the mean squared error; else it is a sigmoid's. */
bool bench_network_residual(const BenchNetwork *network);
LnNetwork *bench_network_build(const BenchNetwork *network, int64_t side);

/* Groups of rows. */
void bench_networks(const Bench *bench);
void bench_custom(const Bench *bench);   /* layers and losses of a user's own */
void bench_convolutions(const Bench *bench);
void bench_layers(const Bench *bench);   /* all others */
void bench_kernels(const Bench *bench);  /* those that memory bounds */
void bench_winograd(const Bench *bench); /* transforms */
void bench_linalg(const Bench *bench);   /* and convolutions, transforms of tensors */
void bench_training(const Bench *bench); /* losses, optimizers */
void bench_items(const Bench *bench);    /* noise, filters, metrics */
void bench_tensors(const Bench *bench);  /* operations on a million elements */

#endif
