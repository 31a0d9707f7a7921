/* Speed, in one run and as shares of what the processor can do: build/bench --help
 *
 * First the FMA peak of every instruction set, then the work. GFLOP/s counts convolutions as if done directly, so
 * what does less arithmetic than that may pass 100 %. All times are medians. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lunet.h"

static const char usage[] =
    "usage: bench [--json] [--only NAME] [--threads N] [--repeat R]\n"
    "  --json        one JSON object a line: name, threads, ms, gflops, share (of the FMA peak), mpixels (per second)\n"
    "  --only NAME   only what has NAME in its name\n"
    "  --threads N   on N threads; else on one and on all\n"
    "  --repeat R    how often each is timed, default 15; the median counts\n"
    "LUNET_ISA=baseline|avx2|avx512 forces an instruction set.\n";

void bench_ok(bool ok, const char *call, const char *message) {
  if (ok) return;
  fprintf(stderr, "bench: %s: %s\n", call, message);
  exit(EXIT_FAILURE);
}

bool bench_wants(const Bench *bench, const char *name) {
  return bench->only == NULL || strstr(name, bench->only) != NULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Calls shorter than a millisecond are timed many at once. */
double bench_time(const Bench *bench, BenchWork *work, void *context) {
  double *times = malloc((size_t)bench->repeat * sizeof *times);
  bench_ok(times != NULL, "bench_time", "out of memory");
  work(context); /* caches filled, memory made */
  double start = now();
  work(context);
  double once = now() - start;
  int calls = once >= 1e-3 ? 1 : (int)(1e-3 / (once + 1e-8)) + 1;
  for (int i = 0; i < bench->repeat; i++) {
    start = now();
    for (int call = 0; call < calls; call++) work(context);
    times[i] = (now() - start) / calls;
  }
  qsort(times, (size_t)bench->repeat, sizeof *times, compare);
  double median = times[bench->repeat / 2];
  free(times);
  return median;
}

static void report_json(const char *name, int threads, double ms, double gflops, double share, double mpixels) {
  printf("{\"name\": \"%s\", \"threads\": %d, \"ms\": %.6g", name, threads, ms);
  if (gflops > 0) printf(", \"gflops\": %.6g", gflops);
  if (share > 0) printf(", \"share\": %.4g", share);
  if (mpixels > 0) printf(", \"mpixels\": %.6g", mpixels);
  printf("}\n");
}

static void report_row(const char *name, int threads, double ms, double gflops, double share, double mpixels) {
  printf("%-34s %7d ", name, threads);
  if (ms > 0) printf("%10.4g", ms);
  else printf("%10s", "");
  if (gflops > 0) printf(" %9.1f", gflops);
  else printf(" %9s", "");
  if (share > 0) printf(" %6.1f %%", 100 * share);
  else printf(" %8s", "");
  if (mpixels > 0) printf(" %9.4g", mpixels);
  printf("\n");
}

/* which: index into bench->threads, or -1 for work that is done on one thread and not held against the peak. */
void bench_report(const Bench *bench, const char *name, int which, double seconds, double flops, double pixels) {
  double peak = which >= 0 ? bench->peak[which] : 0;
  double rate = seconds > 0 ? flops / seconds : 0, share = peak > 0 ? rate / peak : 0;
  double mpixels = seconds > 0 ? 1e-6 * pixels / seconds : 0;
  (bench->json ? report_json : report_row)(name, which >= 0 ? bench->threads[which] : 1, 1e3 * seconds, 1e-9 * rate,
                                           share, mpixels);
  fflush(stdout);
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
      if (shown) (bench->json ? report_json : report_row)(name, bench->threads[i], 0, 1e-9 * peak, 0, 0);
    }
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
  Bench bench = parse(argv);
  BENCH_OK(ln_kernels_select(getenv("LUNET_ISA"), &err));
  if (!bench.json) {
    printf("lunet %s, %s kernels; GFLOP/s as direct convolutions, share of the FMA peak on as many threads\n\n",
           LN_VERSION, ln_kernels_name(ln_kernels()));
    printf("%-34s %7s %10s %9s %8s %9s\n", "", "threads", "ms", "GFLOP/s", "share", "Mpixel/s");
  }
  measure_peaks(&bench);
  bench_networks(&bench);
  bench_items(&bench);
  return EXIT_SUCCESS;
}
