/* Training steps and predictions of whole networks. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "lunet.h"

typedef struct Work {
  LnNetwork *net;
  LnTrainer *trainer;
  LnTensor *input, *target;
} Work;

/* What each network is measured on. */
typedef struct Setting {
  bool training;
  int64_t batch, side;
  bool paper; /* the paper's network only */
} Setting;

static const Setting settings[] = {
    {true, 10, 64, false},
    {false, 10, 64, false},
    {false, 1, 64, false},
    {false, 256, 64, true},
    {false, 1, 1024, true},
};

static LnTensor *images(int64_t n, int64_t side, uint64_t seed) {
  LnError err;
  LnTensor *t = NULL;
  BENCH_OK(ln_tensor_new(&t, LN_SHAPE(n, 1, side, side), &err));
  ln_rng_fill_uniform(t->data, ln_shape_count(t->shape), (LnRng){seed, 0}, 0);
  return t;
}

static Work set_up(const BenchNetwork *network, const Setting *setting) {
  LnError err;
  int64_t batch = setting->batch, side = setting->side;
  Work work = {.net = bench_network_build(network, side),
               .input = images(batch, side, 1),
               .target = images(batch, side, 2)};
  if (!setting->training) return work;
  const LnType *loss_type = bench_network_residual(network) ? &ln_loss_mse.type : &ln_loss_bce.type;
  LnItem *loss = NULL, *adam = NULL;
  BENCH_OK(ln_item_from_json(&loss, loss_type, "{}", &err));
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

/* Operations of one sample, counted as direct convolutions and nothing else. Forward and both gradients are as many
 * each; what reads the network's input needs no gradient of it. */
static double flops(const LnNetwork *net, bool training) {
  double macs = 0;
  for (int i = 0; i < ln_network_layers(net); i++) {
    LnLayerInfo layer = ln_network_layer(net, i);
    if (strcmp(layer.type, "conv2d") == 0) macs += layer.macs * (!training ? 1 : layer.inputs[0] == -1 ? 2 : 3);
  }
  return 2 * macs;
}

static void measure(const Bench *bench, const BenchNetwork *network, const Setting *setting) {
  char name[100], size[40] = "";
  if (setting->side != 64) snprintf(size, sizeof size, " of %dx%d", (int)setting->side, (int)setting->side);
  snprintf(name, sizeof name, "%s %s, batch %d%s", bench_network_name(network), setting->training ? "step" : "predict",
           (int)setting->batch, size);
  if (!bench_wants(bench, name)) return;
  Work work = set_up(network, setting);
  double batch = (double)setting->batch;
  BenchTime times[BENCH_MOST_TURNS];
  bench_time_threads(times, bench, setting->training ? step : predict, &work);
  for (int i = 0; i < bench->n_threads; i++)
    bench_report(bench, &(BenchRow){.name = name,
                                    .threads = bench->threads[i],
                                    .seconds = times[i],
                                    .flops = batch * flops(work.net, setting->training),
                                    .peak = bench->peak[i],
                                    .images = batch,
                                    .pixels = batch * (double)(setting->side * setting->side)});
  tear_down(&work);
}

void bench_networks(const Bench *bench) {
  const BenchNetwork *network;
  for (int n = 0; (network = bench_network(n)) != NULL; n++)
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
      if (n == 0 || !settings[i].paper) measure(bench, network, &settings[i]);
}
