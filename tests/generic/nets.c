/* Small networks for tests: see nets.h. */
#include "nets.h"

#include <stdio.h>

#include "support/support.h"
#include "support/train.h"

/* Whether a value is nearer to a kink than `apart`. */
static bool near_kink(const LnKinks *kinks, double value, double apart) {
  for (int k = 0; k < kinks->n; k++)
    if (fabs(value - kinks->at[k]) < apart) return true;
  return false;
}

LnTensor *net_spread(int64_t n, const LnCase *example, uint64_t seed, double *apart) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, test_batch(n, example->inputs[0]), &err));
  int64_t wanted = ln_shape_count(t->shape), count = wanted + example->kinks.n; /* at most one value is near a kink */
  double limit = 1;
  for (int k = 0; k < example->kinks.n; k++) limit = fmax(limit, fabs(example->kinks.at[k]) + 1);
  int64_t *order = malloc((size_t)count * sizeof *order);
  ck_assert_ptr_nonnull(order);
  ln_rng_permutation(order, count, (LnRng){seed, 7});
  *apart = limit / (double)count;
  for (int64_t i = 0, filled = 0; filled < wanted; i++) {
    double value = limit * ((2.0 * (double)order[i] + 1) / (double)count - 1);
    if (!near_kink(&example->kinks, value, *apart * 0.999)) t->data[filled++] = (float)value;
  }
  free(order);
  return t;
}

/* Weights that start at zero, biases mostly, become uniform in (-0.3, 0.3). */
static void fill_zeros(LnNetwork *net, uint64_t seed) {
  LnError err;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *tensor = NULL;
    CK_OK(ln_network_tensor(&tensor, net, i, &err));
    if (ln_tensor_reduce_all(LN_RMIN, tensor) == 0 && ln_tensor_reduce_all(LN_RMAX, tensor) == 0) {
      LnTensor *random = test_random(tensor->shape, seed + (uint64_t)i, -0.3, 0.3);
      CK_OK(ln_tensor_copy(tensor, random, &err));
      ln_tensor_unref(random);
    }
    ln_tensor_unref(tensor);
  }
  ln_network_weights_changed(net);
}

/* The mean over windows, where the shape has fewer rows or columns. Releases x. */
static LnNode *pooled(LnNode *x, LnShape shape) {
  LnError err;
  LnNode *y = NULL;
  char options[64];
  const LnShape *from = ln_node_shape(x);
  if (ln_shape_equal(*from, shape)) return x;
  snprintf(options, sizeof options, "{\"size\": [%d, %d]}", (int)(from->d[1] / shape.d[1]),
           (int)(from->d[2] / shape.d[2]));
  LnItem *layer = test_item(&ln_nn_avgpool2d.type, options);
  CK_OK(ln_node_apply(&y, layer, &x, 1, &err));
  ln_item_unref(layer), ln_node_unref(x);
  return y;
}

/* x through a convolution of one pixel, or a dense layer, and a pooling to a sample shape. */
static LnNode *branch(LnNode *x, LnShape shape) {
  LnError err;
  LnNode *y = NULL;
  const LnType *type = shape.n == 1 ? &ln_nn_dense.type : &ln_nn_conv2d.type;
  LnItem *layer = NULL;
  LnValue one = {.kind = LN_INTEGER, .integer = 1}, features = {.kind = LN_INTEGER, .integer = shape.d[0]};
  CK_OK(ln_item_new(&layer, type, &err));
  CK_OK(ln_item_set(layer, ln_param_positional(type->params)->name, features, &err));
  if (shape.n == 3) CK_OK(ln_item_set(layer, "kernel", one, &err));
  CK_OK(ln_node_apply(&y, layer, &x, 1, &err));
  ln_item_unref(layer);
  return pooled(y, shape);
}

LnNetwork *net_of_case(ItemCase it, uint64_t seed) {
  LnError err;
  LnNetwork *net = NULL;
  const LnShape *inputs = it.example->inputs;
  LnItem *layer = test_item(it.type, it.example->options);
  if (inputs[1].n == 0) {
    CK_OK(ln_network_sequential(&net, &layer, 1, &err));
    CK_OK(ln_network_build(net, inputs[0], seed, &err));
  } else {
    LnNode *x = NULL, *y = NULL;
    CK_OK(ln_node_input(&x, inputs[0], &err));
    LnNode *branches[2] = {branch(x, inputs[0]), branch(x, inputs[1])};
    CK_OK(ln_node_apply(&y, layer, branches, 2, &err));
    CK_OK(ln_network_model(&net, x, y, &err));
    CK_OK(ln_network_build(net, inputs[0], seed, &err));
    ln_node_unref(x), ln_node_unref(y), ln_node_unref(branches[0]), ln_node_unref(branches[1]);
  }
  ln_item_unref(layer);
  fill_zeros(net, seed);
  return net;
}

/* The node after a layer; the previous one is released. On failure *node is NULL. */
static LnStatus chain(LnNode **node, LnNode *second, const LnLayerType *layer, const char *options, LnError *err) {
  LnNode *inputs[2] = {*node, second}, *next = NULL;
  LnItem *item = NULL;
  LnStatus status = ln_item_from_json(&item, &layer->type, options, err);
  if (status == LN_OK) status = ln_node_apply(&next, item, inputs, second == NULL ? 1 : 2, err);
  ln_item_unref(item);
  ln_node_unref(*node);
  *node = next;
  return status;
}

static LnStatus describe_small(LnNode **y, LnNode **skip, LnError *err) {
  LN_TRY(chain(y, NULL, &ln_nn_conv2d, "{\"filters\": 5, \"kernel\": 3, \"activation\": \"relu\"}", err));
  *skip = ln_node_ref(*y);
  LN_TRY(chain(y, NULL, &ln_nn_maxpool2d, "{}", err));
  LN_TRY(chain(y, NULL, &ln_nn_conv2d, "{\"filters\": 18, \"kernel\": 3, \"activation\": \"relu\"}", err));
  LN_TRY(chain(y, NULL, &ln_nn_upsample2d, "{}", err));
  LN_TRY(chain(y, NULL, &ln_nn_conv2d, "{\"filters\": 5, \"kernel\": 3}", err));
  LN_TRY(chain(y, *skip, &ln_nn_add, "{}", err));
  return chain(y, NULL, &ln_nn_conv2d, "{\"filters\": 1, \"kernel\": 3, \"activation\": \"sigmoid\"}", err);
}

LnStatus net_small(LnNetwork **out, uint64_t seed, LnError *err) {
  LnNode *x = NULL, *y = NULL, *skip = NULL;
  LnNetwork *net = NULL;
  LN_TRY(ln_node_input(&x, LN_SHAPE(1, 8, 8), err));
  y = ln_node_ref(x);
  LnStatus status = describe_small(&y, &skip, err);
  if (status == LN_OK) status = ln_network_model(&net, x, y, err);
  if (status == LN_OK) status = ln_network_build(net, *ln_node_shape(x), seed, err);
  ln_node_unref(skip);
  ln_node_unref(y);
  ln_node_unref(x);
  if (status != LN_OK) return ln_network_unref(net), status;
  *out = net;
  return LN_OK;
}
