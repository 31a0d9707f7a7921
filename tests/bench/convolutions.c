/* Convolutions alone: the common shape done directly and by Winograd, then its neighbours in channels, kernel, stride
 * and size, so that cliffs show. One thread, one sample. */
#include <stdio.h>

#include "bench.h"
#include "layer.h"
#include "lunet.h"

typedef struct Shape {
  int cin, cout, kernel, height, width;
  const char *algorithm;
  int stride, upsample, pool; /* 0: 1 */
} Shape;

#define SHAPE(from, to, size, rows, columns, ...) \
  {.cin = from, .cout = to, .kernel = size, .height = rows, .width = columns, __VA_ARGS__}

static const Shape shapes[] = {
    SHAPE(64, 64, 3, 32, 32, .algorithm = "direct"),
    SHAPE(64, 64, 3, 32, 32, .algorithm = "winograd"),
    SHAPE(64, 64, 3, 32, 32, .upsample = 2), /* with the layers around it that it absorbs */
    SHAPE(64, 64, 3, 32, 32, .pool = 2),
    SHAPE(64, 64, 3, 16, 16),
    SHAPE(64, 64, 3, 31, 33),
    SHAPE(64, 64, 3, 61, 7),
    SHAPE(64, 64, 3, 32, 32, .stride = 2),
    SHAPE(32, 32, 3, 32, 32),
    SHAPE(128, 128, 3, 16, 16),
    SHAPE(16, 16, 3, 32, 32),
    SHAPE(17, 17, 3, 32, 32),
    SHAPE(63, 63, 3, 32, 32),
    SHAPE(65, 65, 3, 32, 32),
    SHAPE(1, 64, 3, 64, 64),
    SHAPE(1, 64, 3, 64, 64, .pool = 2),
    SHAPE(3, 64, 3, 64, 64),
    SHAPE(64, 1, 3, 64, 64),
    SHAPE(64, 1, 3, 32, 32, .upsample = 2),
    SHAPE(64, 3, 3, 64, 64),
    SHAPE(64, 5, 3, 64, 64),
    SHAPE(1, 1, 3, 64, 64),
    SHAPE(3, 3, 3, 64, 64),
    SHAPE(4, 4, 3, 64, 64),
    SHAPE(5, 5, 3, 64, 64),
    SHAPE(8, 8, 3, 64, 64),
    SHAPE(64, 64, 1, 32, 32),
    SHAPE(64, 64, 5, 32, 32),
    SHAPE(64, 64, 7, 32, 32),
    SHAPE(1, 64, 7, 64, 64),
};

static int or_one(int value) {
  return value > 0 ? value : 1;
}

static void name_of(char *name, size_t size, const Shape *s, const char *part) {
  char extra[40] = "";
  if (s->stride > 1) snprintf(extra, sizeof extra, " stride %d", s->stride);
  if (s->upsample > 1) snprintf(extra, sizeof extra, " upsampled %d", s->upsample);
  if (s->pool > 1) snprintf(extra, sizeof extra, " pooled %d", s->pool);
  if (s->algorithm != NULL) snprintf(extra, sizeof extra, " %s", s->algorithm);
  snprintf(name, size, "conv %d-%d %dx%d %dx%d%s %s", s->cin, s->cout, s->kernel, s->kernel, s->height, s->width, extra,
           part);
}

static void report(const Bench *bench, const char *name, double macs, BenchTime seconds) {
  BenchRow row = {.name = name, .threads = 1, .seconds = seconds, .flops = 2 * macs, .peak = bench->peak_alone};
  if (bench_wants(bench, name) && seconds.median > 0) bench_report(bench, &row);
}

static void measure(const Bench *bench, const Shape *s) {
  char names[3][80], options[120];
  static const char *const parts[] = {"forward", "dw", "dx"};
  bool wanted = false;
  for (int i = 0; i < 3; i++) {
    name_of(names[i], sizeof names[i], s, parts[i]);
    wanted |= bench_wants(bench, names[i]);
  }
  if (!wanted) return;
  snprintf(options, sizeof options, "{\"filters\": %d, \"kernel\": %d, \"stride\": %d, \"algorithm\": \"%s\"}", s->cout,
           s->kernel, or_one(s->stride), s->algorithm != NULL ? s->algorithm : "auto");
  LnFusion fusion = ln_fusion_none();
  fusion.upsample[0][0] = fusion.upsample[0][1] = or_one(s->upsample);
  fusion.pool[0] = fusion.pool[1] = or_one(s->pool);
  BenchLayer layer;
  bench_layer_open(&layer, &ln_nn_conv2d, options, &LN_SHAPE(s->cin, s->height, s->width), 1,
                   fusion);
  report(bench, names[0], layer.macs, bench_time(bench, bench_layer_forward, &layer));
  BenchTime both = bench_time(bench, bench_layer_backward, &layer);
  BenchTime weights = bench_time(bench, bench_layer_backward_weights, &layer);
  report(bench, names[1], layer.macs, weights);
  /* What the gradient of the input takes beyond that. */
  BenchTime input = {.median = both.median - weights.median, .best = both.best - weights.best};
  report(bench, names[2], layer.macs, input);
  bench_layer_close(&layer);
}

void bench_convolutions(const Bench *bench) {
  ln_set_threads(1);
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) measure(bench, &shapes[i]);
}
