/* Layers other than conv2d alone, on maps of the paper's network: 64 channels of 32x32 pixels before pooling or behind
 * upsampling. One thread, one sample. What memory bounds is compared with a copy, transposed convolution with the FMA
 * peak. In a network, activations and nearest upsampling are mostly part of the convolution beside them. */
#include <stdio.h>

#include "bench.h"
#include "layer.h"
#include "lunet.h"
#include "nn/activation.h"

#define MAP LN_SHAPE(64, 32, 32)
#define SMALL LN_SHAPE(64, 16, 16)

static const struct Row {
  const LnLayerType *type;
  const char *label, *options; /* label: what tells it from the layer with default options, or "" */
  LnShape in[BENCH_LAYER_INPUTS];
} rows[] = {
    {&ln_nn_conv_transpose2d, "", "{\"filters\": 64}", {SMALL}},
    {&ln_nn_conv_transpose2d, " 3x3", "{\"filters\": 64, \"kernel\": 3}", {SMALL}},
    {&ln_nn_dense, "", "{\"units\": 1024}", {LN_SHAPE(256)}}, /* 1 MiB of weights */
    {&ln_nn_relu, "", "{}", {MAP}},
    {&ln_nn_leaky_relu, "", "{}", {MAP}},
    {&ln_nn_sigmoid, "", "{}", {MAP}},
    {&ln_nn_tanh, "", "{}", {MAP}},
    {&ln_nn_gelu, "", "{}", {MAP}},
    {&ln_nn_gelu, " tanh", "{\"approximate\": \"tanh\"}", {MAP}},
    {&ln_nn_softplus, "", "{}", {MAP}},
    {&ln_nn_prelu, "", "{\"channelwise\": true}", {MAP}},
    {&ln_nn_softmax, "", "{}", {MAP}},
    {&ln_nn_maxpool2d, "", "{}", {MAP}},
    {&ln_nn_maxpool2d, " 3x3 by 2", "{\"size\": 3, \"stride\": 2}", {MAP}},
    {&ln_nn_avgpool2d, "", "{}", {MAP}},
    {&ln_nn_avgpool2d, " 3x3 by 2", "{\"size\": 3, \"stride\": 2}", {MAP}},
    {&ln_nn_upsample2d, "", "{}", {SMALL}},
    {&ln_nn_pixel_shuffle, "", "{}", {MAP}},
    {&ln_nn_upsample2d, " bilinear", "{\"mode\": \"bilinear\"}", {SMALL}},
    {&ln_nn_upsample2d, " bilinear", "{\"mode\": \"bilinear\"}", {LN_SHAPE(1, 128, 128)}},
    {&ln_nn_batch_norm, "", "{}", {MAP}},
    {&ln_nn_group_norm, "", "{}", {MAP}},
    {&ln_nn_layer_norm, "", "{}", {MAP}},
    {&ln_nn_layer_norm, " of all", "{\"over\": \"all\"}", {MAP}},
    {&ln_nn_dropout, "", "{}", {MAP}},
    {&ln_nn_dropout, " channelwise", "{\"channelwise\": true}", {MAP}},
    {&ln_nn_add, "", "{}", {MAP, MAP}},
    {&ln_nn_sub, "", "{}", {MAP, MAP}},
    {&ln_nn_mul, "", "{}", {MAP, MAP}},
    {&ln_nn_mul, " by a gate", "{}", {MAP, LN_SHAPE(64, 1, 1)}},
    {&ln_nn_scale, "", "{\"factor\": 2}", {MAP}},
    {&ln_nn_concat, "", "{}", {MAP, MAP}},
    {&ln_nn_flatten, "", "{}", {MAP}},
};

static double values_of(LnMap map) {
  return (double)map.c * map.h * map.w;
}

/* Everything that must be read or written at least once: inputs, output, weights, and what is kept in between. */
static double bytes_forward(const BenchLayer *l) {
  double values = values_of(l->pass.y) + (double)l->weights;
  for (int i = 0; i < l->pass.n_inputs; i++) values += values_of(l->x[i]);
  return values * sizeof(float) + (double)l->needs.saved;
}

/* Gradients of weights are added to: read and written. */
static double bytes_backward(const BenchLayer *l) {
  double values = values_of(l->pass.dy) * (l->needs.needs_y ? 2 : 1) + 3 * (double)l->weights;
  for (int i = 0; i < l->pass.n_inputs; i++) values += values_of(l->x[i]) * (l->needs.needs_x ? 2 : 1);
  return values * sizeof(float) + (double)l->needs.saved;
}

static void report(const Bench *bench, const char *name, BenchLayer *l, BenchWork *work, double bytes, double macs) {
  if (l->type != &ln_nn_conv_transpose2d) {
    bench_memory(bench, name, work, l, bytes);
  } else if (bench_wants(bench, name)) {
    BenchTime seconds = bench_time(bench, work, l);
    BenchRow row = {.name = name, .threads = 1, .seconds = seconds, .flops = 2 * macs, .peak = bench->peak_alone};
    bench_report(bench, &row);
  }
}

static void measure(const Bench *bench, const struct Row *row) {
  char forward[200], backward[200];
  const LnShape *in = &row->in[0];
  snprintf(forward, sizeof forward, "layer %s%s, %s forward", row->type->type.name, row->label, LN_SHAPE_TEXT(*in));
  snprintf(backward, sizeof backward, "layer %s%s, %s backward", row->type->type.name, row->label, LN_SHAPE_TEXT(*in));
  if (!bench_wants(bench, forward) && !bench_wants(bench, backward)) return;
  BenchLayer layer;
  bench_layer_open(&layer, row->type, row->options, in, row->in[1].n > 0 ? 2 : 1, ln_fusion_none());
  report(bench, forward, &layer, bench_layer_forward, bytes_forward(&layer), layer.macs);
  /* dy may be worked on in place: times slopes between 0 and 1, again and again, it would become denormal numbers. */
  ln_map_zero(layer.pass.y);
  report(bench, backward, &layer, bench_layer_backward, bytes_backward(&layer), 2 * layer.macs);
  bench_layer_close(&layer);
}

void bench_layers(const Bench *bench) {
  ln_set_threads(1);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) measure(bench, &rows[i]);
}
