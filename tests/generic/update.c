/* The state of trainers by name, for every optimizer: what is copied and written back goes on bit for bit. */
#include "generic.h"

enum { BEFORE = 2, AFTER = 2, MAX_STATE = 128 };

typedef struct Saved {
  int n_tensors, n_numbers, n_weights;
  LnTensor *tensors[MAX_STATE], *weights[MAX_STATE];
  double numbers[MAX_STATE];
} Saved;

static LnTrainer *make(const LnType *optim, const char *options, LnNetwork **net) {
  LnError err;
  CK_OK(net_small(net, 42, &err));
  return test_trainer(*net, test_item(&ln_loss_bce.type, "{}"), test_item(optim, options));
}

static void steps(LnTrainer *trainer, int n) {
  LnError err;
  double loss;
  LnTensor *x = test_random(LN_SHAPE(7, 1, 8, 8), 1, -1, 1), *target = test_random(x->shape, 2, 0, 1);
  for (int i = 0; i < n; i++) CK_OK(ln_trainer_step(trainer, &loss, x, target, &err));
  ln_tensor_unref(x), ln_tensor_unref(target);
}

static LnTensor *copy_of(LnTensor *view) {
  LnError err;
  LnTensor *copy = NULL;
  CK_OK(ln_tensor_clone(&copy, view, &err));
  ln_tensor_unref(view);
  return copy;
}

static LnTensor *state_at(LnUpdate *update, int i) {
  LnError err;
  LnTensor *view = NULL;
  CK_OK(ln_update_state_tensor(&view, update, i, &err));
  return view;
}

static LnTensor *weight_at(LnNetwork *net, int i) {
  LnError err;
  LnTensor *view = NULL;
  CK_OK(ln_network_tensor(&view, net, i, &err));
  return view;
}

static Saved save(LnTrainer *trainer) {
  LnUpdate *update = ln_trainer_update(trainer);
  LnNetwork *net = ln_trainer_network(trainer);
  Saved saved = {ln_update_state_tensors(update), ln_update_state_numbers(update), ln_network_tensors(net), {0}, {0}, {0}};
  ck_assert(saved.n_tensors <= MAX_STATE && saved.n_numbers <= MAX_STATE && saved.n_weights <= MAX_STATE);
  for (int i = 0; i < saved.n_tensors; i++) saved.tensors[i] = copy_of(state_at(update, i));
  for (int i = 0; i < saved.n_weights; i++) saved.weights[i] = copy_of(weight_at(net, i));
  for (int i = 0; i < saved.n_numbers; i++) saved.numbers[i] = ln_update_state_number(update, i);
  return saved;
}

static void write_back(LnTensor *view, const LnTensor *from) {
  LnError err;
  CK_OK(ln_tensor_copy(view, from, &err));
  ln_tensor_unref(view);
}

static void restore(LnTrainer *trainer, const Saved *saved) {
  LnError err;
  LnUpdate *update = ln_trainer_update(trainer);
  LnNetwork *net = ln_trainer_network(trainer);
  CK_OK(ln_update_prepare(update, &err));
  ck_assert_int_eq(ln_update_state_tensors(update), saved->n_tensors);
  ck_assert_int_eq(ln_update_state_numbers(update), saved->n_numbers);
  for (int i = 0; i < saved->n_tensors; i++) write_back(state_at(update, i), saved->tensors[i]);
  for (int i = 0; i < saved->n_weights; i++) write_back(weight_at(net, i), saved->weights[i]);
  for (int i = 0; i < saved->n_numbers; i++) {
    CK_OK(ln_update_check_state_number(update, i, saved->numbers[i], &err));
    ln_update_set_state_number(update, i, saved->numbers[i]);
  }
  ln_network_weights_changed(net);
  ln_network_set_trained(net, (LnTrained){.steps = BEFORE});
}

static void check_same(const Saved *a, const Saved *b) {
  ck_assert_mem_eq(a->numbers, b->numbers, sizeof a->numbers);
  for (int i = 0; i < a->n_tensors; i++)
    ck_assert_mem_eq(a->tensors[i]->data, b->tensors[i]->data, (size_t)ln_shape_count(a->tensors[i]->shape) * 4);
  for (int i = 0; i < a->n_weights; i++)
    ck_assert_mem_eq(a->weights[i]->data, b->weights[i]->data, (size_t)ln_shape_count(a->weights[i]->shape) * 4);
}

static void drop(Saved *saved) {
  for (int i = 0; i < saved->n_tensors; i++) ln_tensor_unref(saved->tensors[i]);
  for (int i = 0; i < saved->n_weights; i++) ln_tensor_unref(saved->weights[i]);
}

START_TEST(state_goes_on_bit_for_bit) {
  ItemCase it = cases_at("optim", _i);
  LnNetwork *net = NULL, *again = NULL;
  LnTrainer *trainer = make(it.type, it.example->options, &net), *other = make(it.type, it.example->options, &again);
  steps(trainer, BEFORE);
  Saved saved = save(trainer);
  steps(trainer, AFTER);
  Saved whole = save(trainer);
  restore(other, &saved);
  ck_assert_int_eq(ln_trainer_steps(other), BEFORE);
  steps(other, AFTER);
  Saved resumed = save(other);
  check_same(&whole, &resumed);
  drop(&saved), drop(&whole), drop(&resumed);
  ln_trainer_unref(trainer), ln_trainer_unref(other);
  ln_network_unref(net), ln_network_unref(again);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Each array of an optimizer has a name of its own. */
START_TEST(states_are_named) {
  ItemCase it = cases_at("optim", _i);
  const LnOptimType *type = (const LnOptimType *)(const void *)it.type;
  LnItem *item = test_item(it.type, it.example->options);
  const char *names[LN_OPTIM_MAX_STATES];
  int n = type->states(ln_item_options(item), names);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < i; k++) ck_assert_str_ne(names[i], names[k]);
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, state_goes_on_bit_for_bit, 0, cases_count("optim"));
  tcase_add_loop_test(tests, states_are_named, 0, cases_count("optim"));
}
