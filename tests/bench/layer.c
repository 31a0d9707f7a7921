/* See layer.h. */
#include "layer.h"

#include "base/memory.h"
#include "bench.h"

static float *block(BenchLayer *l, int64_t floats) {
  int64_t offset = l->n_blocks * BENCH_APART;
  float *memory = ln_calloc((size_t)(offset + floats) + 1, sizeof *memory);
  bench_ok(memory != NULL && l->n_blocks < BENCH_LAYER_BLOCKS, "bench_layer_open", "out of memory");
  l->blocks[l->n_blocks++] = memory;
  return memory + offset;
}

/* A map inside its border, with random pixels. */
static LnMap new_map(BenchLayer *l, LnShape shape, const int border[4]) {
  LnMap map = {.c = (int)shape.d[0], .h = 1, .w = 1};
  if (shape.n == 3) map.h = (int)shape.d[1], map.w = (int)shape.d[2];
  map.ld = ln_kernels_ld(l->pass.kernels, map.c);
  map.row = (map.w + border[2] + border[3]) * map.ld;
  map.data = block(l, (map.h + border[0] + border[1]) * map.row) + border[0] * map.row + border[2] * map.ld;
  for (int64_t r = 0; r < map.h; r++)
    for (int64_t p = 0; p < map.w; p++)
      ln_rng_fill_uniform(map.data + r * map.row + p * map.ld, map.c, (LnRng){1, (uint64_t)(r * map.w + p)}, 0);
  return map;
}

static void make_tensors(BenchLayer *l, const LnDecl *decls, int n) {
  for (int i = 0; i < n; i++) {
    int64_t count = ln_shape_count(decls[i].shape);
    l->tensors[i] = block(l, count);
    ln_rng_fill_uniform(l->tensors[i], count, (LnRng){2, (uint64_t)i}, 0);
    if (decls[i].role == LN_PARAMETER) l->grads[i] = block(l, count);
    l->weights += count;
  }
}

static void make_memory(BenchLayer *l, const LnShape *in, LnShape out) {
  static const int none[4];
  for (int i = 0; i < l->pass.n_inputs; i++) {
    l->x[i] = new_map(l, in[i], l->needs.border);
    l->dx[i] = new_map(l, in[i], none);
  }
  l->pass.y = new_map(l, out, none);
  l->pass.dy = new_map(l, out, l->needs.grad_border);
  l->pass.count = l->pass.y.h;
  float *packed = block(l, l->needs.packed);
  for (int part = 0; part < l->needs.prepare_parts; part++)
    l->type->prepare(packed, l->pass.options, l->pass.kernels, l->needs.prepared, l->tensors, part);
  l->pass.packed = packed;
  l->pass.scratch = block(l, l->needs.scratch);
  l->pass.saved = block(l, l->needs.saved / (int64_t)sizeof(float) + 1);
  l->sums = (double *)(void *)block(l, 4 * l->needs.batch_sums);
  l->pass.batch = l->sums, l->pass.batch_grad = l->sums + l->needs.batch_sums;
}

void bench_layer_open(BenchLayer *l, const LnLayerType *type, const char *options, const LnShape *in, int n_inputs,
                      LnFusion fusion) {
  LnError err;
  LnShape large[BENCH_LAYER_INPUTS], out;
  LnDecl decls[LN_MAX_TENSORS] = {{.name = NULL}};
  *l = (BenchLayer){.type = type, .fusion = fusion};
  BENCH_OK(ln_item_from_json(&l->item, &type->type, options, &err));
  void *o = ln_item_options(l->item);
  for (int i = 0; i < n_inputs; i++) {
    large[i] = in[i];
    for (int axis = 0; axis < 2; axis++) large[i].d[axis + 1] *= fusion.upsample[i][axis];
  }
  BENCH_OK(type->out_shape(&out, o, large, n_inputs, &err));
  int n = type->declare == NULL ? 0 : type->declare(decls, &l->macs, o, large, out);
  for (int axis = 0; axis < 2; axis++) out.d[axis + 1] /= fusion.pool[axis];
  l->pass = (LnPass){.options = o,
                     .kernels = ln_kernels(),
                     .fusion = &l->fusion,
                     .n_inputs = n_inputs,
                     .x = l->x,
                     .dx = l->dx,
                     .tensors = l->tensors,
                     .grads = l->grads,
                     .training = true,
                     .batch_size = 1};
  LnBuild build = {.options = o,
                   .kernels = l->pass.kernels,
                   .in = in,
                   .n_inputs = n_inputs,
                   .out = out,
                   .fusion = &l->fusion,
                   .training = true,
                   .input_grad = true};
  if (type->build != NULL) BENCH_OK(type->build(&l->needs, &build, &err));
  l->pass.prepared = l->needs.prepared;
  make_tensors(l, decls, n);
  make_memory(l, in, out);
}

void bench_layer_close(BenchLayer *l) {
  if (l->type->release != NULL) l->type->release(l->needs.prepared);
  for (int i = 0; i < l->n_blocks; i++) ln_free(l->blocks[i]);
  ln_item_unref(l->item);
}

void bench_layer_forward(void *layer) {
  BenchLayer *l = layer;
  if (l->type->batch_stats != NULL) l->type->batch_stats(&l->pass, l->sums);
  l->type->forward(&l->pass);
}

void bench_layer_backward(void *layer) {
  BenchLayer *l = layer;
  if (l->type->batch_stats_grad != NULL) l->type->batch_stats_grad(&l->pass, l->sums + l->needs.batch_sums);
  l->type->backward(&l->pass);
}

void bench_layer_backward_weights(void *layer) {
  BenchLayer *l = layer;
  float *dx = l->dx[0].data;
  l->dx[0].data = NULL;
  l->type->backward(&l->pass);
  l->dx[0].data = dx;
}
