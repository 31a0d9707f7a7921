/* Winograd's algorithm against direct convolution: odd sizes, odd channels, behind an upsampling, before a pooling. */
#include "lunet.h"
#include "support/support.h"
#include "support/train.h"

#include <stdio.h>

typedef struct Example {
  const char *before, *options, *after; /* layers around the convolution, as JSON with a comma, or "" */
  int inputs;                           /* number of the convolution's input */
  LnShape shape;
} Example;

#define UPSAMPLE(scale) "{\"type\":\"upsample2d\",\"inputs\":[0],\"scale\":" scale "},"
#define POOL(size, input) ",{\"type\":\"maxpool2d\",\"inputs\":[" input "],\"size\":" size "}"

static const Example examples[] = {
    {"", "\"filters\":32", "", 0, LN_SHAPE(32, 8, 8)},
    {"", "\"filters\":33,\"activation\":\"tanh\"", "", 0, LN_SHAPE(35, 9, 6)},
    {"", "\"filters\":70,\"padding\":\"valid\",\"bias\":false", "", 0, LN_SHAPE(47, 12, 17)},
    {"", "\"filters\":32,\"padding\":2", "", 0, LN_SHAPE(32, 5, 7)},
    {UPSAMPLE("2"), "\"filters\":32", "", 1, LN_SHAPE(40, 5, 6)},
    {UPSAMPLE("[3,1]"), "\"filters\":48,\"padding\":\"valid\"", "", 1, LN_SHAPE(32, 4, 9)},
    {UPSAMPLE("2"), "\"filters\":33,\"activation\":\"leaky_relu\"", "", 1, LN_SHAPE(17, 7, 2)},
    {UPSAMPLE("2"), "\"filters\":70,\"activation\":\"relu\",\"bias\":false", "", 1, LN_SHAPE(50, 9, 21)},
    {UPSAMPLE("2"), "\"filters\":32,\"padding\":\"valid\"", "", 1, LN_SHAPE(32, 5, 4)},
    {UPSAMPLE("[2,1]"), "\"filters\":32", "", 1, LN_SHAPE(32, 5, 8)},
    {"", "\"filters\":32,\"activation\":\"relu\"", POOL("2", "1"), 0, LN_SHAPE(32, 14, 11)},
    {"", "\"filters\":40", POOL("2", "1"), 0, LN_SHAPE(33, 4, 5)},
    {"", "\"filters\":32,\"activation\":\"tanh\"", POOL("2", "1"), 0, LN_SHAPE(12, 25, 33)},
    {"", "\"filters\":33,\"activation\":\"sigmoid\"", POOL("3", "1"), 0, LN_SHAPE(32, 17, 10)},
    {"", "\"filters\":32", "", 0, LN_SHAPE(32, 45, 50)},
};

typedef struct Result {
  LnTensor *y, *dx, *grads[2];
} Result;

static Result run(const Example *e, const char *algorithm) {
  char json[512];
  LnError err;
  double loss;
  LnNetwork *net = NULL;
  Result r = {0};
  snprintf(json, sizeof json,
           "{\"input\":[],\"layers\":[%s{\"type\":\"conv2d\",\"inputs\":[%d],%s,\"algorithm\":\"%s\"}%s]}", e->before,
           e->inputs, e->options, algorithm, e->after);
  CK_OK(ln_network_from_json(&net, json, &err));
  CK_OK(ln_network_build(net, e->shape, 3, &err));
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, "{}"));
  LnTensor *x = test_random(test_batch(2, e->shape), 5, -1, 1);
  LnTensor *target = test_random(test_batch(2, ln_network_output_shape(net)), 6, -1, 1);
  CK_OK(ln_network_predict(&r.y, net, x, &err));
  CK_OK(ln_trainer_gradients(trainer, &loss, r.grads, &r.dx, x, target, &err));
  ln_tensor_unref(x), ln_tensor_unref(target);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  return r;
}

/* Relative to the largest value: the transforms add and subtract values of that size. */
static void compare(LnTensor *got, LnTensor *want) {
  if (got == NULL) return;
  int64_t n = ln_shape_count(want->shape);
  LnError err;
  LnTensor *a = NULL, *b = NULL;
  CK_OK(ln_tensor_clone(&a, got, &err));
  CK_OK(ln_tensor_clone(&b, want, &err));
  float largest = 0;
  for (int64_t i = 0; i < n; i++) largest = fmaxf(largest, fabsf(b->data[i]));
  for (int64_t i = 0; i < n; i++)
    ck_assert_msg(fabsf(a->data[i] - b->data[i]) <= 2e-5f * largest, "element %lld: got %g, want %g, largest %g",
                  (long long)i + 1, (double)a->data[i], (double)b->data[i], (double)largest);
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(got), ln_tensor_unref(want);
}

START_TEST(agrees_with_direct) {
  LnError err;
  for (int k = 0; ln_kernels_available()[k] != NULL; k++) {
    CK_OK(ln_kernels_select(ln_kernels_available()[k], &err));
    Result fast = run(&examples[_i], "auto"), direct = run(&examples[_i], "direct");
    compare(fast.y, direct.y);
    compare(fast.dx, direct.dx);
    compare(fast.grads[0], direct.grads[0]);
    compare(fast.grads[1], direct.grads[1]);
  }
}
END_TEST

START_TEST(refuses_what_it_cannot_do) {
  LnError err;
  LnItem *item = NULL;
  CK_FAILS(
      ln_item_from_json(&item, &ln_nn_conv2d.type, "{\"filters\":32,\"kernel\":5,\"algorithm\":\"winograd\"}", &err),
      LN_EARG, "conv2d: algorithm 'winograd' needs kernel 3, stride 1 and dilation 1");
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, agrees_with_direct, 0, sizeof examples / sizeof examples[0]);
  tcase_add_test(tests, refuses_what_it_cannot_do);
}
