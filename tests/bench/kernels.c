/* The kernels that memory bounds, each alone: element by element, sums, channel statistics, pooling, dropout. One
 * thread, on a map of the paper's network (64 channels of 32x32: 256 KiB, in second-level cache); those that know
 * channels also on one of a single channel that is as large. What filters and metrics use is measured with these. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "bench.h"

static const struct {
  int channels, side;
} shapes[] = {{64, 32}, {1, 256}};

typedef struct Row Row;

typedef struct Maps {
  const LnKernels *kernels;
  const Row *row;
  int channels, side;
  int64_t step, n;         /* floats of a pixel, of a map */
  float *x, *y, *z;        /* maps */
  float *a, *b, *c;        /* numbers by channel */
  double *sums, *products; /* likewise */
  uint8_t *mask;
  float result;            /* stored so that the work is not optimised away */
} Maps;

struct Row {
  const char *name;
  BenchWork *work;
  double bytes; /* read and written for each value of a map */
  bool channels;
  LnActivationCode activation;
};

static void copy(void *context) {
  Maps *m = context;
  memcpy(m->y, m->x, (size_t)m->n * sizeof *m->y);
}

static void activate(void *context) {
  Maps *m = context;
  m->kernels->activate(m->y, m->n, (LnActivation){.code = m->row->activation, .a = 0.01f});
}

/* z is 0, so the slopes are 0 or 1, or 0.01 once; others would in time make denormal numbers of y. */
static void activate_grad(void *context) {
  Maps *m = context;
  m->kernels->activate_grad(m->y, m->z, m->n, (LnActivation){.code = m->row->activation, .a = 0.01f});
}

static void add(void *context) {
  Maps *m = context;
  m->kernels->add(m->y, m->x, m->n);
}

static void add_scaled(void *context) {
  Maps *m = context;
  m->kernels->add_scaled(m->y, m->x, 0.5f, m->n);
}

static void dot(void *context) {
  Maps *m = context;
  m->result = m->kernels->dot(m->x, m->y, m->n);
}

static void random_mask(void *context) {
  Maps *m = context;
  m->kernels->random_mask(m->mask, m->n, (LnRng){1, 2}, 32768);
}

static void apply_mask(void *context) {
  Maps *m = context;
  m->kernels->apply_mask(m->y, m->x, m->mask, m->n, 2.0f);
}

/* ---- From here on by row, as layers call them ---- */

static int64_t row_of(const Maps *m, int r) {
  return r * m->side * m->step;
}

static void sum_pixels(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side; r++)
    m->kernels->sum_pixels(m->c, m->x + row_of(m, r), m->side, m->step, m->channels);
}

static void moments(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side; r++)
    m->kernels->moments(m->sums, m->products, m->x + row_of(m, r), m->side, m->step, m->channels, m->a);
}

static void products(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side; r++)
    m->kernels->products(m->sums, m->products, m->y + row_of(m, r), m->x + row_of(m, r), m->side, m->step, m->channels,
                         m->a);
}

static void scale_shift(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side; r++)
    m->kernels->scale_shift(m->y + row_of(m, r), m->x + row_of(m, r), m->side, m->step, m->channels, m->a, m->b,
                            (LnActivation){.code = m->row->activation, .a = 0.01f});
}

static void mix(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side; r++)
    m->kernels->mix(m->z + row_of(m, r), m->y + row_of(m, r), m->x + row_of(m, r), m->side, m->step, m->channels, m->a,
                    m->b, m->a);
}

/* Windows of 2x2: y and the mask are a quarter of the map x, z in backward. */
static const int64_t window[2] = {2, 2};

static int64_t pooled_row_of(const Maps *m, int r) {
  return r * (m->side / 2) * m->step;
}

static void max_pool(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side / 2; r++)
    m->kernels->max_pool_row(m->y + pooled_row_of(m, r), m->step, m->mask + pooled_row_of(m, r), m->channels,
                             m->side / 2, m->x + row_of(m, 2 * r), m->step, m->side * m->step, window, 2);
}

static void max_unpool(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side / 2; r++)
    m->kernels->max_unpool_row(m->z + row_of(m, 2 * r), m->step, m->side * m->step, m->y + pooled_row_of(m, r), m->step,
                               m->mask + pooled_row_of(m, r), m->channels, m->side / 2, window);
}

static void avg_pool(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side / 2; r++)
    m->kernels->avg_pool_row(m->y + pooled_row_of(m, r), m->step, m->channels, m->side / 2, m->x + row_of(m, 2 * r),
                             m->step, m->side * m->step, window, 2);
}

static void avg_unpool(void *context) {
  Maps *m = context;
  for (int r = 0; r < m->side / 2; r++)
    m->kernels->avg_unpool_row(m->z + row_of(m, 2 * r), m->step, m->side * m->step, m->y + pooled_row_of(m, r), m->step,
                               m->channels, m->side / 2, window, 2);
}

/* random_mask is the one that is bound by its arithmetic. */
static const Row rows[] = {
    {"copy", copy, 8, false, LN_ACT_linear},
    {"activate relu", activate, 8, false, LN_ACT_relu},
    {"activate leaky_relu", activate, 8, false, LN_ACT_leaky_relu},
    {"activate sigmoid", activate, 8, false, LN_ACT_sigmoid},
    {"activate tanh", activate, 8, false, LN_ACT_tanh},
    {"activate_grad relu", activate_grad, 12, false, LN_ACT_relu},
    {"activate_grad leaky_relu", activate_grad, 12, false, LN_ACT_leaky_relu},
    {"activate_grad sigmoid", activate_grad, 12, false, LN_ACT_sigmoid},
    {"activate_grad tanh", activate_grad, 12, false, LN_ACT_tanh},
    {"add", add, 12, false, LN_ACT_linear},
    {"add_scaled", add_scaled, 12, false, LN_ACT_linear},
    {"dot", dot, 8, false, LN_ACT_linear},
    {"random_mask", random_mask, 1, false, LN_ACT_linear},
    {"apply_mask", apply_mask, 9, false, LN_ACT_linear},
    {"sum_pixels", sum_pixels, 4, true, LN_ACT_linear},
    {"moments", moments, 4, true, LN_ACT_linear},
    {"products", products, 8, true, LN_ACT_linear},
    {"scale_shift", scale_shift, 8, true, LN_ACT_linear},
    {"scale_shift relu", scale_shift, 8, true, LN_ACT_relu},
    {"mix", mix, 12, true, LN_ACT_linear},
    {"max_pool_row", max_pool, 5.25, true, LN_ACT_linear},
    {"max_unpool_row", max_unpool, 5.25, true, LN_ACT_linear},
    {"avg_pool_row", avg_pool, 5, true, LN_ACT_linear},
    {"avg_unpool_row", avg_unpool, 9, true, LN_ACT_linear},
};

/* One block. Numbers by channel have room for whole vectors. */
static float *make_maps(Maps *m) {
  int64_t apart = m->n + BENCH_APART, by_channel = m->step + 64;
  size_t size = (size_t)(4 * apart + 7 * by_channel) * sizeof(float);
  float *memory = ln_alloc(size), *small = memory + 4 * apart;
  bench_ok(memory != NULL, "make_maps", "out of memory");
  memset(memory, 0, size); /* written, so that no two pages are the same page of zeros */
  m->x = memory, m->y = m->x + apart, m->z = m->y + apart, m->mask = (uint8_t *)(m->z + apart);
  m->sums = (double *)(void *)small, m->products = m->sums + by_channel;
  m->a = small + 4 * by_channel, m->b = m->a + by_channel, m->c = m->b + by_channel;
  ln_rng_fill_uniform(m->x, m->n, (LnRng){1, 1}, 0);
  ln_rng_fill_uniform(m->y, m->n, (LnRng){1, 2}, 0);
  ln_rng_fill_uniform(m->a, m->channels, (LnRng){1, 3}, 0);
  ln_rng_fill_uniform(m->b, m->channels, (LnRng){1, 4}, 0);
  return memory;
}

static void measure(const Bench *bench, const Row *row, int channels, int side) {
  char name[80];
  snprintf(name, sizeof name, "kernel %s, %dx%dx%d", row->name, channels, side, side);
  if (!bench_wants(bench, name)) return;
  Maps maps = {.kernels = ln_kernels(), .row = row, .channels = channels, .side = side};
  maps.step = ln_kernels_ld(maps.kernels, channels);
  maps.n = side * side * maps.step;
  float *memory = make_maps(&maps);
  bench_memory(bench, name, row->work, &maps, row->bytes * (double)maps.n);
  ln_free(memory);
}

void bench_kernels(const Bench *bench) {
  ln_set_threads(1);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int k = 0; k < (rows[i].channels ? 2 : 1); k++) measure(bench, &rows[i], shapes[k].channels, shapes[k].side);
}
