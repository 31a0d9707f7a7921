/* Layers that work on whole batches (nn/custom.h), written in C: the numbers are those of built-in twins, in training,
 * prediction and profile, wherever such a layer stands; bits do not depend on threads; failures change nothing. */
#include "support/custom.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

enum { STEPS = 3, MAX_TENSORS = 16 };

static TestCustom relu_test, mix_test;

static LnItem *relu(bool custom) {
  LnError err;
  LnItem *item = NULL;
  if (!custom) return test_item(&ln_nn_relu.type, "{}");
  CK_OK(test_custom_relu(&item, &relu_test, &err));
  return item;
}

/* 6 -> 6 channels. */
static LnItem *mix(bool custom) {
  LnError err;
  LnItem *item = NULL;
  if (!custom) return test_item(&ln_nn_conv2d.type, "{\"filters\": 6, \"kernel\": 1, \"bias\": false}");
  CK_OK(test_custom_mix(&item, &mix_test, 6, 6, false, &err));
  return item;
}

static LnItem *conv(const char *options) {
  return test_item(&ln_nn_conv2d.type, options);
}

static LnNode *apply(LnItem *item, LnNode *a, LnNode *b) {
  LnError err;
  LnNode *node = NULL;
  CK_OK(ln_node_apply(&node, item, (LnNode *[]){a, b}, b == NULL ? 1 : 2, &err));
  ln_item_unref(item);
  return node;
}

static LnNetwork *model(LnNode *input, LnNode *output) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_model(&net, input, output, &err));
  CK_OK(ln_network_build(net, *ln_node_shape(input), 5, &err));
  return net;
}

/* Networks of 3x6x9, with layers of our own or their twins. */

/* One after the other, with batch normalisation between. */
static LnNetwork *in_a_row(bool custom) {
  LnError err;
  LnNode *nodes[8];
  CK_OK(ln_node_input(&nodes[0], LN_SHAPE(3, 6, 9), &err));
  nodes[1] = apply(conv("{\"filters\": 6}"), nodes[0], NULL);
  nodes[2] = apply(relu(custom), nodes[1], NULL);
  nodes[3] = apply(mix(custom), nodes[2], NULL);
  nodes[4] = apply(test_item(&ln_nn_batch_norm.type, "{}"), nodes[3], NULL);
  nodes[5] = apply(relu(custom), nodes[4], NULL);
  nodes[6] = apply(conv("{\"filters\": 3}"), nodes[5], NULL);
  LnNetwork *net = model(nodes[0], nodes[6]);
  for (int i = 0; i <= 6; i++) ln_node_unref(nodes[i]);
  return net;
}

/* What a layer of our own gives is read twice, and so is what it reads. */
static LnNetwork *with_skips(bool custom) {
  LnError err;
  LnNode *nodes[8];
  CK_OK(ln_node_input(&nodes[0], LN_SHAPE(3, 6, 9), &err));
  nodes[1] = apply(conv("{\"filters\": 6, \"activation\": \"tanh\"}"), nodes[0], NULL);
  nodes[2] = apply(mix(custom), nodes[1], NULL);
  nodes[3] = apply(test_item(&ln_nn_add.type, "{}"), nodes[2], nodes[1]);
  nodes[4] = apply(relu(custom), nodes[2], NULL);
  nodes[5] = apply(test_item(&ln_nn_concat.type, "{}"), nodes[3], nodes[4]);
  nodes[6] = apply(conv("{\"filters\": 3}"), nodes[5], NULL);
  nodes[7] = apply(test_item(&ln_nn_add.type, "{}"), nodes[6], nodes[0]);
  LnNetwork *net = model(nodes[0], nodes[7]);
  for (int i = 0; i <= 7; i++) ln_node_unref(nodes[i]);
  return net;
}

/* At both ends. */
static LnNetwork *at_the_ends(bool custom) {
  LnError err;
  LnNode *nodes[4];
  CK_OK(ln_node_input(&nodes[0], LN_SHAPE(3, 6, 9), &err));
  nodes[1] = apply(relu(custom), nodes[0], NULL);
  nodes[2] = apply(conv("{\"filters\": 3}"), nodes[1], NULL);
  nodes[3] = apply(relu(custom), nodes[2], NULL);
  LnNetwork *net = model(nodes[0], nodes[3]);
  for (int i = 0; i <= 3; i++) ln_node_unref(nodes[i]);
  return net;
}

static LnNetwork *(*const networks[])(bool custom) = {in_a_row, with_skips, at_the_ends};
enum { N_NETWORKS = sizeof networks / sizeof networks[0] };

static LnTrainer *trainer_of(LnNetwork *net) {
  return test_trainer(net, test_item(&ln_loss_mse.type, "{}"),
                      test_item(&ln_optim_sgd.type, "{\"lr\": 0.05, \"momentum\": 0.9}"));
}

/* All that a network does. */
typedef struct Outcome {
  double losses[STEPS + 2];
  int n;
  LnTensor *tensors[2 * MAX_TENSORS];
} Outcome;

static void keep(Outcome *out, LnTensor *t) {
  LnError err;
  ck_assert_int_lt(out->n, 2 * MAX_TENSORS);
  CK_OK(ln_tensor_clone(&out->tensors[out->n++], t, &err));
  ln_tensor_unref(t);
}

static void keep_gradients(Outcome *out, LnTrainer *trainer, LnNetwork *net, LnTensor *x, LnTensor *target) {
  LnError err;
  LnTensor *grads[MAX_TENSORS] = {NULL}, *dx = NULL;
  CK_OK(ln_trainer_gradients(trainer, &out->losses[STEPS], grads, &dx, x, target, &err));
  for (int i = 0; i < ln_network_tensors(net); i++)
    if (grads[i] != NULL) keep(out, grads[i]);
  keep(out, dx);
}

static Outcome run(LnNetwork *net, int threads) {
  LnError err;
  Outcome out = {.n = 0};
  ln_set_threads(threads);
  LnTrainer *trainer = trainer_of(net);
  LnTensor *x = test_random(LN_SHAPE(7, 3, 6, 9), 1, -1, 1), *target = test_random(x->shape, 2, -1, 1), *t = NULL;
  LnTensor *large = test_random(LN_SHAPE(1, 3, 60, 90), 3, -1, 1);
  for (int i = 0; i < STEPS; i++) CK_OK(ln_trainer_step(trainer, &out.losses[i], x, target, &err));
  keep_gradients(&out, trainer, net, x, target);
  CK_OK(ln_trainer_evaluate(trainer, &out.losses[STEPS + 1], x, target, &err));
  for (int i = 0; i < ln_network_tensors(net); i++) {
    CK_OK(ln_network_tensor(&t, net, i, &err));
    keep(&out, t);
  }
  CK_OK(ln_network_predict(&t, net, x, &err));
  keep(&out, t);
  CK_OK(ln_network_predict(&t, net, large, &err));
  keep(&out, t);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(large), ln_trainer_unref(trainer);
  ln_network_unref(net);
  return out;
}

static void free_outcome(Outcome *out) {
  for (int i = 0; i < out->n; i++) ln_tensor_unref(out->tensors[i]);
}

START_TEST(numbers_are_those_of_built_in_twins) {
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    Outcome got = run(networks[_i](true), 2), want = run(networks[_i](false), 2);
    for (int i = 0; i < STEPS + 2; i++) ck_assert_double_eq_tol(got.losses[i], want.losses[i], 1e-5);
    ck_assert_int_eq(got.n, want.n);
    for (int i = 0; i < got.n; i++) {
      ck_assert_int_eq(ln_shape_count(got.tensors[i]->shape), ln_shape_count(want.tensors[i]->shape));
      ck_assert_close(got.tensors[i]->data, want.tensors[i]->data, ln_shape_count(want.tensors[i]->shape), 2e-5);
    }
    free_outcome(&got), free_outcome(&want);
  }
  CK_OK(ln_kernels_select(NULL, &err));
  ck_assert_int_gt(relu_test.forwards, 0);
  ck_assert_int_gt(relu_test.backwards, 0);
  ck_assert_int_eq(relu_test.held + mix_test.held, 0);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(bits_do_not_depend_on_threads) {
  Outcome one = run(networks[_i](true), 1);
  for (int threads = 2; threads <= 3; threads++) {
    Outcome other = run(networks[_i](true), threads);
    ck_assert_mem_eq(other.losses, one.losses, sizeof one.losses);
    for (int i = 0; i < one.n; i++)
      ck_assert_mem_eq(other.tensors[i]->data, one.tensors[i]->data,
                       (size_t)ln_shape_count(one.tensors[i]->shape) * sizeof(float));
    free_outcome(&other);
  }
  free_outcome(&one);
}
END_TEST

/* Predictions of many samples, which go through in parts, are those of single ones. */
START_TEST(parts_of_a_batch_are_predicted_alike) {
  LnError err;
  LnNetwork *net = in_a_row(true);
  LnTensor *x = test_random(LN_SHAPE(9, 3, 300, 300), 1, -1, 1), *all = NULL, *one = NULL, *y = NULL;
  int before = relu_test.forwards;
  CK_OK(ln_network_predict(&all, net, x, &err));
  ck_assert_int_gt(relu_test.forwards - before, 2); /* two of them, more than once each */
  CK_OK(ln_tensor_slice(&one, x, 0, 8, 1, 1, &err));
  CK_OK(ln_network_predict(&y, net, one, &err));
  ck_assert_mem_eq(y->data, all->data + 8 * 3 * 300 * 300, (size_t)ln_shape_count(y->shape) * sizeof(float));
  ln_tensor_unref(x), ln_tensor_unref(all), ln_tensor_unref(one), ln_tensor_unref(y), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Poolings that do not divide a side. */
START_TEST(samples_are_padded) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layers[] = {test_item(&ln_nn_maxpool2d.type, "{\"size\": 2}"), relu(true),
                      test_item(&ln_nn_upsample2d.type, "{\"scale\": 2}")};
  CK_OK(ln_network_sequential(&net, layers, 3, &err));
  LnTensor *x = test_random(LN_SHAPE(2, 1, 7, 9), 1, -1, 1), *y = NULL;
  CK_OK(ln_network_predict(&y, net, x, &err));
  ck_assert_str_eq(LN_SHAPE_TEXT(y->shape), "2x1x7x9");
  for (int i = 0; i < 3; i++) ln_item_unref(layers[i]);
  ln_tensor_unref(x), ln_tensor_unref(y), ln_network_unref(net);
}
END_TEST

/* ---- What fails ---- */

typedef struct Setup {
  LnNetwork *net;
  LnTrainer *trainer;
  LnTensor *x;
} Setup;

static Setup set_up(void) {
  Setup s = {.net = in_a_row(true), .x = test_random(LN_SHAPE(4, 3, 6, 9), 1, -1, 1)};
  s.trainer = trainer_of(s.net);
  return s;
}

static void tear_down(Setup *s) {
  ln_tensor_unref(s->x), ln_trainer_unref(s->trainer), ln_network_unref(s->net);
  ck_assert_int_eq(relu_test.held + mix_test.held, 0);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static void expect_failure(bool *cause, const char *message, bool predicting) {
  LnError err;
  double loss;
  float before[36], after[36];
  Setup s = set_up();
  LnTensor *w = NULL, *y = NULL;
  CK_OK(ln_trainer_step(s.trainer, &loss, s.x, s.x, &err));
  CK_OK(ln_network_tensor(&w, s.net, 2, &err));
  ln_tensor_read(before, w);
  *cause = true;
  CK_FAILS(ln_trainer_step(s.trainer, &loss, s.x, s.x, &err), err.status, message);
  if (predicting) CK_FAILS(ln_network_predict(&y, s.net, s.x, &err), err.status, message);
  *cause = false;
  ln_tensor_read(after, w);
  ck_assert_mem_eq(before, after, sizeof before);
  ck_assert_int_eq(ln_trainer_steps(s.trainer), 1);
  CK_OK(ln_trainer_step(s.trainer, &loss, s.x, s.x, &err));
  CK_OK(ln_network_predict(&y, s.net, s.x, &err));
  ln_tensor_unref(w), ln_tensor_unref(y);
  tear_down(&s);
}

START_TEST(failures_name_the_layer_and_change_nothing) {
  expect_failure(&mix_test.fail_forward, "layer 3 (mix): no", true);
  expect_failure(&mix_test.fail_backward, "layer 3 (mix): no", false);
  expect_failure(&relu_test.fail_backward, "layer 5 (my_relu): no", false);
  expect_failure(&mix_test.wrong_y, "layer 3 (mix): the result has shape 2x7, expected 4x6x6x9", false);
  expect_failure(&mix_test.wrong_dx, "layer 3 (mix): the gradient of x has shape 2x7, expected 4x6x6x9", false);
  expect_failure(&mix_test.wrong_dw, "layer 3 (mix): the gradient of w has shape 2x7, expected 6x6", false);
}
END_TEST

static LnStatus use_the_network(void *context, LnError *unused) {
  LnError err;
  Setup *s = context;
  double loss;
  LnTensor *y = NULL;
  (void)unused;
  CK_FAILS(ln_network_predict(&y, s->net, s->x, &err), LN_EARG, "the network is at work");
  CK_FAILS(ln_trainer_evaluate(s->trainer, &loss, s->x, s->x, &err), LN_EARG, "the network is at work");
  CK_FAILS(ln_trainer_step(s->trainer, &loss, s->x, s->x, &err), LN_EARG, "the network is at work");
  CK_FAILS(ln_network_build(s->net, LN_SHAPE(3, 8, 8), 0, &err), LN_EARG, "the network is at work");
  return LN_OK;
}

START_TEST(a_layer_cannot_use_its_network) {
  LnError err;
  double loss;
  Setup s = set_up();
  LnTensor *y = NULL;
  mix_test.inside = use_the_network, mix_test.context = &s;
  CK_OK(ln_trainer_step(s.trainer, &loss, s.x, s.x, &err));
  CK_OK(ln_network_predict(&y, s.net, s.x, &err));
  mix_test.inside = NULL;
  ln_tensor_unref(y);
  tear_down(&s);
}
END_TEST

/* Everything once, with every allocation failing. */
static LnStatus everything(LnTensor *x, LnError *err) {
  LnItem *items[3] = {NULL}, *loss = NULL, *optim = NULL;
  LnNetwork *net = NULL, *copy = NULL;
  LnTrainer *trainer = NULL;
  LnTensor *y = NULL;
  LnProfile *rows = NULL;
  char *json = NULL;
  double value;
  int n;
  LnStatus status = test_custom_relu(&items[0], &relu_test, err);
  if (status == LN_OK) status = ln_item_from_json(&items[1], &ln_nn_conv2d.type, "{\"filters\": 6}", err);
  if (status == LN_OK) status = test_custom_mix(&items[2], &mix_test, 3, 6, true, err);
  if (status == LN_OK) status = ln_network_sequential(&net, items, 3, err);
  if (status == LN_OK) status = ln_item_from_json(&loss, &ln_loss_mse.type, "{}", err);
  if (status == LN_OK) status = ln_item_from_json(&optim, &ln_optim_sgd.type, "{\"lr\": 0.1}", err);
  if (status == LN_OK) status = ln_trainer_new(&trainer, net, loss, optim, err);
  if (status == LN_OK) status = ln_trainer_step(trainer, &value, x, x, err);
  if (status == LN_OK) status = ln_trainer_evaluate(trainer, &value, x, x, err);
  if (status == LN_OK) status = ln_network_copy(&copy, net, err);
  if (status == LN_OK) status = ln_network_predict(&y, copy, x, err);
  if (status == LN_OK) status = ln_network_profile(&rows, &n, net, x, err);
  if (status == LN_OK) status = ln_network_to_json(&json, net, err);
  for (int i = 0; i < 3; i++) ln_item_unref(items[i]);
  ln_item_unref(loss), ln_item_unref(optim), ln_trainer_unref(trainer), ln_network_unref(net), ln_network_unref(copy);
  ln_tensor_unref(y), ln_free(rows), ln_free(json);
  return status;
}

START_TEST(every_allocation_may_fail) {
  LnError err;
  LnTensor *x = test_random(LN_SHAPE(3, 3, 4, 5), 1, -1, 1);
  CK_EVERY_ALLOCATION(everything(x, &err), (void)0);
  ck_assert_int_eq(relu_test.held + mix_test.held, 0);
  ln_tensor_unref(x);
}
END_TEST

/* ---- State, copies, names ---- */

static float seen(LnNetwork *net) {
  LnError err;
  LnTensor *t = NULL;
  ck_assert_str_eq(ln_network_tensor_name(net, 1), "mix_1.seen");
  ck_assert(!ln_network_tensor_trained(net, 1));
  CK_OK(ln_network_tensor(&t, net, 1, &err));
  float value = t->data[0];
  ln_tensor_unref(t);
  return value;
}

START_TEST(state_is_kept_by_steps_alone) {
  LnError err;
  double loss;
  LnItem *item = NULL;
  LnNetwork *net = NULL, *copy = NULL;
  LnTensor *x = test_random(LN_SHAPE(4, 3, 5, 5), 1, -1, 1), *y = NULL, *grads[2];
  CK_OK(test_custom_mix(&item, &mix_test, 3, 3, true, &err));
  CK_OK(ln_network_sequential(&net, &item, 1, &err));
  LnTrainer *trainer = trainer_of(net);
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  ck_assert(seen(net) == 8);
  CK_OK(ln_trainer_evaluate(trainer, &loss, x, x, &err));
  CK_OK(ln_network_predict(&y, net, x, &err));
  CK_OK(ln_trainer_gradients(trainer, &loss, grads, NULL, x, x, &err));
  mix_test.fail_backward = true;
  CK_FAILS(ln_trainer_step(trainer, &loss, x, x, &err), LN_EARG, "no");
  mix_test.fail_backward = false;
  ck_assert(seen(net) == 8);
  CK_OK(ln_network_copy(&copy, net, &err));
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  ck_assert(seen(net) == 12 && seen(copy) == 8);
  ck_assert_int_eq(ln_network_trained(copy).steps, 2);
  ln_item_unref(item), ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(grads[0]);
  ln_trainer_unref(trainer), ln_network_unref(net), ln_network_unref(copy);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

static LnStatus find_mix(LnItem **out, void *context, const LnCustomWanted *wanted, LnError *err) {
  ck_assert_str_eq(wanted->name, "mix");
  ck_assert_int_eq(wanted->layer, 1);
  ck_assert_int_eq(wanted->n_tensors, 2);
  ck_assert_str_eq(LN_SHAPE_TEXT(wanted->tensors[0].shape), "3x2");
  ck_assert_int_eq(wanted->tensors[1].role, LN_STATE);
  return test_custom_mix(out, &mix_test, 3, *(int64_t *)context, true, err);
}

START_TEST(files_name_the_layer) {
  LnError err;
  LnItem *item = NULL;
  LnNetwork *net = NULL, *back = NULL;
  LnTensor *x = test_random(LN_SHAPE(2, 2, 4, 4), 1, -1, 1), *y = NULL, *again = NULL;
  int64_t inputs = 2;
  LnCustomSource source = {&inputs, find_mix};
  char path[] = "/tmp/lunet-custom-XXXXXX";
  ck_assert_int_ge(mkstemp(path), 0);
  CK_OK(test_custom_mix(&item, &mix_test, 3, 2, true, &err));
  CK_OK(ln_network_sequential(&net, &item, 1, &err));
  CK_OK(ln_network_predict(&y, net, x, &err));
  CK_OK(ln_model_save(path, net, NULL, &err));
  CK_FAILS(ln_model_load(&back, NULL, path, NULL, &err), LN_EFORMAT, "layer 1: needs the custom layer 'mix'");
  CK_OK(ln_model_load(&back, NULL, path, &source, &err));
  CK_OK(ln_network_predict(&again, back, x, &err));
  ck_assert_mem_eq(again->data, y->data, (size_t)ln_shape_count(y->shape) * sizeof(float));
  ln_network_unref(back);
  inputs = 5;
  CK_FAILS(ln_model_load(&back, NULL, path, &source, &err), LN_EFORMAT,
           "'w' of the custom layer 'mix' is 3x2 in the file, and 3x5 in the one given");
  ln_item_unref(item), ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(again), ln_network_unref(net);
  remove(path);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(damaged_architectures_are_refused) {
  static const struct {
    const char *layer, *message;
  } damaged[] = {
      {"\"type\":\"custom\"", "no name in 'custom'"},
      {"\"type\":\"custom\",\"custom\":\"mix\"", "'tensors' must be a list of at most 16"},
      {"\"type\":\"custom\",\"custom\":\"mix\",\"tensors\":[{}]", "a tensor without a name"},
      {"\"type\":\"custom\",\"custom\":\"mix\",\"tensors\":[{\"name\":\"w\",\"shape\":[0]}]", "at least 1"},
      {"\"type\":\"custom\",\"custom\":\"mix\",\"tensors\":[{\"name\":\"w\",\"shape\":3}]", "'shape' must be a list"},
      {"\"type\":\"custom\",\"custom\":\"mix\",\"tensors\":[]", "needs the custom layer 'mix', which is code"}};
  LnError err;
  LnNetwork *net = NULL;
  for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
    char json[300];
    snprintf(json, sizeof json, "{\"input\":[1,4,4],\"layers\":[{\"inputs\":[0],%s}]}", damaged[i].layer);
    LnStatus status = ln_network_from_json(&net, json, &err);
    ck_assert(status == LN_EFORMAT || status == LN_EARG);
    ck_assert_msg(strstr(err.msg, damaged[i].message) != NULL, "%s", err.msg);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(names_are_checked) {
  static const struct {
    const char *name, *tensor, *message;
  } wrong[] = {{"", "w", "the name must be 1 to 31 letters"},
               {"9to5", "w", "begin with no digit"},
               {"a gate", "w", "got 'a gate'"},
               {"relu", "w", "'relu' is the name of a built-in layer"},
               {"gate", "w.v", "a weight or state: the name must be"},
               {"gate", "x2345678901234567890123456789012", "1 to 31 letters"},
               {"gate", "b", "two weights or states called 'b'"}};
  LnError err;
  LnItem *item = NULL;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    LnCustom custom = {.name = wrong[i].name,
                       .n_tensors = 2,
                       .tensors = {{.name = wrong[i].tensor, .shape = LN_SHAPE(1)}, {.name = "b", .shape = LN_SHAPE(1)}}};
    CK_FAILS(ln_custom_new(&item, &custom, &err), LN_EARG, wrong[i].message);
  }
  CK_OK(ln_item_new(&item, &ln_nn_custom.type, &err));
  CK_FAILS(ln_item_check(item, &err), LN_EARG, "no options to change");
  ck_assert_ptr_null(ln_custom_of(item));
  ln_item_unref(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Start values are broadcast; layers of one name are counted, whatever made them. */
START_TEST(tensors_start_as_told) {
  LnError err;
  LnItem *items[2] = {NULL};
  LnNetwork *net = NULL;
  LnTensor *half = NULL, *t = NULL;
  CK_OK(ln_tensor_new(&half, LN_SHAPE(1), &err));
  half->data[0] = 0.5f;
  for (int i = 0; i < 2; i++) CK_OK(test_custom_mix(&items[i], &mix_test, 3, 3, false, &err));
  LnCustom custom = *ln_custom_of(items[0]);
  custom.tensors[0].start = half;
  ln_item_unref(items[1]);
  CK_OK(ln_custom_new(&items[1], &custom, &err));
  ln_tensor_unref(half);
  CK_OK(ln_network_sequential(&net, items, 2, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(3, 4, 4), 1, &err));
  ck_assert_str_eq(ln_network_tensor_name(net, 1), "mix_2.w");
  CK_OK(ln_network_tensor(&t, net, 1, &err));
  for (int i = 0; i < 9; i++) ck_assert(t->data[i] == 0.5f);
  ln_tensor_unref(t), ln_network_unref(net);
  for (int i = 0; i < 2; i++) ln_item_unref(items[i]);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 120);
  tcase_add_loop_test(tests, numbers_are_those_of_built_in_twins, 0, N_NETWORKS);
  tcase_add_loop_test(tests, bits_do_not_depend_on_threads, 0, N_NETWORKS);
  tcase_add_test(tests, parts_of_a_batch_are_predicted_alike);
  tcase_add_test(tests, samples_are_padded);
  tcase_add_test(tests, failures_name_the_layer_and_change_nothing);
  tcase_add_test(tests, a_layer_cannot_use_its_network);
  tcase_add_test(tests, every_allocation_may_fail);
  tcase_add_test(tests, state_is_kept_by_steps_alone);
  tcase_add_test(tests, files_name_the_layer);
  tcase_add_test(tests, damaged_architectures_are_refused);
  tcase_add_test(tests, names_are_checked);
  tcase_add_test(tests, tensors_start_as_told);
}
