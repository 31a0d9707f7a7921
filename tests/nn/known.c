/* Outputs, losses and gradients of small networks of every layer against PyTorch, on every instruction set.
 *
 * The networks are stated in <name>.py, and tests/reference/nn.py runs them; inputs and weights come from a formula. */
#include "nn/known.h"

#include "kernels/kernels.h"
#include "loss/loss.h"
#include "nn/layer.h"
#include "optim/optim.h"
#include "support/formula.h"
#include "support/train.h"

enum { BATCH = 3 };

static bool is_sequence(const KnownNetwork *r) {
  for (int i = 0; i < r->n_layers; i++)
    if (r->layers[i].n_inputs != 1 || r->layers[i].inputs[0] != i) return false;
  return true;
}

static LnNetwork *network_from_nodes(const KnownNetwork *r, LnItem *const *items) {
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

/* The weights of nn.py: the i-th that is trained is sequence 10 + i, within 1.5 / sqrt(fan-in), vectors within 0.5. */
static void set_weights(const KnownNetwork *r, LnNetwork *net) {
  LnError err;
  int trained = 0;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    if (!ln_network_tensor_trained(net, i)) continue;
    LnTensor *view = NULL;
    ck_assert_int_lt(trained, r->n_tensors);
    ck_assert_str_eq(ln_network_tensor_name(net, i), r->tensors[trained].name);
    CK_OK(ln_network_tensor(&view, net, i, &err));
    int64_t n = ln_shape_count(view->shape);
    double bound = view->shape.n == 1 ? 0.5 : 1.5 / sqrt((double)(n / view->shape.d[0]));
    LnTensor *values = test_formula_tensor(view->shape, (uint32_t)(10 + trained++), -bound, bound);
    CK_OK(ln_tensor_copy(view, values, &err));
    ln_tensor_unref(values);
    ln_tensor_unref(view);
  }
  ck_assert_int_eq(trained, r->n_tensors);
  ln_network_weights_changed(net);
}

static LnNetwork *network_of(const KnownNetwork *r) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *items[MAX_LAYERS];
  for (int i = 0; i < r->n_layers; i++)
    items[i] = test_item(test_type("nn", r->layers[i].type), r->layers[i].options);
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

static void check_gradients(const KnownNetwork *r, LnNetwork *net, LnTensor *x) {
  LnError err;
  LnTrainer *trainer = test_trainer(net, test_item(test_type("loss", r->loss), "{}"),
                                    test_item(&ln_optim_sgd.type, "{}"));
  LnTensor *grads[LN_MAX_TENSORS * MAX_LAYERS] = {NULL}, *dx = NULL;
  LnTensor *target = test_formula_tensor(test_batch(BATCH, ln_network_output_shape(net)), 2, 0, 1);
  double value = 0;
  CK_OK(ln_trainer_gradients(trainer, &value, grads, &dx, x, target, &err));
  ck_assert_msg(fabs(value - r->value) <= 1e-6 * r->value, "loss: got %.9g, want %.9g", value, r->value);
  check_digest(&r->dx, dx, 1e-5);
  for (int i = 0, trained = 0; i < ln_network_tensors(net); i++) {
    if (grads[i] != NULL) check_digest(&r->tensors[trained++], grads[i], 1e-5);
    ln_tensor_unref(grads[i]);
  }
  ln_tensor_unref(dx);
  ln_tensor_unref(target);
  ln_trainer_unref(trainer);
}

START_TEST(agrees_with_torch) {
  LnError err;
  const LnType *type;
  const KnownNetwork *r = known_at(&type, _i);
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    LnNetwork *net = network_of(r);
    LnTensor *x = test_formula_tensor(test_batch(BATCH, r->input), 1, -1, 1), *y = NULL;
    CK_OK(ln_network_predict(&y, net, x, &err));
    check_digest(&r->y, y, 1e-5);
    check_gradients(r, net, x);
    ln_tensor_unref(y);
    ln_tensor_unref(x);
    ln_network_unref(net);
  }
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_torch, 0, known_count());
}
