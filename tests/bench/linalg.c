/* Linear algebra, convolutions and Fourier transforms of tensors, as NumPy and PyTorch have them: peer_numpy.py. */
#include <stdio.h>

#include "bench.h"
#include "lunet.h"

typedef struct Operands {
  LnTensor *a, *b;
} Operands;

static void matmul(void *context) {
  LnError err;
  const Operands *of = context;
  LnTensor *y = NULL;
  BENCH_OK(ln_tensor_matmul(&y, of->a, of->b, &err));
  ln_tensor_unref(y);
}

static void svd(void *context) {
  LnError err;
  const Operands *of = context;
  LnTensor *u = NULL, *s = NULL, *vt = NULL;
  BENCH_OK(ln_tensor_svd(&u, &s, &vt, of->a, &err));
  ln_tensor_unref(u), ln_tensor_unref(s), ln_tensor_unref(vt);
}

/* b is a, turned: their mean is symmetric, and takes no time beside the rest. */
static void eigh(void *context) {
  LnError err;
  const Operands *of = context;
  LnTensor *sum = NULL, *w = NULL, *v = NULL;
  BENCH_OK(ln_tensor_binary(&sum, LN_ADD, of->a, of->b, &err));
  BENCH_OK(ln_tensor_eigh(&w, &v, sum, &err));
  ln_tensor_unref(sum), ln_tensor_unref(w), ln_tensor_unref(v);
}

static void conv2d(void *context) {
  LnError err;
  const Operands *of = context;
  LnTensor *y = NULL;
  const LnConv2d how = {.stride = {1, 1}, .dilation = {1, 1}, .same = true, .groups = 1};
  BENCH_OK(ln_tensor_conv2d(&y, of->a, of->b, NULL, &how, &err));
  ln_tensor_unref(y);
}

static void fft2(void *context) {
  LnError err;
  const Operands *of = context;
  LnTensor *re = NULL, *im = NULL;
  BENCH_OK(ln_tensor_fft2(&re, &im, of->a, NULL, &err));
  ln_tensor_unref(re), ln_tensor_unref(im);
}

static const struct {
  const char *name;
  BenchWork *work;
  LnShape a, b; /* b: none, or a turned where it is 0-dimensional */
  double flops;
  bool threads; /* whether it runs on several */
} rows[] = {
    {"matmul, 1000x1000", matmul, {2, {1000, 1000}}, {2, {1000, 1000}}, 2e9, true},
    {"matmul, 1000 of 16x16", matmul, {3, {1000, 16, 16}}, {3, {1000, 16, 16}}, 2e3 * 4096, true},
    {"matmul, 1000x1000 and a vector", matmul, {2, {1000, 1000}}, {1, {1000}}, 2e6, true},
    {"svd, 256x256", svd, {2, {256, 256}}, {0}, 0, false},
    {"eigh, 256x256", eigh, {2, {256, 256}}, {0}, 0, false},
    {"conv2d of a tensor, 10x1x64x64 by 3x3", conv2d, {4, {10, 1, 64, 64}}, {2, {3, 3}}, 20 * 4096 * 9, true},
    {"conv2d of a tensor, 10x64x64x64 by 64x64x3x3",
     conv2d,
     {4, {10, 64, 64, 64}},
     {4, {64, 64, 3, 3}},
     20.0 * 4096 * 9 * 4096,
     true},
    {"fft2, 10 of 64x64", fft2, {3, {10, 64, 64}}, {0}, 0, true},
    {"fft2, 512x512", fft2, {2, {512, 512}}, {0}, 0, false},
};

static LnTensor *random_tensor(LnShape shape, uint64_t seed) {
  LnError err;
  LnTensor *t = NULL;
  BENCH_OK(ln_tensor_new(&t, shape, &err));
  ln_rng_fill_normal(t->data, ln_shape_count(shape), (LnRng){seed, 0}, 0);
  return t;
}

static void measure(const Bench *bench, int i) {
  LnError err;
  BenchTime times[BENCH_MOST_TURNS];
  Operands of = {.a = random_tensor(rows[i].a, 1)};
  if (rows[i].b.n > 0)
    of.b = random_tensor(rows[i].b, 2);
  else if (of.a->shape.n == 2)
    BENCH_OK(ln_tensor_permute(&of.b, of.a, (const int[]){1, 0}, &err));
  int turns = rows[i].threads ? bench->n_threads : 1;
  if (rows[i].threads) {
    bench_time_threads(times, bench, rows[i].work, &of);
  } else {
    ln_set_threads(1);
    times[0] = bench_time(bench, rows[i].work, &of);
  }
  for (int t = 0; t < turns; t++)
    bench_report(bench, &(BenchRow){.name = rows[i].name,
                                    .threads = rows[i].threads ? bench->threads[t] : 1,
                                    .seconds = times[t],
                                    .flops = rows[i].flops,
                                    .peak = rows[i].threads ? bench->peak[t] : bench->peak_alone});
  ln_tensor_unref(of.a), ln_tensor_unref(of.b);
}

void bench_linalg(const Bench *bench) {
  for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++)
    if (bench_wants(bench, rows[i].name)) measure(bench, i);
}
