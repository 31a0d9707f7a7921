/* The layer gaussian_noise: normal numbers of its deviation, in training alone, the same for the same seed whatever the
 * threads and instruction set; gradients pass. */
#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

static LnNetwork *network(void) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layer = test_item(&ln_nn_gaussian_noise.type, "{\"sd\": 0.25}");
  CK_OK(ln_network_sequential(&net, &layer, 1, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(6, 40, 30), 1, &err));
  ln_item_unref(layer);
  return net;
}

/* The loss of images of zeros against themselves is the mean square of what was added. */
static double mean_square(uint64_t seed, int threads) {
  LnError err;
  LnNetwork *net = network();
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, "{}"));
  LnTensor *x = NULL;
  double loss = 0;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(4, 6, 40, 30), &err));
  ln_set_threads(threads);
  ln_trainer_seed(trainer, seed);
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  ln_tensor_unref(x), ln_trainer_unref(trainer), ln_network_unref(net);
  return loss;
}

START_TEST(adds_its_deviation_in_training) {
  double first = mean_square(3, 1), n = 4 * 6 * 40 * 30;
  ck_assert_msg(fabs(first / (0.25 * 0.25) - 1) < 5 * sqrt(2 / n), "mean square %g", first);
  ck_assert(mean_square(4, 1) != first);
  for (int threads = 1; threads <= 3; threads++) ck_assert(mean_square(3, threads) == first);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(adds_nothing_in_prediction) {
  LnError err;
  LnNetwork *net = network();
  LnTensor *x = test_random(LN_SHAPE(2, 6, 40, 30), 1, -1, 1), *y = NULL;
  CK_OK(ln_network_predict(&y, net, x, &err));
  ck_assert_mem_eq(y->data, x->data, (size_t)ln_shape_count(x->shape) * sizeof(float));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_network_unref(net);
}
END_TEST

TESTS {
  tcase_add_test(tests, adds_its_deviation_in_training);
  tcase_add_test(tests, adds_nothing_in_prediction);
}
