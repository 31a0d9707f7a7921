/* Speed, in one run and as shares of what the processor can do: build/bench --help
 *
 * First the FMA peak of every instruction set, then the work. GFLOP/s counts convolutions as if done directly, so
 * what does less arithmetic than that may pass 100 %. What memory bounds is shown in GB/s, every byte counted once when
 * it is read and once when it is written, and as a share of a plain copy; what mostly reads may pass 100 % of that. All
 * times are medians. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lunet.h"

#define SHORTEST 1e-3 /* seconds of one timing */
#define LONGEST 1.0   /* seconds after which FEWEST timings are enough */
#define FEWEST 3

static const char usage[] =
    "usage: bench [--json] [--only NAME] [--threads N] [--repeat R] [--cpu-time]\n"
    "  --json        one JSON object a line: name, threads, ms (median), best_ms, speedup (over one thread, median of\n"
    "                turns), images (per second), gflops, gbytes (read and written per second), share (of the FMA peak,\n"
    "                or with gbytes of a copy), mpixels (per second)\n"
    "  --only NAME   only what has NAME in its name; =NAME: only what is called that\n"
    "  --threads N   networks on N threads; else on one and on all in turn. Everything else is timed on one\n"
    "  --repeat R    how often each is timed, default 15 (3 of what is slow); the median counts\n"
    "  --cpu-time    processor time, which other load on the machine moves less; on one thread\n"
    "LUNET_ISA=baseline|avx2|avx512 forces an instruction set.\n";

void bench_ok(bool ok, const char *call, const char *message) {
  if (ok) return;
  fprintf(stderr, "bench: %s: %s\n", call, message);
  exit(EXIT_FAILURE);
}

bool bench_wants(const Bench *bench, const char *name) {
  if (bench->only == NULL) return true;
  return bench->only[0] == '=' ? strcmp(name, bench->only + 1) == 0 : strstr(name, bench->only) != NULL;
}

static double now(const Bench *bench) {
  struct timespec t;
  clock_gettime(bench->cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Calls shorter than a millisecond are timed many at once. */
static int calls_of(const Bench *bench, BenchWork *work, void *context) {
  work(context); /* caches filled, memory made */
  double start = now(bench);
  work(context);
  double once = now(bench) - start;
  return once >= SHORTEST ? 1 : (int)(SHORTEST / (once + 1e-8)) + 1;
}

static double time_calls(const Bench *bench, BenchWork *work, void *context, int calls) {
  double start = now(bench);
  for (int call = 0; call < calls; call++) work(context);
  return (now(bench) - start) / calls;
}

/* What is long is timed less often than asked for. */
static bool go_on(const Bench *bench, int n, double begin) {
  return n < bench->repeat && (n < FEWEST || now(bench) - begin < LONGEST);
}

static double *room_for(const Bench *bench, int lists) {
  double *times = malloc((size_t)(bench->repeat * lists) * sizeof *times);
  bench_ok(times != NULL, "bench_time", "out of memory");
  return times;
}

static double median_of(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, compare);
  return values[n / 2];
}

BenchTime bench_time(const Bench *bench, BenchWork *work, void *context) {
  double *times = room_for(bench, 1);
  int calls = calls_of(bench, work, context), n = 0;
  for (double begin = now(bench); go_on(bench, n, begin); n++) times[n] = time_calls(bench, work, context, calls);
  BenchTime seconds = {.median = median_of(times, n), .best = times[0]};
  free(times);
  return seconds;
}

void bench_time_threads(BenchTime times[BENCH_MOST_TURNS], const Bench *bench, BenchWork *work, void *context) {
  double *turns = room_for(bench, 2 * bench->n_threads), *ratios = turns + bench->n_threads * bench->repeat;
  int calls[BENCH_MOST_TURNS], n = 0;
  for (int i = 0; i < bench->n_threads; i++) {
    ln_set_threads(bench->threads[i]);
    calls[i] = calls_of(bench, work, context);
  }
  for (double begin = now(bench); go_on(bench, n, begin); n++)
    for (int i = 0; i < bench->n_threads; i++) {
      double *time = &turns[i * bench->repeat + n];
      ln_set_threads(bench->threads[i]);
      work(context); /* wakes threads that slept during the other's turn */
      *time = time_calls(bench, work, context, calls[i]);
      ratios[i * bench->repeat + n] = turns[n] / *time;
    }
  for (int i = 0; i < bench->n_threads; i++) {
    double *list = turns + i * bench->repeat;
    times[i].median = median_of(list, n);
    times[i].best = list[0];
    times[i].speedup = i == 0 ? 0 : median_of(ratios + i * bench->repeat, n);
  }
  free(turns);
}

/* The columns of the output, as rates of a row. A value of 0 is not shown. */
enum { MS, BEST, SPEEDUP, IMAGES, GFLOPS, GBYTES, SHARE, MPIXELS, N_COLUMNS };
enum { NAME = 45, COLUMN = 9 }; /* characters wide */
static const struct {
  const char *json, *title, *unit;
} columns[N_COLUMNS] = {
    {"ms", "ms", ""},
    {"best_ms", "best", ""},
    {"speedup", "speedup", ""},
    {"images", "images/s", ""},
    {"gflops", "GFLOP/s", ""},
    {"gbytes", "GB/s", ""},
    {"share", "share", " %"},
    {"mpixels", "Mpixel/s", ""},
};

static void print_json(const BenchRow *row, const double values[N_COLUMNS]) {
  printf("{\"name\": \"%s\", \"threads\": %d", row->name, row->threads);
  for (int i = 0; i < N_COLUMNS; i++)
    if (values[i] > 0) printf(", \"%s\": %.6g", columns[i].json, values[i]);
  printf("}\n");
}

static void print_line(const BenchRow *row, const double values[N_COLUMNS]) {
  printf("%-*s %7d", NAME, row->name, row->threads);
  for (int i = 0; i < N_COLUMNS; i++) {
    double shown = i == SHARE ? 100 * values[i] : values[i];
    int width = COLUMN - (int)strlen(columns[i].unit);
    if (values[i] > 0) printf(" %*.4g%s", width, shown, columns[i].unit);
    else printf(" %*s", COLUMN, "");
  }
  printf("\n");
}

static void print_titles(void) {
  printf("%-*s %7s", NAME, "", "threads");
  for (int i = 0; i < N_COLUMNS; i++) printf(" %*s", COLUMN, columns[i].title);
  printf("\n");
}

void bench_report(const Bench *bench, const BenchRow *row) {
  double per_second = 1 / row->seconds.median, flops = row->flops * per_second, bytes = row->bytes * per_second;
  double values[N_COLUMNS] = {[MS] = 1e3 * row->seconds.median,
                              [BEST] = 1e3 * row->seconds.best,
                              [SPEEDUP] = row->seconds.speedup,
                              [IMAGES] = row->images * per_second,
                              [GFLOPS] = 1e-9 * flops,
                              [GBYTES] = 1e-9 * bytes,
                              [SHARE] = row->copy > 0 ? bytes / row->copy : row->peak > 0 ? flops / row->peak : 0,
                              [MPIXELS] = 1e-6 * row->pixels * per_second};
  (bench->json ? print_json : print_line)(row, values);
  fflush(stdout);
}

static void report_peak(const Bench *bench, const char *name, int threads, double peak) {
  double values[N_COLUMNS] = {[GFLOPS] = 1e-9 * peak};
  (bench->json ? print_json : print_line)(&(BenchRow){.name = name, .threads = threads}, values);
}

/* Peaks of every instruction set; that of the one in use is what shares refer to. */
static void measure_peaks(Bench *bench) {
  LnError err;
  const LnKernels *used = ln_kernels();
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    char name[40];
    snprintf(name, sizeof name, "FMA peak, %s", *isa);
    bool needed = strcmp(*isa, ln_kernels_name(used)) == 0, shown = bench_wants(bench, name);
    BENCH_OK(ln_kernels_select(*isa, &err));
    for (int i = 0; i < bench->n_threads && (needed || shown); i++) {
      double peak = bench_peak(ln_kernels(), bench->threads[i]);
      if (needed) bench->peak[i] = peak;
      if (shown) report_peak(bench, name, bench->threads[i], peak);
    }
    if (needed) bench->peak_alone = bench->threads[0] == 1 ? bench->peak[0] : bench_peak(ln_kernels(), 1);
  }
  BENCH_OK(ln_kernels_select(ln_kernels_name(used), &err));
}

static int positive(const char *text) {
  char *end = NULL;
  long number = text == NULL ? 0 : strtol(text, &end, 10);
  if (number < 1 || number > 1000000 || *end != '\0') {
    fprintf(stderr, "bench: expected a positive number, got '%s'\n%s", text == NULL ? "" : text, usage);
    exit(EXIT_FAILURE);
  }
  return (int)number;
}

static Bench parse(char **argv) {
  Bench bench = {.repeat = 15, .n_threads = ln_threads() > 1 ? 2 : 1, .threads = {1, ln_threads()}};
  for (int i = 1; argv[i] != NULL; i++) {
    if (strcmp(argv[i], "--json") == 0) bench.json = true;
    else if (strcmp(argv[i], "--cpu-time") == 0) bench.cpu_time = true, bench.n_threads = 1;
    else if (strcmp(argv[i], "--only") == 0 && argv[i + 1] != NULL) bench.only = argv[++i];
    else if (strcmp(argv[i], "--repeat") == 0) bench.repeat = positive(argv[++i]);
    else if (strcmp(argv[i], "--threads") == 0) bench.n_threads = 1, bench.threads[0] = positive(argv[++i]);
    else {
      bool help = strcmp(argv[i], "--help") == 0;
      fputs(usage, help ? stdout : stderr);
      exit(help ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    if (argv[i] == NULL) break;
  }
  return bench;
}

int main(int argc, char **argv) {
  (void)argc;
  LnError err;
  ln_threads_spin_shortly(argv); /* as the program does */
  Bench bench = parse(argv);
  BENCH_OK(ln_kernels_select(getenv("LUNET_ISA"), &err));
  if (!bench.json) {
    printf("lunet %s, %s kernels; GFLOP/s as direct convolutions, share of the FMA peak on as many threads;\n"
           "GB/s read and written, share of a plain copy that moves as many bytes\n\n",
           LN_VERSION, ln_kernels_name(ln_kernels()));
    print_titles();
  }
  measure_peaks(&bench);
  bench_networks(&bench);
  bench_custom(&bench);
  bench_convolutions(&bench);
  bench_layers(&bench);
  bench_winograd(&bench);
  bench_kernels(&bench);
  bench_linalg(&bench);
  bench_training(&bench);
  bench_items(&bench);
  bench_tensors(&bench);
  return EXIT_SUCCESS;
}
