/* Training steps and predictions of the paper's network: 64-64-64-64-1 filters of 3x3, 64x64 images. */
#include <stdio.h>

#include "bench.h"
#include "lunet.h"

#define SIDE 64
#define MAX_LAYERS 16

static const struct {
  const LnLayerType *type;
  const char *options;
} paper[] = {
    {&ln_nn_conv2d, "{\"filters\": 64, \"kernel\": 3, \"activation\": \"relu\"}"},   {&ln_nn_maxpool2d, "{}"},
    {&ln_nn_conv2d, "{\"filters\": 64, \"kernel\": 3, \"activation\": \"relu\"}"},   {&ln_nn_maxpool2d, "{}"},
    {&ln_nn_conv2d, "{\"filters\": 64, \"kernel\": 3, \"activation\": \"relu\"}"},   {&ln_nn_upsample2d, "{}"},
    {&ln_nn_conv2d, "{\"filters\": 64, \"kernel\": 3, \"activation\": \"relu\"}"},   {&ln_nn_upsample2d, "{}"},
    {&ln_nn_conv2d, "{\"filters\": 1, \"kernel\": 3, \"activation\": \"sigmoid\"}"},
};

typedef struct Work {
  LnNetwork *net;
  LnTrainer *trainer;
  LnTensor *input, *target;
} Work;

static LnNetwork *build_paper(void) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layers[MAX_LAYERS];
  int n = (int)(sizeof paper / sizeof *paper);
  for (int i = 0; i < n; i++) BENCH_OK(ln_item_from_json(&layers[i], &paper[i].type->type, paper[i].options, &err));
  BENCH_OK(ln_network_sequential(&net, layers, n, &err));
  BENCH_OK(ln_network_build(net, LN_SHAPE(1, SIDE, SIDE), 42, &err));
  for (int i = 0; i < n; i++) ln_item_unref(layers[i]);
  return net;
}

static LnTensor *images(int64_t n, uint64_t seed) {
  LnError err;
  LnTensor *t = NULL;
  BENCH_OK(ln_tensor_new(&t, LN_SHAPE(n, 1, SIDE, SIDE), &err));
  ln_rng_fill_uniform(t->data, ln_shape_count(t->shape), (LnRng){seed, 0}, 0);
  return t;
}

static Work set_up(int64_t batch) {
  LnError err;
  Work work = {.net = build_paper(), .input = images(batch, 1), .target = images(batch, 2)};
  LnItem *loss = NULL, *adam = NULL;
  BENCH_OK(ln_item_from_json(&loss, &ln_loss_bce.type, "{}", &err));
  BENCH_OK(ln_item_from_json(&adam, &ln_optim_adam.type, "{}", &err));
  BENCH_OK(ln_trainer_new(&work.trainer, work.net, loss, adam, &err));
  ln_item_unref(loss), ln_item_unref(adam);
  return work;
}

static void tear_down(Work *work) {
  ln_trainer_unref(work->trainer), ln_network_unref(work->net);
  ln_tensor_unref(work->input), ln_tensor_unref(work->target);
}

static void step(void *context) {
  LnError err;
  Work *work = context;
  double loss;
  BENCH_OK(ln_trainer_step(work->trainer, &loss, work->input, work->target, &err));
}

static void predict(void *context) {
  LnError err;
  Work *work = context;
  LnTensor *y = NULL;
  BENCH_OK(ln_network_predict(&y, work->net, work->input, &err));
  ln_tensor_unref(y);
}

/* Multiply-accumulates of one sample, counted as direct convolutions. Forward and both gradients are as many each;
 * the first layer needs no gradient of its input. */
static double macs(const LnNetwork *net, bool training) {
  double sum = 0;
  for (int i = 0; i < ln_network_layers(net); i++) sum += ln_network_layer(net, i).macs;
  return training ? 3 * sum - ln_network_layer(net, 0).macs : sum;
}

static void measure(const Bench *bench, const char *name, int64_t batch, bool training) {
  if (!bench_wants(bench, name)) return;
  for (int i = 0; i < bench->n_threads; i++) {
    ln_set_threads(bench->threads[i]);
    Work work = set_up(batch);
    double seconds = bench_time(bench, training ? step : predict, &work);
    double flops = 2 * (double)batch * macs(work.net, training);
    bench_report(bench, name, i, seconds, flops, (double)batch * SIDE * SIDE);
    tear_down(&work);
  }
}

void bench_networks(const Bench *bench) {
  measure(bench, "paper step, batch 10", 10, true);
  measure(bench, "paper predict, batch 10", 10, false);
  measure(bench, "paper predict, batch 1", 1, false);
}
