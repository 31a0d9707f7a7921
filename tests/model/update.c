/* What trainers do with gradients: rates that change, and what may not be set. */
#include "model/update.h"

#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

/* y = w x for one number: with mse, target 0 and x = 1 the gradient is 2 w. */
static LnNetwork *one_weight(float w) {
  LnError err;
  LnNetwork *net = NULL;
  LnTensor *weight = NULL;
  CK_OK(ln_network_from_json(
      &net, "{\"input\":[1],\"layers\":[{\"type\":\"dense\",\"inputs\":[0],\"units\":1,\"bias\":false}]}", &err));
  CK_OK(ln_network_tensor(&weight, net, 0, &err));
  weight->data[0] = w;
  ln_tensor_unref(weight);
  ln_network_weights_changed(net);
  return net;
}

static double weight_of(LnNetwork *net) {
  LnError err;
  LnTensor *weight = NULL;
  CK_OK(ln_network_tensor(&weight, net, 0, &err));
  double w = (double)weight->data[0];
  ln_tensor_unref(weight);
  return w;
}

static void step(LnTrainer *trainer) {
  LnError err;
  double loss;
  LnTensor *one = NULL, *zero = NULL;
  CK_OK(ln_tensor_new(&one, LN_SHAPE(1, 1), &err));
  CK_OK(ln_tensor_new(&zero, LN_SHAPE(1, 1), &err));
  one->data[0] = 1;
  CK_OK(ln_trainer_step(trainer, &loss, one, zero, &err));
  ln_tensor_unref(one), ln_tensor_unref(zero);
}

static LnTrainer *trainer_of(LnNetwork *net, const LnType *optim, const char *options) {
  return test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(optim, options));
}

START_TEST(rate_and_decay_change) {
  LnError err;
  LnNetwork *net = one_weight(1);
  LnTrainer *trainer = trainer_of(net, &ln_optim_sgd.type, "{\"lr\": 0.25}");
  LnUpdate *update = ln_trainer_update(trainer);
  ck_assert_double_eq(ln_update_lr(update), 0.25);
  step(trainer); /* w = 1 - 0.25 * 2 */
  ck_assert_double_eq(weight_of(net), 0.5);
  CK_OK(ln_update_set_lr(update, 0.125, &err));
  step(trainer);
  ck_assert_double_eq(weight_of(net), 0.375);
  CK_OK(ln_update_set_weight_decay(update, 2, &err)); /* the gradient is 2 w + 2 w */
  step(trainer);
  ck_assert_double_eq(weight_of(net), 0.1875);
  ck_assert_int_eq(ln_update_count(update), 3);
  CK_FAILS(ln_update_set_lr(update, -1, &err), LN_EARG, "sgd: option 'lr' must be a number of at least 0, got -1");
  CK_FAILS(ln_update_set_lr(update, NAN, &err), LN_EARG, "sgd: option 'lr' must be");
  CK_FAILS(ln_update_set_weight_decay(update, INFINITY, &err), LN_EARG, "sgd: option 'weight_decay' must be");
  ck_assert_double_eq(ln_update_lr(update), 0.125);
  ln_trainer_unref(trainer), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Layers of their own state numbers: names, and what counts may be. */
START_TEST(numbers_of_the_state_are_checked) {
  LnError err;
  LnNetwork *net = one_weight(1);
  LnTrainer *trainer = trainer_of(net, &ln_optim_adam.type, "{}");
  LnUpdate *update = ln_trainer_update(trainer);
  ck_assert_int_eq(ln_update_state_tensors(update), 0);
  CK_OK(ln_update_prepare(update, &err));
  ck_assert_str_eq(ln_update_state_tensor_name(update, 1).text, "dense_1.weight.square");
  static const char *const names[] = {"steps", "updates", "lr", "weight_decay", "dense_1.weight.updates"};
  ck_assert_int_eq(ln_update_state_numbers(update), 5);
  for (int i = 0; i < 5; i++) ck_assert_str_eq(ln_update_state_number_name(update, i).text, names[i]);
  CK_FAILS(ln_update_check_state_number(update, 0, 0.5, &err), LN_EARG,
           "trainer: steps must be a whole number of at least 0, got 0.5");
  CK_FAILS(ln_update_check_state_number(update, 1, -1, &err), LN_EARG, "updates must be a whole number");
  CK_FAILS(ln_update_check_state_number(update, 1, 1e17, &err), LN_EARG, "updates must be a whole number");
  CK_FAILS(ln_update_check_state_number(update, 2, NAN, &err), LN_EARG, "lr must be a number of at least 0");
  ln_trainer_unref(trainer), ln_network_unref(net);
}
END_TEST

static LnStatus make_and_drop(LnTrainer **out, LnNetwork *net, LnItem *loss, LnItem *optim, LnError *err) {
  LN_TRY(ln_trainer_new(out, net, loss, optim, err));
  LnStatus status = ln_update_prepare(ln_trainer_update(*out), err);
  ln_trainer_unref(*out);
  return status;
}

START_TEST(a_network_without_parameters_has_no_state) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, "{\"input\":[],\"layers\":[{\"type\":\"dense\",\"inputs\":[0],\"units\":1}]}", &err));
  LnTrainer *trainer = trainer_of(net, &ln_optim_sgd.type, "{}");
  CK_FAILS(ln_update_prepare(ln_trainer_update(trainer), &err), LN_EARG, "the network has no parameters yet");
  CK_OK(ln_network_build(net, LN_SHAPE(3), 1, &err));
  LnItem *loss = test_item(&ln_loss_mse.type, "{}"), *adam = test_item(&ln_optim_adam.type, "{}");
  LnTrainer *made = NULL;
  CK_EVERY_ALLOCATION(make_and_drop(&made, net, loss, adam, &err), (void)0);
  ln_item_unref(loss), ln_item_unref(adam);
  ln_trainer_unref(trainer), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, rate_and_decay_change);
  tcase_add_test(tests, numbers_of_the_state_are_checked);
  tcase_add_test(tests, a_network_without_parameters_has_no_state);
}
