/* Outputs, losses and gradients of small networks of every layer against PyTorch, on every instruction set.
 *
 * Networks, inputs and weights are those of tests/reference/nn.py, which made reference_data.c. */
#include "kernels/kernels.h"
#include "loss/loss.h"
#include "model/trainer.h"
#include "nn/layer.h"
#include "nn/reference.h"
#include "support/support.h"
#include "optim/optim.h"
#include "support/formula.h"

enum { BATCH = 3 };

static const LnType *find_type(const LnKind *kind, const char *name) {
  for (const LnType *const *t = kind->types; *t != NULL; t++)
    if (strcmp((*t)->name, name) == 0) return *t;
  ck_abort_msg("no %s '%s'", kind->name, name);
  return NULL;
}

/* tolerance: relative to the largest magnitude; for a projection, such an error in every element, at random. */
static void check_digest(const Digest *want, const LnTensor *got, double tolerance) {
  int64_t n = ln_shape_count(got->shape);
  ck_assert_msg(n == want->n, "%s: %lld elements, expected %lld", want->name, (long long)n, (long long)want->n);
  float *values = malloc((size_t)n * sizeof *values);
  ln_tensor_read(values, got);
  for (int k = 0; k < N_ELEMENTS; k++) {
    double value = values[k * (n - 1) / (N_ELEMENTS - 1)];
    ck_assert_msg(fabs(value - want->element[k]) <= tolerance * want->largest,
                  "%s: element %lld of %lld: got %.9g, want %.9g, largest %.3g", want->name,
                  (long long)(k * (n - 1) / (N_ELEMENTS - 1) + 1), (long long)n, value, want->element[k],
                  want->largest);
  }
  for (int k = 0; k < N_PROJECTIONS; k++) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)values[i] * test_formula(i, (uint32_t)(100 + k), -1, 1);
    ck_assert_msg(fabs(sum - want->projection[k]) <= tolerance * want->largest * sqrt((double)n),
                  "%s: projection %d: got %.9g, want %.9g, largest %.3g", want->name, k + 1, sum, want->projection[k],
                  want->largest);
  }
  free(values);
}

static bool is_sequence(const Reference *r) {
  for (int i = 0; i < r->n_layers; i++)
    if (r->layers[i].n_inputs != 1 || r->layers[i].inputs[0] != i) return false;
  return true;
}

static LnNetwork *network_from_nodes(const Reference *r, LnItem *const *items) {
  LnError err;
  LnNetwork *net = NULL;
  LnNode *nodes[MAX_LAYERS + 1] = {NULL};
  CK_OK(ln_node_input(&nodes[0], r->input, &err));
  for (int i = 0; i < r->n_layers; i++) {
    LnNode *inputs[3] = {NULL};
    for (int k = 0; k < r->layers[i].n_inputs; k++) inputs[k] = nodes[r->layers[i].inputs[k]];
    CK_OK(ln_node_apply(&nodes[i + 1], items[i], inputs, r->layers[i].n_inputs, &err));
  }
  CK_OK(ln_network_model(&net, nodes[0], nodes[r->n_layers], &err));
  CK_OK(ln_network_build(net, r->input, 1, &err));
  for (int i = 0; i <= r->n_layers; i++) ln_node_unref(nodes[i]);
  return net;
}

/* The weights of nn.py: tensor i is sequence 10 + i, within 1.5 / sqrt(fan-in), biases within 0.5. */
static void set_weights(const Reference *r, LnNetwork *net) {
  LnError err;
  ck_assert_int_eq(ln_network_tensors(net), r->n_tensors);
  for (int i = 0; i < r->n_tensors; i++) {
    LnTensor *view = NULL;
    ck_assert_str_eq(ln_network_tensor_name(net, i), r->tensors[i].name);
    CK_OK(ln_network_tensor(&view, net, i, &err));
    int64_t n = ln_shape_count(view->shape);
    double bound = view->shape.n == 1 ? 0.5 : 1.5 / sqrt((double)(n / view->shape.d[0]));
    LnTensor *values = test_formula_tensor(view->shape, (uint32_t)(10 + i), -bound, bound);
    CK_OK(ln_tensor_copy(view, values, &err));
    ln_tensor_unref(values);
    ln_tensor_unref(view);
  }
  ln_network_weights_changed(net);
}

static LnNetwork *network_of(const Reference *r) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *items[MAX_LAYERS];
  for (int i = 0; i < r->n_layers; i++)
    items[i] = test_item(find_type(&ln_nn_kind, r->layers[i].type), r->layers[i].options);
  if (is_sequence(r)) {
    CK_OK(ln_network_sequential(&net, items, r->n_layers, &err));
    CK_OK(ln_network_build(net, r->input, 1, &err));
  } else {
    net = network_from_nodes(r, items);
  }
  for (int i = 0; i < r->n_layers; i++) ln_item_unref(items[i]);
  set_weights(r, net);
  return net;
}

static LnShape batch_of(LnShape sample) {
  LnShape shape = {.n = sample.n + 1, .d = {BATCH}};
  for (int i = 0; i < sample.n; i++) shape.d[i + 1] = sample.d[i];
  return shape;
}

static void check_gradients(const Reference *r, LnNetwork *net, LnTensor *x) {
  LnError err;
  LnItem *loss = test_item(find_type(&ln_loss_kind, r->loss), "{}"), *optim = test_item(&ln_optim_sgd.type, "{}");
  LnTrainer *trainer = NULL;
  LnTensor *grads[2 * MAX_LAYERS] = {NULL}, *dx = NULL;
  LnTensor *target = test_formula_tensor(batch_of(ln_network_output_shape(net)), 2, 0, 1);
  double value = 0;
  CK_OK(ln_trainer_new(&trainer, net, loss, optim, &err));
  CK_OK(ln_trainer_gradients(trainer, &value, grads, &dx, x, target, &err));
  ck_assert_msg(fabs(value - r->value) <= 1e-6 * r->value, "loss: got %.9g, want %.9g", value, r->value);
  check_digest(&r->dx, dx, 1e-5);
  for (int i = 0; i < r->n_tensors; i++) check_digest(&r->tensors[i], grads[i], 1e-5);
  for (int i = 0; i < r->n_tensors; i++) ln_tensor_unref(grads[i]);
  ln_tensor_unref(dx);
  ln_tensor_unref(target);
  ln_trainer_unref(trainer);
  ln_item_unref(optim);
  ln_item_unref(loss);
}

START_TEST(agrees_with_torch) {
  LnError err;
  const Reference *r = &references[_i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    LnNetwork *net = network_of(r);
    LnTensor *x = test_formula_tensor(batch_of(r->input), 1, -1, 1), *y = NULL;
    CK_OK(ln_network_predict(&y, net, x, &err));
    check_digest(&r->y, y, 1e-5);
    check_gradients(r, net, x);
    ln_tensor_unref(y);
    ln_tensor_unref(x);
    ln_network_unref(net);
  }
}
END_TEST

START_TEST(every_layer_has_a_reference) {
  for (const LnType *const *t = ln_nn_kind.types; *t != NULL; t++) {
    int n = strcmp((*t)->name, "batch_norm") == 0; /* another function in training than in prediction: batch_norm.c */
    for (int i = 0; i < n_references; i++)
      for (int k = 0; k < references[i].n_layers; k++) n += strcmp(references[i].layers[k].type, (*t)->name) == 0;
    ck_assert_msg(n > 0, "%s has no reference", (*t)->name);
  }
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_torch, 0, n_references);
  tcase_add_test(tests, every_layer_has_a_reference);
}
