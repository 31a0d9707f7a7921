/* Same seed, same bits, whatever the number of threads. */
#include "base/memory.h"
#include "base/parallel.h"
#include "generic.h"

#define STEPS 3
#define MAX_TENSORS 16

/* Everything a short training leaves: losses, weights, a prediction for a batch and one for a single larger image. */
typedef struct Outcome {
  double losses[STEPS];
  int n;
  LnTensor *tensors[MAX_TENSORS + 2];
} Outcome;

static Outcome train(int threads, const LnType *optim) {
  LnError err;
  LnNetwork *net = NULL;
  Outcome outcome = {.n = 0};
  ln_set_threads(threads);
  CK_OK(net_small(&net, 42, &err));
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_bce.type, "{}"), test_item(optim, "{}"));
  LnTensor *x = test_random(LN_SHAPE(7, 1, 8, 8), 1, -1, 1), *target = test_random(x->shape, 2, 0, 1);
  LnTensor *large = test_random(LN_SHAPE(1, 1, 40, 72), 3, 0, 1), *tensor = NULL;
  for (int i = 0; i < STEPS; i++) CK_OK(ln_trainer_step(trainer, &outcome.losses[i], x, target, &err));
  ck_assert_int_le(ln_network_tensors(net), MAX_TENSORS);
  for (int i = 0; i < ln_network_tensors(net); i++) {
    CK_OK(ln_network_tensor(&tensor, net, i, &err));
    CK_OK(ln_tensor_clone(&outcome.tensors[outcome.n++], tensor, &err));
    ln_tensor_unref(tensor);
  }
  CK_OK(ln_network_predict(&outcome.tensors[outcome.n++], net, x, &err));
  CK_OK(ln_network_predict(&outcome.tensors[outcome.n++], net, large, &err));
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(large), ln_trainer_unref(trainer), ln_network_unref(net);
  return outcome;
}

static void free_outcome(Outcome *outcome) {
  for (int i = 0; i < outcome->n; i++) ln_tensor_unref(outcome->tensors[i]);
}

START_TEST(same_bits) {
  const LnType *optim = items_at("optim", _i);
  Outcome one = train(1, optim);
  for (int threads = 1; threads <= 3; threads++) {
    Outcome other = train(threads, optim);
    ck_assert_mem_eq(other.losses, one.losses, sizeof one.losses);
    ck_assert_int_eq(other.n, one.n);
    for (int i = 0; i < one.n; i++)
      ck_assert_mem_eq(other.tensors[i]->data, one.tensors[i]->data,
                       (size_t)ln_shape_count(one.tensors[i]->shape) * sizeof(float));
    free_outcome(&other);
  }
  free_outcome(&one);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, same_bits, 0, items_count("optim"));
}
