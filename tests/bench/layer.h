/* One layer alone, on one sample and one thread: its maps laid out as a plan does, its weights random. */
#ifndef LUNET_TESTS_BENCH_LAYER_H
#define LUNET_TESTS_BENCH_LAYER_H

#include "nn/layer.h"

enum { BENCH_LAYER_INPUTS = 2, BENCH_LAYER_BLOCKS = 6 + 2 * BENCH_LAYER_INPUTS + 2 * LN_MAX_TENSORS };

typedef struct BenchLayer {
  const LnLayerType *type;
  LnItem *item;
  LnFusion fusion;
  LnNeeds needs;
  double macs;        /* multiply-accumulates of a forward pass */
  LnPass pass;
  LnMap x[BENCH_LAYER_INPUTS], dx[BENCH_LAYER_INPUTS]; /* pass.x and pass.dx point here */
  float *tensors[LN_MAX_TENSORS], *grads[LN_MAX_TENSORS];
  int64_t weights;    /* numbers in the tensors */
  double *sums;       /* of a layer that looks across the batch, which is this one sample; pass.batch points here */
  void *blocks[BENCH_LAYER_BLOCKS]; /* all memory, to be freed */
  int n_blocks;
} BenchLayer;

/* layer: must stay where it is. in: n_inputs shapes. */
void bench_layer_open(BenchLayer *layer, const LnLayerType *type, const char *options, const LnShape *in, int n_inputs,
                      LnFusion fusion);
void bench_layer_close(BenchLayer *layer);

/* As work for bench_time. */
void bench_layer_forward(void *layer);
void bench_layer_backward(void *layer);         /* all gradients */
void bench_layer_backward_weights(void *layer); /* without that of the input */

#endif
