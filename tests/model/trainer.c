/* Training steps: what is refused, that what is refused changes nothing, and batches of any size. */
#include "model/trainer.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

static LnTrainer *trainer_of(LnNetwork *net, const char *optim) {
  return test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, optim));
}

static LnNetwork *small_network(void) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net,
                             "{\"input\":[],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":6,"
                             "\"activation\":\"relu\"},{\"type\":\"conv2d\",\"inputs\":[1],\"filters\":1}]}",
                             &err));
  return net;
}

START_TEST(batches_are_checked) {
  LnError err;
  double loss;
  LnNetwork *net = small_network();
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  LnTensor *x = test_random(LN_SHAPE(3, 1, 6, 6), 1, 0, 1), *fewer = test_random(LN_SHAPE(2, 1, 6, 6), 1, 0, 1);
  LnTensor *deeper = test_random(LN_SHAPE(3, 2, 6, 6), 1, 0, 1), *flat = test_random(LN_SHAPE(6, 6), 1, 0, 1);
  LnTensor *none = test_random(LN_SHAPE(0, 1, 6, 6), 1, 0, 1);
  CK_FAILS(ln_trainer_step(trainer, &loss, x, fewer, &err), LN_ESHAPE, "input has 3 samples and target 2");
  CK_FAILS(ln_trainer_step(trainer, &loss, x, deeper, &err), LN_ESHAPE,
           "target samples are 2x6x6, but the network gives 1x6x6");
  CK_FAILS(ln_trainer_step(trainer, &loss, none, none, &err), LN_ESHAPE, "at least one sample");
  CK_FAILS(ln_trainer_evaluate(trainer, &loss, x, fewer, &err), LN_ESHAPE, "input has 3 samples");
  LnTensor *cube = test_random(LN_SHAPE(6, 6, 6), 1, 0, 1);
  CK_FAILS(ln_trainer_step(trainer, &loss, cube, cube, &err), LN_ESHAPE, "expected images N x C x H x W");
  ln_tensor_unref(x), ln_tensor_unref(fewer), ln_tensor_unref(deeper), ln_tensor_unref(flat), ln_tensor_unref(none);
  ln_tensor_unref(cube);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(nan_leaves_the_weights_alone) {
  LnError err;
  double loss;
  float kept[54];
  LnNetwork *net = small_network();
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  LnTensor *x = test_random(LN_SHAPE(3, 1, 6, 6), 1, 0, 1), *weight = NULL;
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  CK_OK(ln_network_tensor(&weight, net, 0, &err));
  ln_tensor_read(kept, weight);
  float pixel = x->data[50];
  x->data[50] = NAN;
  CK_FAILS(ln_trainer_step(trainer, &loss, x, x, &err), LN_ENUMERIC, "step 2: the loss is NaN");
  float now[54];
  ln_tensor_read(now, weight);
  ck_assert_mem_eq(kept, now, sizeof kept);
  ck_assert_int_eq(ln_trainer_steps(trainer), 1);
  x->data[50] = pixel; /* and nothing of the NaN stays behind */
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  ck_assert(isfinite(loss));
  ln_tensor_unref(x), ln_tensor_unref(weight);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
}
END_TEST

/* A rate under which the loss grows beyond all bounds is named, where the optimizer has one. */
START_TEST(a_rate_too_large_is_named) {
  LnError err;
  double loss;
  LnNetwork *net = small_network();
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 1000}");
  LnTensor *x = test_random(LN_SHAPE(3, 1, 6, 6), 1, 0, 1);
  LnStatus status = LN_OK;
  for (int i = 0; i < 100 && status == LN_OK; i++) status = ln_trainer_step(trainer, &loss, x, x, &err);
  ck_assert_int_eq(status, LN_ENUMERIC);
  ck_assert_msg(strstr(err.msg, "; lower lr (1000 now)") != NULL, "%s", err.msg);
  ln_tensor_unref(x);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
}
END_TEST

/* Where the sigmoid is 1 in float32, the loss still is what went into it. */
START_TEST(evaluation_is_exact_where_the_sigmoid_saturates) {
  LnError err;
  double step, evaluated;
  LnNetwork *net = NULL;
  LnTensor *weight = NULL, *x = test_random(LN_SHAPE(2, 1), 1, 1, 2), *target = test_random(LN_SHAPE(2, 1), 2, 0, 1);
  CK_OK(ln_network_from_json(&net,
                             "{\"input\":[1],\"layers\":[{\"type\":\"dense\",\"inputs\":[0],\"units\":1,"
                             "\"activation\":\"sigmoid\"}]}",
                             &err));
  CK_OK(ln_network_tensor(&weight, net, 0, &err));
  weight->data[0] = 40;
  ln_network_weights_changed(net);
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_bce.type, "{}"),
                                    test_item(&ln_optim_sgd.type, "{\"lr\": 1e-30}"));
  CK_OK(ln_trainer_evaluate(trainer, &evaluated, x, target, &err));
  CK_OK(ln_trainer_step(trainer, &step, x, target, &err));
  ck_assert_double_eq_tol(evaluated, step, 1e-9 * step);
  ln_tensor_unref(weight), ln_tensor_unref(x), ln_tensor_unref(target);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
}
END_TEST

/* A step that finds no memory leaves a trainer that can go on with batches of the size before. */
START_TEST(memory_may_run_out_between_batches) {
  LnError err;
  double loss;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net,
                             "{\"input\":[],\"layers\":[{\"type\":\"batch_norm\",\"inputs\":[0]},"
                             "{\"type\":\"conv2d\",\"inputs\":[1],\"filters\":6},"
                             "{\"type\":\"batch_norm\",\"inputs\":[2]},"
                             "{\"type\":\"conv2d\",\"inputs\":[3],\"filters\":1}]}",
                             &err));
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  LnTensor *ten = test_random(LN_SHAPE(10, 1, 6, 6), 1, 0, 1), *three = test_random(LN_SHAPE(3, 1, 6, 6), 1, 0, 1);
  LnStatus status = LN_EMEMORY;
  for (int after = 0; status != LN_OK; after++) {
    CK_OK(ln_trainer_step(trainer, &loss, ten, ten, &err));
    ln_memory_fail_after(after);
    status = ln_trainer_step(trainer, &loss, three, three, &err);
    ln_memory_fail_after(-1);
  }
  ln_tensor_unref(ten), ln_tensor_unref(three);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(image_size_may_change) {
  LnError err;
  double first, loss;
  LnNetwork *net = small_network();
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.05}");
  LnTensor *small = test_random(LN_SHAPE(3, 1, 6, 6), 1, 0, 1), *large = test_random(LN_SHAPE(20, 1, 9, 11), 2, 0, 1);
  CK_OK(ln_trainer_evaluate(trainer, &first, small, small, &err));
  for (int i = 0; i < 40; i++) {
    CK_OK(ln_trainer_step(trainer, &loss, i % 2 ? small : large, i % 2 ? small : large, &err));
    LnTensor *y = NULL;
    CK_OK(ln_network_predict(&y, net, i % 3 ? small : large, &err));
    ln_tensor_unref(y);
  }
  CK_OK(ln_trainer_evaluate(trainer, &loss, small, small, &err));
  ck_assert_msg(loss < 0.5 * first, "loss %g after %g", loss, first);
  ln_tensor_unref(small), ln_tensor_unref(large);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Batches of any size have the mean of their samples' gradients, on one thread and on several to the same bits: none is
 * left out or counted twice, however many shards there are and whichever are longer. */
START_TEST(a_batch_is_its_samples) {
  static const int sizes[] = {1, 7, 8, 9, 17, 21, 35};
  enum { WEIGHTS = 54 };
  int n = sizes[_i];
  LnError err;
  double loss, sum = 0, mean[WEIGHTS] = {0};
  LnNetwork *net = small_network();
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  LnTensor *x = test_random(LN_SHAPE(n, 1, 6, 6), 1, 0, 1), *grads[4];
  CK_FAILS(ln_trainer_gradients(trainer, &loss, grads, NULL, x, x, &err), LN_EARG, "the network is not built");
  CK_OK(ln_network_build(net, LN_SHAPE(1, 6, 6), 0, &err));
  for (int s = 0; s < n; s++) {
    LnTensor *one = NULL;
    CK_OK(ln_tensor_slice(&one, x, 0, s, 1, 1, &err));
    CK_OK(ln_trainer_gradients(trainer, &loss, grads, NULL, one, one, &err));
    sum += loss / n;
    for (int i = 0; i < WEIGHTS; i++) mean[i] += (double)grads[0]->data[i] / n;
    for (int i = 0; i < 4; i++) ln_tensor_unref(grads[i]);
    ln_tensor_unref(one);
  }
  float first[WEIGHTS];
  for (int threads = 1; threads <= 3; threads++) {
    ln_set_threads(threads);
    CK_OK(ln_trainer_gradients(trainer, &loss, grads, NULL, x, x, &err));
    ck_assert_double_eq_tol(loss, sum, 1e-6 * sum);
    for (int i = 0; i < WEIGHTS; i++) ck_assert_double_eq_tol((double)grads[0]->data[i], mean[i], 1e-6);
    if (threads == 1) memcpy(first, grads[0]->data, sizeof first);
    ck_assert_mem_eq(grads[0]->data, first, sizeof first);
    for (int i = 0; i < 4; i++) ln_tensor_unref(grads[i]);
  }
  ln_tensor_unref(x);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, batches_are_checked);
  tcase_add_test(tests, nan_leaves_the_weights_alone);
  tcase_add_test(tests, a_rate_too_large_is_named);
  tcase_add_test(tests, evaluation_is_exact_where_the_sigmoid_saturates);
  tcase_add_test(tests, memory_may_run_out_between_batches);
  tcase_add_test(tests, image_size_may_change);
  tcase_add_loop_test(tests, a_batch_is_its_samples, 0, 7);
}
