/* Training steps: what is refused, and that what is refused changes nothing. */
#include "model/trainer.h"

#include "base/memory.h"
#include "lunet.h"
#include "suite.h"

static LnTrainer *trainer_of(LnNetwork *net, const char *optim) {
  LnError err;
  LnTrainer *trainer = NULL;
  LnItem *loss = test_item(&ln_loss_mse.type, "{}"), *rule = test_item(&ln_optim_sgd.type, optim);
  CK_OK(ln_trainer_new(&trainer, net, loss, rule, &err));
  ln_item_unref(loss), ln_item_unref(rule);
  return trainer;
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

TCase *trainer_tests(void) {
  TCase *tests = tcase_create("trainer");
  tcase_add_test(tests, batches_are_checked);
  tcase_add_test(tests, nan_leaves_the_weights_alone);
  tcase_add_test(tests, image_size_may_change);
  return tests;
}
