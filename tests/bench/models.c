/* The networks that are measured: the paper's in three widths, a U-Net, and DnCNN; from one grey image to another. */
#include "bench.h"
#include "lunet.h"

#define MAX_LAYERS 64
#define INPUT (-1)

/* The first input of a layer is the one above it. */
typedef struct Row {
  const LnLayerType *type;
  const char *options;
  int also; /* a second input: a row, counted from 1, or INPUT; 0: none */
} Row;

struct BenchNetwork {
  const char *name;
  bool residual;
  const Row *rows; /* type NULL ends them */
};

#define CONV(filters) {&ln_nn_conv2d, "{\"filters\": " #filters ", \"activation\": \"relu\"}", 0}
#define POOL {&ln_nn_maxpool2d, "{}", 0}
#define UP {&ln_nn_upsample2d, "{}", 0}
#define CONCAT(row) {&ln_nn_concat, "{}", row}
#define OUT {&ln_nn_conv2d, "{\"filters\": 1, \"activation\": \"sigmoid\"}", 0}
#define END {NULL, NULL, 0}

#define AUTOENCODER(a, b, c, d) {CONV(a), POOL, CONV(b), POOL, CONV(c), UP, CONV(d), UP, OUT, END}

/* Gondara, ICDM Workshops 2016; 112,001 parameters. */
static const Row paper[] = AUTOENCODER(64, 64, 64, 64);
static const Row narrow[] = AUTOENCODER(32, 64, 64, 32);
static const Row wide[] = AUTOENCODER(64, 128, 128, 64);

/* Ronneberger, Fischer, Brox, MICCAI 2015, with two levels. */
static const Row unet[] = {
    CONV(32), CONV(32), POOL,                              /* 1 .. 3 */
    CONV(64), CONV(64), POOL,                              /* 4 .. 6 */
    CONV(128), CONV(128),                                  /* 7, 8 */
    UP, CONCAT(5), CONV(64), CONV(64),                       /* 9 .. 12 */
    UP, CONCAT(2), CONV(32), CONV(32),                       /* 13 .. 16 */
    OUT, END,
};

#define CONV_NORM \
  {&ln_nn_conv2d, "{\"filters\": 64, \"bias\": false}", 0}, {&ln_nn_batch_norm, "{}", 0}, {&ln_nn_relu, "{}", 0}
#define CONV_NORM_5 CONV_NORM, CONV_NORM, CONV_NORM, CONV_NORM, CONV_NORM

/* Zhang et al., IEEE TIP 2017: 17 convolutions, 15 of them with batch normalisation, learn the noise. */
static const Row dncnn[] = {
    CONV(64), CONV_NORM_5, CONV_NORM_5, CONV_NORM_5, {&ln_nn_conv2d, "{\"filters\": 1}", 0}, {&ln_nn_add, "{}", INPUT},
    END,
};

static const BenchNetwork networks[] = {
    {"paper", false, paper},
    {"paper 32-64-64-32-1", false, narrow},
    {"paper 64-128-128-64-1", false, wide},
    {"unet", false, unet},
    {"dncnn", true, dncnn},
};

const BenchNetwork *bench_network(int index) {
  return index < (int)(sizeof networks / sizeof *networks) ? &networks[index] : NULL;
}

const char *bench_network_name(const BenchNetwork *network) {
  return network->name;
}

bool bench_network_residual(const BenchNetwork *network) {
  return network->residual;
}

LnNetwork *bench_network_build(const BenchNetwork *network, int64_t side) {
  LnError err;
  LnNode *nodes[MAX_LAYERS + 1] = {NULL}; /* 0: the input */
  int n = 0;
  BENCH_OK(ln_node_input(&nodes[0], LN_SHAPE(1, side, side), &err));
  for (const Row *row = network->rows; row->type != NULL; row++, n++) {
    LnItem *layer = NULL;
    LnNode *inputs[2] = {nodes[n], nodes[row->also == INPUT ? 0 : row->also]};
    bench_ok(n < MAX_LAYERS, network->name, "more layers than MAX_LAYERS");
    BENCH_OK(ln_item_from_json(&layer, &row->type->type, row->options, &err));
    BENCH_OK(ln_node_apply(&nodes[n + 1], layer, inputs, row->also != 0 ? 2 : 1, &err));
    ln_item_unref(layer);
  }
  LnNetwork *net = NULL;
  BENCH_OK(ln_network_model(&net, nodes[0], nodes[n], &err));
  BENCH_OK(ln_network_build(net, *ln_node_shape(nodes[0]), 42, &err));
  for (int i = 0; i <= n; i++) ln_node_unref(nodes[i]);
  return net;
}
