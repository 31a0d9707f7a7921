/* What memory bounds: how fast the work goes through its bytes, beside a plain copy. See bench.h. */
#include <string.h>

#include "base/memory.h"
#include "bench.h"

typedef struct Copy {
  char *to, *from;
  size_t size;
} Copy;

static void copy(void *context) {
  const Copy *c = context;
  memcpy(c->to, c->from, c->size);
}

/* Bytes a second, read and written, of a copy that moves so many; the best of many runs, as for the FMA peak. It is
 * timed beside each row, so that a machine that changes speed does so for both. */
static double copy_rate(const Bench *bench, double bytes) {
  size_t size = (size_t)(bytes / 2), apart = size + BENCH_APART * sizeof(float);
  char *memory = ln_alloc(2 * apart);
  bench_ok(memory != NULL, "copy_rate", "out of memory");
  memset(memory, 1, 2 * apart); /* pages that were never written would all be the same page of zeros */
  Copy c = {.to = memory, .from = memory + apart, .size = size};
  double seconds = bench_time(bench, copy, &c).best;
  ln_free(memory);
  return 2 * (double)size / seconds;
}

void bench_memory(const Bench *bench, const char *name, BenchWork *work, void *context, double bytes) {
  if (!bench_wants(bench, name)) return;
  BenchRow row = {.name = name, .threads = 1, .seconds = bench_time(bench, work, context), .bytes = bytes};
  row.copy = copy_rate(bench, bytes);
  bench_report(bench, &row);
}
