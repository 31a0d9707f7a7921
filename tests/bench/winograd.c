/* The transforms of Winograd's convolution, each alone, on the 64 tiles of a map of the paper's network (64 channels of
 * 32x32), or the weights of 64 to 64 channels. One thread. What they read and write is what bounds them; the products
 * between them are measured with the convolutions. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "bench.h"

enum {
  CHANNELS = 64,
  TILES = 8,                        /* of a map, each way */
  SIDE = 4 * TILES,                 /* of the outputs */
  WIDTH = SIDE + 4,                 /* of the inputs with their border; doubled ones need less */
  MAP = WIDTH * WIDTH * CHANNELS,
  POINT = TILES * TILES * CHANNELS + 16,
  WEIGHTS = CHANNELS * CHANNELS,
};

typedef struct Work {
  const LnKernels *kernels;
  bool doubled, pooled;
  float *map, *points, *weights;
  uint8_t *argmax;
} Work;

static int inputs_of(const Work *w) {
  return w->doubled ? 4 : 6;
}

static int products_of(const Work *w) {
  return w->doubled ? 5 : 6;
}

/* Where the rows, or columns, that tile k reads lie. */
static void places(int64_t out[6], const Work *w, int k, int64_t step) {
  for (int i = 0; i < inputs_of(w); i++) out[i] = (k * (w->doubled ? 2 : 4) + i) * step;
}

typedef void TileWork(const Work *w, int row, int column, float *points);

static void for_tiles(const Work *w, TileWork *work) {
  for (int r = 0; r < TILES; r++)
    for (int c = 0; c < TILES; c++) work(w, r, c, w->points + (r * TILES + c) * CHANNELS);
}

static void input_tile(const Work *w, int row, int column, float *points) {
  int64_t rows[6], columns[6];
  places(rows, w, row, WIDTH * CHANNELS), places(columns, w, column, CHANNELS);
  w->kernels->winograd_input(points, POINT, w->map, rows, columns, CHANNELS, w->doubled);
}

static void input_adjoint_tile(const Work *w, int row, int column, float *points) {
  int64_t rows[6], columns[6];
  places(rows, w, row, WIDTH * CHANNELS), places(columns, w, column, CHANNELS);
  w->kernels->winograd_input_adjoint(w->map, rows, columns, points, POINT, CHANNELS, w->doubled);
}

static LnWinogradTile tile_at(const Work *w, int row, int column) {
  int size = w->pooled ? 2 : 4;
  int64_t place = ((int64_t)row * size * SIDE + column * size) * CHANNELS;
  return (LnWinogradTile){.y = w->map + place,
                          .ld = CHANNELS,
                          .row = SIDE * CHANNELS,
                          .height = size,
                          .width = size,
                          .pooled = w->pooled,
                          .argmax = w->pooled ? w->argmax + place : NULL,
                          .argmax_row = SIDE * CHANNELS};
}

static void output_tile(const Work *w, int row, int column, float *points) {
  LnWinogradTile tile = tile_at(w, row, column);
  w->kernels->winograd_output(&tile, points, POINT, w->weights, CHANNELS,
                              (LnActivation){.code = LN_ACT_relu}, w->doubled);
}

static void output_adjoint_tile(const Work *w, int row, int column, float *points) {
  LnWinogradTile tile = tile_at(w, row, column);
  w->kernels->winograd_output_adjoint(points, POINT, &tile, CHANNELS, w->doubled);
}

static void input(void *context) {
  for_tiles(context, input_tile);
}

/* The sums would grow without end. */
static void input_adjoint(void *context) {
  Work *w = context;
  memset(w->map, 0, MAP * sizeof *w->map);
  for_tiles(w, input_adjoint_tile);
}

static void output(void *context) {
  for_tiles(context, output_tile);
}

static void output_adjoint(void *context) {
  for_tiles(context, output_adjoint_tile);
}

static void weight(void *context) {
  Work *w = context;
  w->kernels->winograd_weight(w->points, POINT, w->weights, WEIGHTS, WEIGHTS, w->doubled);
}

static void weight_adjoint(void *context) {
  Work *w = context;
  w->kernels->winograd_weight_adjoint(w->weights, WEIGHTS, w->points, POINT, WEIGHTS, w->doubled);
}

/* values: of the map, or of the nine weights, that are read and written, besides the points. */
static const struct {
  const char *name;
  BenchWork *work;
  bool of_inputs; /* its points are the transformed inputs, else the products */
  bool pools;
  double values, doubled_values;
} rows[] = {
    {"input", input, true, false, SIDE *SIDE *CHANNELS, SIDE *SIDE *CHANNELS / 4},
    {"input_adjoint", input_adjoint, true, false, 2.0 * SIDE * SIDE * CHANNELS, SIDE *SIDE *CHANNELS / 2},
    {"output", output, false, true, SIDE *SIDE *CHANNELS, SIDE *SIDE *CHANNELS},
    {"output_adjoint", output_adjoint, false, true, SIDE *SIDE *CHANNELS, SIDE *SIDE *CHANNELS},
    {"weight", weight, false, false, 9.0 * WEIGHTS, 9.0 * WEIGHTS},
    {"weight_adjoint", weight_adjoint, false, false, 18.0 * WEIGHTS, 18.0 * WEIGHTS},
};

static void measure(const Bench *bench, int row, Work *w) {
  char name[80];
  snprintf(name, sizeof name, "kernel winograd_%s%s%s, 64 channels", rows[row].name, w->doubled ? " doubled" : "",
           w->pooled ? " pooled" : "");
  if (!bench_wants(bench, name)) return;
  int side = rows[row].of_inputs ? inputs_of(w) : products_of(w);
  double values = w->doubled ? rows[row].doubled_values : rows[row].values;
  if (w->pooled) values *= (1 + 0.25) / 4; /* a quarter, and a byte for each */
  memset(w->points, 0, 36 * POINT * sizeof *w->points);
  bench_memory(bench, name, rows[row].work, w,
               sizeof(float) * (values + (double)side * side * TILES * TILES * CHANNELS));
}

void bench_winograd(const Bench *bench) {
  ln_set_threads(1);
  size_t floats = MAP + 36 * POINT + 9 * WEIGHTS;
  float *memory = ln_calloc(floats + MAP, sizeof *memory);
  bench_ok(memory != NULL, "bench_winograd", "out of memory");
  Work w = {.kernels = ln_kernels(), .map = memory, .points = memory + MAP, .weights = memory + MAP + 36 * POINT};
  w.argmax = (uint8_t *)(memory + floats);
  for (int row = 0; row < (int)(sizeof rows / sizeof *rows); row++) {
    for (int form = 0; form < 3; form++) {
      w.doubled = form == 1, w.pooled = form == 2;
      if (!w.pooled || rows[row].pools) measure(bench, row, &w);
    }
  }
  ln_free(memory);
}
