/* Batch normalisation against PyTorch: a training step's loss, gradients and running statistics, then a prediction.
 * The values are what `python tests/reference/batch_norm.py` printed (PyTorch 2.15, float64). Then what needs no
 * reference: threads, absorbed activations, large means. */
#include <stdio.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

static const float dx[] = {-0.0248476804f, -0.185646389f, -0.0605061045f, 0.174440707f, -0.0534878536f,
0.0201010176f, 0.0642620012f, 0.0151611814f, 0.149844004f, 0.143537222f, -0.0844832784f, -0.174339283f,
-0.00204048121f, -0.061580993f, -0.0323858428f, 0.0443059407f, -0.247606753f, 0.0085484965f, 0.208648711f,
0.0924103481f, 0.0485463592f, 0.0458031377f, -0.0269969959f, -0.0616874714f};
static const float dweight[] = {1.36506396f, -0.524893661f};
static const float dbias[] = {0.24899476f, 0.741931993f};
static const float running_mean[] = {0.675575559f, 0.560956535f};
static const float running_var[] = {0.87637478f, 0.895486665f};
static const float prediction[] = {4.44793743f, 5.32271439f, 5.56336997f, 5.05672008f, -0.560686968f, -0.215429746f,
-0.0222195706f, -0.0719262072f, 3.3753628f, 4.47360814f, 5.33708003f, 5.55967416f, -0.889009945f, -0.551807588f,
-0.208448523f, -0.0204198835f, 2.57168833f, 3.4004346f, 4.4991377f, 5.35106041f, -1.06009754f, -0.882309481f,
-0.542924507f, -0.201560676f};

static LnTensor *formula(double a, double b, double shift) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(3, 2, 2, 2), &err));
  for (int i = 0; i < 24; i++) t->data[i] = (float)(shift + sin(i * a + b));
  return t;
}

static LnTensor *tensor_named(LnNetwork *net, const char *name) {
  LnError err;
  LnTensor *t = NULL;
  for (int i = 0; i < ln_network_tensors(net); i++)
    if (strcmp(ln_network_tensor_name(net, i), name) == 0) CK_OK(ln_network_tensor(&t, net, i, &err));
  ck_assert_ptr_nonnull(t);
  return t;
}

static void set(LnNetwork *net, const char *name, float first, float second) {
  LnTensor *t = tensor_named(net, name);
  t->data[0] = first, t->data[1] = second;
  ln_tensor_unref(t);
  ln_network_weights_changed(net);
}

static void expect(LnNetwork *net, const char *name, const float *want) {
  LnTensor *t = tensor_named(net, name);
  ck_assert_close(t->data, want, 2, 1e-6);
  ln_tensor_unref(t);
}

static LnTrainer *trainer_of(LnNetwork *net, const char *optimizer) {
  return test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, optimizer));
}

static LnNetwork *network(void) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(
      &net, "{\"input\":[2,2,2],\"layers\":[{\"type\":\"batch_norm\",\"inputs\":[0],\"momentum\":0.2}]}", &err));
  set(net, "batch_norm_1.weight", 1.5f, -0.5f);
  set(net, "batch_norm_1.bias", 0.25f, 0.75f);
  return net;
}

START_TEST(agrees_with_pytorch) {
  LnError err;
  double loss;
  LnNetwork *net = network();
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 1e-30}"); /* a step that leaves the weights as they are */
  LnTensor *x = formula(0.7, 0.3, 3), *target = formula(1.3, 0.1, 0), *gradients[4], *d_input = NULL, *y = NULL;
  CK_OK(ln_trainer_gradients(trainer, &loss, gradients, &d_input, x, target, &err));
  ck_assert_double_eq_tol(loss, 1.86744337, 1e-6);
  ck_assert_ptr_null(gradients[0]);
  ck_assert_close(d_input->data, dx, 24, 1e-6);
  ck_assert_close(gradients[2]->data, dweight, 2, 1e-6);
  ck_assert_close(gradients[3]->data, dbias, 2, 1e-6);
  expect(net, "batch_norm_1.running_mean", (float[]){0, 0}); /* gradients alone leave the statistics alone */
  CK_OK(ln_trainer_step(trainer, &loss, x, target, &err));
  expect(net, "batch_norm_1.running_mean", running_mean);
  expect(net, "batch_norm_1.running_var", running_var);
  CK_OK(ln_network_predict(&y, net, x, &err));
  ck_assert_close(y->data, prediction, 24, 1e-6);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(d_input), ln_tensor_unref(y);
  ln_tensor_unref(gradients[2]), ln_tensor_unref(gradients[3]);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* A network with three of them and a skip, trained a little: same bits for any number of threads, and the loss falls.
 */
static double train(float weights[54], int threads) {
  static const char *const json =
      "{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":6,\"bias\":false},"
      "{\"type\":\"batch_norm\",\"inputs\":[1]},{\"type\":\"relu\",\"inputs\":[2]},"
      "{\"type\":\"conv2d\",\"inputs\":[3],\"filters\":6,\"bias\":false},{\"type\":\"batch_norm\",\"inputs\":[4]},"
      "{\"type\":\"relu\",\"inputs\":[5]},{\"type\":\"add\",\"inputs\":[3,6]},{\"type\":\"batch_norm\",\"inputs\":[7]},"
      "{\"type\":\"conv2d\",\"inputs\":[8],\"filters\":1}]}";
  LnError err;
  LnNetwork *net = NULL;
  double loss = 0, first = 0;
  ln_set_threads(threads);
  CK_OK(ln_network_from_json(&net, json, &err));
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.05, \"momentum\": 0.9}");
  LnTensor *x = test_random(LN_SHAPE(7, 1, 8, 8), 3, 0, 1);
  for (int step = 0; step < 30; step++) {
    CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
    if (step == 0) first = loss;
  }
  ck_assert_msg(loss < 0.3 * first, "loss %g after %g", loss, first);
  LnTensor *weight = tensor_named(net, "conv2d_1.weight");
  ln_tensor_read(weights, weight);
  ln_tensor_unref(weight), ln_tensor_unref(x);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  return loss;
}

START_TEST(same_bits_for_any_number_of_threads) {
  float one[54], three[54];
  ck_assert(train(one, 1) == train(three, 3));
  ck_assert_mem_eq(one, three, sizeof one);
}
END_TEST

/* The activation that follows is part of the layer's step; a dropout of nothing between the two keeps them apart. */
static const char *const followers[] = {"relu", "leaky_relu", "sigmoid", "tanh", "elu", "silu"};

typedef struct Gradients {
  double loss;
  LnTensor *dx, *tensors[4];
} Gradients;

static Gradients gradients_of(const char *follower, int channels, bool together) {
  char json[256];
  LnError err;
  LnNetwork *net = NULL;
  Gradients g = {0};
  snprintf(json, sizeof json,
           "{\"input\":[%d,5,9],\"layers\":[{\"type\":\"batch_norm\",\"inputs\":[0]},%s"
           "{\"type\":\"%s\",\"inputs\":[%d]}]}",
           channels, together ? "" : "{\"type\":\"dropout\",\"inputs\":[1],\"p\":0},", follower, together ? 1 : 2);
  CK_OK(ln_network_from_json(&net, json, &err));
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  LnTensor *x = test_random(LN_SHAPE(5, channels, 5, 9), 3, 2, 5), *target = test_random(x->shape, 4, -1, 1);
  CK_OK(ln_trainer_gradients(trainer, &g.loss, g.tensors, &g.dx, x, target, &err));
  ln_tensor_unref(x), ln_tensor_unref(target);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  return g;
}

static void compare(LnTensor *got, LnTensor *want) {
  for (int64_t i = 0; i < ln_shape_count(want->shape); i++)
    ck_assert_double_eq_tol((double)got->data[i], (double)want->data[i], 1e-7);
  ln_tensor_unref(got), ln_tensor_unref(want);
}

START_TEST(takes_an_activation_on) {
  static const int channels[] = {3, 21};
  for (int k = 0; k < 2; k++) {
    Gradients together = gradients_of(followers[_i], channels[k], true);
    Gradients apart = gradients_of(followers[_i], channels[k], false);
    ck_assert_double_eq_tol(together.loss, apart.loss, 1e-7);
    compare(together.dx, apart.dx);
    compare(together.tensors[2], apart.tensors[2]);
    compare(together.tensors[3], apart.tensors[3]);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Values of 1000 and a little: the variance is what it is of the little. */
START_TEST(large_means_cancel_nothing) {
  LnError err;
  double loss, sums[2] = {0}, squares[2] = {0};
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(
      &net, "{\"input\":[2,16,16],\"layers\":[{\"type\":\"batch_norm\",\"inputs\":[0],\"momentum\":1}]}", &err));
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  LnTensor *x = test_random(LN_SHAPE(3, 2, 16, 16), 3, 1000, 1001);
  for (int i = 0; i < 3 * 2 * 256; i++) sums[i / 256 % 2] += (double)x->data[i];
  for (int i = 0; i < 3 * 2 * 256; i++) squares[i / 256 % 2] += pow((double)x->data[i] - sums[i / 256 % 2] / 768, 2);
  CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
  expect(net, "batch_norm_1.running_mean", (float[]){(float)(sums[0] / 768), (float)(sums[1] / 768)});
  expect(net, "batch_norm_1.running_var", (float[]){(float)(squares[0] / 767), (float)(squares[1] / 767)});
  ln_tensor_unref(x);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
}
END_TEST

/* As in PyTorch: "Expected more than 1 value per channel when training". Prediction takes the running statistics. */
START_TEST(one_value_a_channel_is_refused) {
  LnError err;
  double loss;
  LnNetwork *net = NULL;
  LnTensor *grads[4];
  CK_OK(ln_network_from_json(&net,
                             "{\"input\":[],\"layers\":[{\"type\":\"relu\",\"inputs\":[0]},"
                             "{\"type\":\"batch_norm\",\"inputs\":[1]}]}",
                             &err));
  LnTrainer *trainer = trainer_of(net, "{\"lr\": 0.1}");
  const LnShape refused[] = {LN_SHAPE(1, 2, 1, 1)}, taken[] = {LN_SHAPE(2, 2, 1, 1), LN_SHAPE(1, 2, 1, 2)};
  LnTensor *one = test_random(refused[0], 1, 0, 1), *y = NULL;
  CK_FAILS(ln_trainer_step(trainer, &loss, one, one, &err), LN_ESHAPE,
           "layer 2 (batch_norm): expected more than 1 value per channel in training, got a batch of 1 of 2x1x1");
  CK_FAILS(ln_trainer_gradients(trainer, &loss, grads, NULL, one, one, &err), LN_ESHAPE, "more than 1 value");
  CK_OK(ln_trainer_evaluate(trainer, &loss, one, one, &err));
  CK_OK(ln_network_predict(&y, net, one, &err));
  for (int i = 0; i < 2; i++) {
    LnTensor *x = test_random(taken[i], 1, 0, 1);
    CK_OK(ln_trainer_step(trainer, &loss, x, x, &err));
    ln_tensor_unref(x);
  }
  ln_tensor_unref(one), ln_tensor_unref(y);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Without running statistics a prediction norms by the images that it is given, all of them: by more than take turns
 * in memory, by fewer than there are threads, and not by the ones before. */
START_TEST(prediction_without_running_statistics) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, "{\"input\":[2,6,5],\"layers\":[{\"type\":\"relu\",\"inputs\":[0]},"
                                   "{\"type\":\"batch_norm\",\"inputs\":[1],\"track_running_stats\":false}]}", &err));
  ck_assert_int_eq(ln_network_tensors(net), 2);
  for (int n = 1; n <= 5; n += 2) {
    LnTensor *x = test_random(LN_SHAPE(n, 2, 6, 5), (uint64_t)n, 1, 2), *y = NULL, *one = NULL;
    ln_set_threads(n > 1 ? 2 : 3);
    CK_OK(ln_network_predict(&y, net, x, &err));
    for (int c = 0; c < 2; c++) {
      double sum = 0, squares = 0;
      for (int i = 0; i < n * 30; i++) sum += (double)y->data[(i / 30 * 2 + c) * 30 + i % 30];
      for (int i = 0; i < n * 30; i++) squares += pow((double)y->data[(i / 30 * 2 + c) * 30 + i % 30], 2);
      ck_assert_double_eq_tol(sum / (n * 30), 0, 1e-6);
      ck_assert_double_eq_tol(squares / (n * 30), 1, 1e-3);
    }
    ln_set_threads(1);
    CK_OK(ln_network_predict(&one, net, x, &err));
    ck_assert_mem_eq(one->data, y->data, (size_t)(n * 60) * sizeof(float));
    ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(one);
  }
  ln_network_unref(net);
}
END_TEST

START_TEST(one_value_is_refused_in_prediction_without_running_statistics) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, "{\"input\":[],\"layers\":[{\"type\":\"batch_norm\",\"inputs\":[0],"
                                   "\"track_running_stats\":false}]}", &err));
  LnTensor *one = test_random(LN_SHAPE(1, 2, 1, 1), 1, 0, 1), *two = test_random(LN_SHAPE(2, 2, 1, 1), 1, 0, 1);
  LnTensor *y = NULL;
  CK_FAILS(ln_network_predict(&y, net, one, &err), LN_ESHAPE,
           "layer 1 (batch_norm): expected more than 1 value per channel in prediction without running statistics, got "
           "a batch of 1 of 2x1x1");
  CK_OK(ln_network_predict(&y, net, two, &err));
  ln_tensor_unref(one), ln_tensor_unref(two), ln_tensor_unref(y);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, agrees_with_pytorch);
  tcase_add_test(tests, same_bits_for_any_number_of_threads);
  tcase_add_loop_test(tests, takes_an_activation_on, 0, sizeof followers / sizeof followers[0]);
  tcase_add_test(tests, large_means_cancel_nothing);
  tcase_add_test(tests, one_value_a_channel_is_refused);
  tcase_add_test(tests, prediction_without_running_statistics);
  tcase_add_test(tests, one_value_is_refused_in_prediction_without_running_statistics);
}
