/* Predictions with dropout at work, and values of tensors by number. */
#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "support/support.h"

/* Convolution, batch_norm, dropout of values and of channels, pooling: with running means as they are at first. */
static const char *const dropping =
    "{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":4},"
    "{\"type\":\"batch_norm\",\"inputs\":[1]},{\"type\":\"dropout\",\"inputs\":[2],\"p\":0.25},"
    "{\"type\":\"maxpool2d\",\"inputs\":[3]},{\"type\":\"dropout2d\",\"inputs\":[4],\"p\":0.5},"
    "{\"type\":\"conv2d\",\"inputs\":[5],\"filters\":2}]}";

static LnNetwork *network(const char *json) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, json, &err));
  return net;
}

static bool same(const LnTensor *a, const LnTensor *b) {
  return memcmp(a->data, b->data, (size_t)ln_shape_count(a->shape) * sizeof(float)) == 0;
}

/* Of one value x that stays with probability 1 - p: mean x, standard deviation x sqrt(p / (1 - p)). */
START_TEST(moments) {
  enum { DRAWS = 4000 };
  LnError err;
  LnNetwork *net = network("{\"input\":[1,4,4],\"layers\":[{\"type\":\"dropout\",\"inputs\":[0],\"p\":0.2}]}");
  LnTensor *x = test_random(LN_SHAPE(2, 1, 4, 4), 1, 1, 2), *mean = NULL, *sd = NULL;
  CK_OK(ln_network_predict_dropout(&mean, &sd, net, &x, DRAWS, (LnRng){1, 0}, &err));
  for (int i = 0; i < 32; i++) {
    ck_assert_float_eq_tol(mean->data[i], x->data[i], x->data[i] * 5 * 0.5 / sqrt(DRAWS));
    ck_assert_float_eq_tol(sd->data[i], x->data[i] * 0.5, x->data[i] * 0.05);
  }
  ln_tensor_unref(x), ln_tensor_unref(mean), ln_tensor_unref(sd);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* The mean of two draws is that of the first and the second, as each has a number; threads change nothing. */
START_TEST(same_bits) {
  LnError err;
  LnNetwork *net = network(dropping);
  LnTensor *x = test_random(LN_SHAPE(3, 1, 8, 8), 1, -1, 1), *mean[4] = {NULL}, *sd[4] = {NULL};
  for (int threads = 1; threads <= 4; threads++) {
    ln_set_threads(threads);
    CK_OK(ln_network_predict_dropout(&mean[threads - 1], &sd[threads - 1], net, &x, 7, (LnRng){5, 0}, &err));
    ck_assert(same(mean[threads - 1], mean[0]) && same(sd[threads - 1], sd[0]));
  }
  ck_assert(ln_shape_equal(mean[0]->shape, LN_SHAPE(3, 2, 4, 4)));
  for (int i = 0; i < 4; i++) ln_tensor_unref(mean[i]), ln_tensor_unref(sd[i]);
  ln_tensor_unref(x);
  ln_network_unref(net);
}
END_TEST

/* Plain predictions before and after are the same, and draws without an effect have no spread. */
START_TEST(plain_ones_stay) {
  LnError err;
  LnNetwork *net = network(dropping);
  LnTensor *x = test_random(LN_SHAPE(1, 1, 8, 8), 1, -1, 1), *before = NULL, *after = NULL, *mean = NULL, *sd = NULL;
  CK_OK(ln_network_predict(&before, net, x, &err));
  CK_OK(ln_network_predict_dropout(&mean, &sd, net, &x, 5, (LnRng){1, 0}, &err));
  CK_OK(ln_network_predict(&after, net, x, &err));
  ck_assert(same(before, after));
  ck_assert(ln_tensor_reduce_all(LN_RMAX, sd) > 0);
  ln_tensor_unref(mean), ln_tensor_unref(sd), ln_network_unref(net);
  net = network("{\"input\":[1,8,8],\"layers\":[{\"type\":\"dropout\",\"inputs\":[0],\"p\":0}]}");
  CK_OK(ln_network_predict_dropout(&mean, &sd, net, &x, 5, (LnRng){1, 0}, &err));
  ck_assert(same(mean, x));
  ck_assert(ln_tensor_reduce_all(LN_RMAX, sd) == 0);
  ln_tensor_unref(before), ln_tensor_unref(after), ln_tensor_unref(mean), ln_tensor_unref(sd), ln_tensor_unref(x);
  ln_network_unref(net);
}
END_TEST

START_TEST(mistakes) {
  LnError err;
  LnTensor *x = test_random(LN_SHAPE(1, 1, 8, 8), 1, -1, 1), *mean = NULL, *sd = NULL;
  LnNetwork *net = network("{\"input\":[1,8,8],\"layers\":[{\"type\":\"relu\",\"inputs\":[0]}]}");
  CK_FAILS(ln_network_predict_dropout(&mean, &sd, net, &x, 5, (LnRng){1, 0}, &err), LN_EARG, "no dropout layer");
  ln_network_unref(net);
  net = network(dropping);
  CK_FAILS(ln_network_predict_dropout(&mean, &sd, net, &x, 0, (LnRng){1, 0}, &err), LN_EARG, "at least 1");
  ln_network_unref(net), ln_tensor_unref(x);
}
END_TEST

static LnStatus draw_and_set(LnTensor *x, LnError *err) {
  LnNetwork *net = NULL;
  LnTensor *mean = NULL, *sd = NULL, *values = NULL;
  LN_TRY(ln_network_from_json(&net, dropping, err));
  LnStatus status = ln_network_predict_dropout(&mean, &sd, net, &x, 3, (LnRng){1, 0}, err);
  if (status == LN_OK) status = ln_network_values(&values, net, 0, err);
  if (status == LN_OK) status = ln_network_check_values(net, 0, values, err);
  if (status == LN_OK) status = ln_network_set_values(net, 0, values, err);
  ln_tensor_unref(mean), ln_tensor_unref(sd), ln_tensor_unref(values);
  ln_network_unref(net);
  return status;
}

START_TEST(allocations) {
  LnError err;
  LnTensor *x = test_random(LN_SHAPE(2, 1, 8, 8), 1, -1, 1);
  CK_EVERY_ALLOCATION(draw_and_set(x, &err), (void)0);
  ln_tensor_unref(x);
}
END_TEST

START_TEST(values) {
  LnError err;
  LnNetwork *net = network(dropping);
  LnTensor *x = test_random(LN_SHAPE(1, 1, 8, 8), 1, -1, 1), *copy = NULL, *zeros = NULL, *before = NULL, *after = NULL;
  CK_OK(ln_network_values(&copy, net, 0, &err));
  ck_assert(ln_shape_equal(copy->shape, LN_SHAPE(4, 1, 3, 3)));
  CK_OK(ln_tensor_new(&zeros, copy->shape, &err));
  CK_OK(ln_network_predict(&before, net, x, &err));
  CK_OK(ln_network_set_values(net, 0, zeros, &err));
  CK_OK(ln_network_predict(&after, net, x, &err));
  ck_assert(!same(before, after));
  ln_tensor_unref(after);
  CK_OK(ln_network_set_values(net, 0, copy, &err));
  CK_OK(ln_network_predict(&after, net, x, &err));
  ck_assert(same(before, after));
  CK_FAILS(ln_network_set_values(net, 1, zeros, &err), LN_ESHAPE,
           "conv2d_1.bias has shape 4, got a tensor of shape 4x1x3x3");
  ln_tensor_unref(copy), ln_tensor_unref(zeros), ln_tensor_unref(before), ln_tensor_unref(after), ln_tensor_unref(x);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, moments);
  tcase_add_test(tests, same_bits);
  tcase_add_test(tests, plain_ones_stay);
  tcase_add_test(tests, mistakes);
  tcase_add_test(tests, allocations);
  tcase_add_test(tests, values);
}
