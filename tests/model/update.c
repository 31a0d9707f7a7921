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
  static const char *const names[] = {"steps",    "updates", "gathered",     "averaged",
                                      "lr",       "weight_decay", "dense_1.weight.updates"};
  ck_assert_int_eq(ln_update_state_numbers(update), 7);
  for (int i = 0; i < 7; i++) ck_assert_str_eq(ln_update_state_number_name(update, i).text, names[i]);
  CK_FAILS(ln_update_check_state_number(update, 0, 0.5, &err), LN_EARG,
           "trainer: steps must be a whole number of at least 0, got 0.5");
  CK_FAILS(ln_update_check_state_number(update, 1, -1, &err), LN_EARG, "updates must be a whole number");
  CK_FAILS(ln_update_check_state_number(update, 1, 1e17, &err), LN_EARG, "updates must be a whole number");
  CK_FAILS(ln_update_check_state_number(update, 4, NAN, &err), LN_EARG, "lr must be a number of at least 0");
  ln_trainer_unref(trainer), ln_network_unref(net);
}
END_TEST

static LnStatus make_and_drop(LnTrainer **out, LnNetwork *net, LnItem *loss, LnItem *optim, LnError *err) {
  LN_TRY(ln_trainer_new(out, net, loss, optim, err));
  LnStatus status = ln_update_prepare(ln_trainer_update(*out), err);
  ln_trainer_unref(*out);
  return status;
}

static LnStatus configure(LnNetwork *net, LnItem *loss, LnItem *adam, const LnUpdateOptions *options, LnError *err) {
  LnTrainer *trainer = NULL;
  LN_TRY(ln_trainer_new(&trainer, net, loss, adam, err));
  LnStatus status = ln_update_configure(ln_trainer_update(trainer), options, err);
  ln_trainer_unref(trainer);
  return status;
}

static const char *const every[] = {"*"};

START_TEST(options_are_checked) {
  LnError err;
  LnNetwork *net = one_weight(1);
  LnItem *loss = test_item(&ln_loss_mse.type, "{}"), *adam = test_item(&ln_optim_adam.type, "{}");
  const struct {
    LnUpdateOptions options;
    const char *message;
  } wrong[] = {
      {{.clip_norm = 1, .clip_value = 1}, "gradients are clipped by norm or by value, not by both"},
      {{.clip_norm = -1}, "option 'clip' must be a norm above 0, got -1"},
      {{.clip_value = INFINITY}, "option 'clip' must be a value above 0, got inf"},
      {{.accumulate = -1}, "option 'accumulate' must be at least 1, got -1"},
      {{.ema = 1}, "option 'ema' must be above 0 and below 1, got 1"},
      {{.ema = 0.5, .swa = true}, "the average is a running one (ema) or that of all (swa), not both"},
      {{.swa = true, .average_from = -1}, "option 'from' must be at least 0"},
      {{.swa = true, .average_every = -1}, "option 'every' must be at least 0"},
      {{.n_rates = 1, .rate_patterns = (const char *const[]){"*"}, .rate_factors = (const double[]){-1}},
       "option 'rates' must be factors of at least 0, got -1"},
      {{.n_rates = 1, .rate_patterns = (const char *const[]){"enc*"}, .rate_factors = (const double[]){1}},
       "option 'rates': no parameter or layer is called 'enc*'; one is called dense_1.weight"},
      {{.n_penalties = 1, .penalty_patterns = every, .penalties = (const LnPenalty[]){{-1, 0}}},
       "option 'weight_penalty' must be a finite l1 of at least 0, got -1"},
      {{.n_penalties = 1, .penalty_patterns = every, .penalties = (const LnPenalty[]){{0, NAN}}},
       "option 'weight_penalty' must be a finite l2 of at least 0, got nan"},
      {{.n_penalties = 1, .penalty_patterns = (const char *const[]){"enc*"}, .penalties = (const LnPenalty[]){{1, 0}}},
       "option 'weight_penalty': no parameter or layer is called 'enc*'; one is called dense_1.weight"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    CK_FAILS(configure(net, loss, adam, &wrong[i].options, &err), LN_EARG, wrong[i].message);
  LnUpdateOptions all = {.schedule = test_item(&ln_schedule_plateau.type, "{}"), .clip_norm = 1, .accumulate = 2,
                         .ema = 0.5, .n_rates = 1, .rate_patterns = (const char *const[]){"dense_?.w*"},
                         .rate_factors = (const double[]){2}, .n_penalties = 1, .penalty_patterns = every,
                         .penalties = (const LnPenalty[]){{1, 2}}};
  CK_EVERY_ALLOCATION(configure(net, loss, adam, &all, &err), (void)0);
  ln_item_unref(all.schedule), ln_item_unref(loss), ln_item_unref(adam);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* All the state that there can be goes on bit for bit, in the middle of an accumulation. */
START_TEST(everything_goes_on_from_its_state) {
  LnError err;
  LnNetwork *net = one_weight(1), *other_net = NULL;
  LnUpdateOptions options = {.schedule = test_item(&ln_schedule_plateau.type, "{\"patience\": 0}"), .clip_norm = 0.5,
                             .accumulate = 3, .ema = 0.5};
  LnTrainer *trainer = trainer_of(net, &ln_optim_adam.type, "{}"), *other;
  CK_OK(ln_update_configure(ln_trainer_update(trainer), &options, &err));
  for (int i = 0; i < 7; i++) step(trainer), ln_update_observe(ln_trainer_update(trainer), i == 1 ? -2 : 3);
  CK_OK(ln_network_copy(&other_net, net, &err));
  other = trainer_of(other_net, &ln_optim_adam.type, "{}");
  CK_OK(ln_update_configure(ln_trainer_update(other), &options, &err));
  LnUpdate *from = ln_trainer_update(trainer), *to = ln_trainer_update(other);
  CK_OK(ln_update_prepare(to, &err));
  ck_assert_int_eq(ln_update_state_tensors(from), 4); /* mean, square, gradient, average */
  for (int i = 0; i < 4; i++) {
    LnTensor *a = NULL, *b = NULL;
    CK_OK(ln_update_state_tensor(&a, from, i, &err));
    CK_OK(ln_update_state_tensor(&b, to, i, &err));
    CK_OK(ln_tensor_copy(b, a, &err));
    ln_tensor_unref(a), ln_tensor_unref(b);
  }
  for (int i = 0; i < ln_update_state_numbers(from); i++) {
    CK_OK(ln_update_check_state_number(to, i, ln_update_state_number(from, i), &err));
    ln_update_set_state_number(to, i, ln_update_state_number(from, i));
  }
  for (int i = 0; i < 5; i++) step(trainer), step(other);
  ck_assert_double_eq(weight_of(net), weight_of(other_net));
  ck_assert_double_eq(ln_update_rate(from), ln_update_rate(to));
  ck_assert(ln_update_rate(from) < 1e-3);
  CK_OK(ln_update_swap(from, &err));
  CK_OK(ln_update_swap(to, &err));
  ck_assert_double_eq(weight_of(net), weight_of(other_net));
  ln_item_unref(options.schedule);
  ln_trainer_unref(trainer), ln_trainer_unref(other), ln_network_unref(net), ln_network_unref(other_net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(a_network_without_parameters_has_no_state) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, "{\"input\":[],\"layers\":[{\"type\":\"dense\",\"inputs\":[0],\"units\":1}]}",
                             &err));
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
  tcase_add_test(tests, options_are_checked);
  tcase_add_test(tests, everything_goes_on_from_its_state);
  tcase_add_test(tests, a_network_without_parameters_has_no_state);
}
