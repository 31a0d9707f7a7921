/* A loss that is worked out of a whole batch on the calling thread: the numbers are those of the same loss worked out
 * sample by sample, failures change nothing, and what it keeps of a step stays as it was. */
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "loss/loss.h"
#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

static LnTensor *kept; /* the y of the first call while `keeping`, with a reference */
static bool keeping, failing, batch_seen;

/* Mean squared error, written anew. */
static LnStatus eval_batch(LnItem *item, double *loss, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err) {
  int64_t n = ln_shape_count(y->shape);
  double sum = 0;
  ck_assert_str_eq(ln_item_name(item), "squares");
  if (failing) return ln_fail(err, LN_EARG, "squares: no");
  if (grad != NULL) LN_TRY(ln_tensor_new(grad, y->shape, err));
  for (int64_t i = 0; i < n; i++) {
    float difference = y->data[i] - target->data[i];
    sum += (double)difference * (double)difference;
    if (grad != NULL) (*grad)->data[i] = 2 * difference / (float)n;
  }
  if (keeping && kept == NULL) kept = ln_tensor_ref(y);
  batch_seen = batch_seen || y->shape.d[0] > 1;
  *loss = sum / (double)n;
  return LN_OK;
}

static const LnLossType squares = {
    .type = {.kind = "loss", .name = "squares"}, .eval_batch = eval_batch, .range = {-INFINITY, INFINITY}};

static const char *const plain =
    "{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":5,\"activation\":\"tanh\"},"
    "{\"type\":\"conv2d\",\"inputs\":[1],\"filters\":1}]}";
static const char *const normed =
    "{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":5},"
    "{\"type\":\"batch_norm\",\"inputs\":[1]},{\"type\":\"conv2d\",\"inputs\":[2],\"filters\":1}]}";

enum { WEIGHTS = 45, STEPS = 4 };

typedef struct Outcome {
  double losses[STEPS], evaluated;
  float weights[WEIGHTS];
} Outcome;

static void train(Outcome *out, const char *json, const LnType *loss, int threads) {
  LnError err;
  LnNetwork *net = NULL;
  LnTensor *x = test_random(LN_SHAPE(11, 1, 8, 8), 1, 0, 1), *target = test_random(x->shape, 2, 0, 1), *weight = NULL;
  LnItem *item = NULL;
  ln_set_threads(threads);
  CK_OK(ln_network_from_json(&net, json, &err));
  CK_OK(ln_item_new(&item, loss, &err));
  LnTrainer *trainer = test_trainer(net, item, test_item(&ln_optim_sgd.type, "{\"lr\": 0.1, \"momentum\": 0.9}"));
  for (int i = 0; i < STEPS; i++) CK_OK(ln_trainer_step(trainer, &out->losses[i], x, target, &err));
  CK_OK(ln_trainer_evaluate(trainer, &out->evaluated, x, target, &err));
  CK_OK(ln_network_tensor(&weight, net, 0, &err));
  ln_tensor_read(out->weights, weight);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(weight);
  ln_trainer_unref(trainer), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static void expect_same_training(const char *json) {
  Outcome batch, samples, again;
  batch_seen = false;
  train(&batch, json, &squares.type, 1);
  train(&samples, json, &ln_loss_mse.type, 1);
  ck_assert(batch_seen);
  for (int i = 0; i < STEPS; i++) ck_assert_double_eq_tol(batch.losses[i], samples.losses[i], 1e-6);
  ck_assert_double_eq_tol(batch.evaluated, samples.evaluated, 1e-6);
  ck_assert_close(batch.weights, samples.weights, WEIGHTS, 1e-5);
  for (int threads = 2; threads <= 3; threads++) {
    train(&again, json, &squares.type, threads);
    ck_assert_mem_eq(again.losses, batch.losses, sizeof batch.losses);
    ck_assert_mem_eq(again.weights, batch.weights, sizeof batch.weights);
    ck_assert(again.evaluated == batch.evaluated);
  }
}

START_TEST(the_numbers_are_those_of_samples) {
  expect_same_training(plain);
}
END_TEST

START_TEST(beside_layers_that_look_across_the_batch) {
  expect_same_training(normed);
}
END_TEST

START_TEST(failures_leave_all_as_it_was) {
  LnError err;
  double loss;
  float before[WEIGHTS], after[WEIGHTS];
  LnNetwork *net = NULL;
  LnItem *item = NULL;
  LnTensor *x = test_random(LN_SHAPE(3, 1, 8, 8), 1, 0, 1), *weight = NULL;
  CK_OK(ln_network_from_json(&net, plain, &err));
  CK_OK(ln_item_new(&item, &squares.type, &err));
  LnTrainer *trainer = test_trainer(net, item, test_item(&ln_optim_sgd.type, "{\"lr\": 0.1}"));
  CK_OK(ln_network_tensor(&weight, net, 0, &err));
  ln_tensor_read(before, weight);
  failing = true;
  CK_FAILS(ln_trainer_step(trainer, &loss, x, x, &err), LN_EARG, "squares: no");
  CK_FAILS(ln_trainer_evaluate(trainer, &loss, x, x, &err), LN_EARG, "squares: no");
  failing = false;
  ln_tensor_read(after, weight);
  ck_assert_mem_eq(before, after, sizeof before);
  ck_assert_int_eq(ln_trainer_steps(trainer), 0);
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  ln_tensor_unref(x), ln_tensor_unref(weight), ln_trainer_unref(trainer), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Whoever keeps y finds in it, after later steps, what was there. */
START_TEST(outputs_may_be_kept) {
  LnError err;
  double loss;
  LnNetwork *net = NULL;
  LnItem *item = NULL;
  LnTensor *x = test_random(LN_SHAPE(3, 1, 8, 8), 1, 0, 1), *copy = NULL;
  CK_OK(ln_network_from_json(&net, plain, &err));
  CK_OK(ln_item_new(&item, &squares.type, &err));
  LnTrainer *trainer = test_trainer(net, item, test_item(&ln_optim_sgd.type, "{\"lr\": 0.1}"));
  keeping = true;
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  CK_OK(ln_tensor_clone(&copy, kept, &err));
  for (int i = 0; i < 3; i++) CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  keeping = false;
  ck_assert_mem_eq(copy->data, kept->data, (size_t)ln_shape_count(copy->shape) * sizeof(float));
  ln_tensor_unref(kept), kept = NULL;
  ln_tensor_unref(x), ln_tensor_unref(copy), ln_trainer_unref(trainer), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

static LnStatus step_once(LnNetwork *net, LnTensor *x, LnError *err) {
  LnItem *item = NULL, *optim = NULL;
  LnTrainer *trainer = NULL;
  double loss;
  LnStatus status = ln_item_new(&item, &squares.type, err);
  if (status == LN_OK) status = ln_item_from_json(&optim, &ln_optim_sgd.type, "{\"lr\": 0.1}", err);
  if (status == LN_OK) status = ln_trainer_new(&trainer, net, item, optim, err);
  if (status == LN_OK) status = ln_trainer_step(trainer, &loss, x, x, err);
  ln_trainer_unref(trainer), ln_item_unref(item), ln_item_unref(optim);
  return status;
}

START_TEST(every_allocation_may_fail) {
  LnError err;
  LnNetwork *net = NULL;
  LnTensor *x = test_random(LN_SHAPE(3, 1, 8, 8), 1, 0, 1);
  CK_OK(ln_network_from_json(&net, plain, &err));
  CK_EVERY_ALLOCATION(step_once(net, x, &err), (void)0);
  ln_tensor_unref(x), ln_network_unref(net);
}
END_TEST

TESTS {
  tcase_add_test(tests, the_numbers_are_those_of_samples);
  tcase_add_test(tests, beside_layers_that_look_across_the_batch);
  tcase_add_test(tests, failures_leave_all_as_it_was);
  tcase_add_test(tests, outputs_may_be_kept);
  tcase_add_test(tests, every_allocation_may_fail);
}
