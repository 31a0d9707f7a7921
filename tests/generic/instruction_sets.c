/* Every instruction set of this processor against the baseline: predictions and gradients of every layer case, and of
 * convolutions with channel counts around the vector lengths. They differ near the seventh digit (fused
 * multiply-add). */
#include <stdio.h>

#include "generic.h"

#define TOLERANCE 1e-4
#define LONGEST_VECTOR 16 /* floats */
#define MAX_CHANNELS (2 * LONGEST_VECTOR + 3)
#define MAX_RESULTS 20

/* What one instruction set gives: prediction, input gradient, weight gradients. */
typedef struct Results {
  int n;
  LnTensor *tensors[MAX_RESULTS];
  char names[MAX_RESULTS][64];
} Results;

static void add(Results *results, const char *name, LnTensor *tensor) {
  LnError err;
  ck_assert_int_lt(results->n, MAX_RESULTS);
  snprintf(results->names[results->n], sizeof results->names[0], "%s", name);
  CK_OK(ln_tensor_as_contiguous(&results->tensors[results->n++], tensor, &err));
  ln_tensor_unref(tensor);
}

static Results run(const char *isa, ItemCase it) {
  LnError err;
  Results results = {0};
  LnTensor *gradients[MAX_RESULTS] = {NULL}, *d_input = NULL, *y = NULL;
  double loss, apart;
  CK_OK(ln_kernels_select(isa, &err));
  ck_assert_str_eq(ln_kernels_name(ln_kernels()), isa);
  LnNetwork *net = net_of_case(it, 3);
  LnTensor *x = net_spread(2, it.example, 4, &apart);
  LnTensor *target = test_random(test_batch(2, ln_network_output_shape(net)), 5, -1, 1);
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, "{}"));
  CK_OK(ln_network_predict(&y, net, x, &err));
  CK_OK(ln_trainer_gradients(trainer, &loss, gradients, &d_input, x, target, &err));
  add(&results, "prediction", y);
  add(&results, "input gradient", d_input);
  for (int i = 0; i < ln_network_tensors(net); i++)
    if (gradients[i] != NULL) add(&results, ln_network_tensor_name(net, i), gradients[i]);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_trainer_unref(trainer), ln_network_unref(net);
  return results;
}

static void free_results(Results *results) {
  for (int i = 0; i < results->n; i++) ln_tensor_unref(results->tensors[i]);
}

static double largest(const LnTensor *t) {
  return fmax(fabs(ln_tensor_reduce_all(LN_RMIN, t)), fabs(ln_tensor_reduce_all(LN_RMAX, t)));
}

/* Errors are held against the largest value of a tensor: sums of terms of both signs may be as small as you like. */
static void compare(const Results *got, const Results *want, const char *isa, ItemCase it) {
  ck_assert_int_eq(got->n, want->n);
  for (int k = 0; k < want->n; k++) {
    const float *a = got->tensors[k]->data, *b = want->tensors[k]->data;
    double scale = fmax(largest(want->tensors[k]), 1e-6);
    for (int64_t i = 0; i < ln_shape_count(want->tensors[k]->shape); i++)
      if (!(fabs((double)a[i] - (double)b[i]) <= TOLERANCE * scale)) /* an assertion per element would be slow */
        ck_abort_msg("%s %s, %s: %s %lld is %.9g, baseline %.9g", it.type->name, it.example->options, isa,
                     want->names[k], (long long)i + 1, (double)a[i], (double)b[i]);
  }
}

void check_instruction_sets(ItemCase it) {
  Results baseline = run("baseline", it);
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    Results results = run(*isa, it);
    compare(&results, &baseline, *isa, it);
    free_results(&results);
  }
  free_results(&baseline);
}

START_TEST(layer_agrees_with_baseline) {
  check_instruction_sets(cases_at("nn", _i));
}
END_TEST

/* Channels 1 .. 2 vectors + 3 in, out, and both; also where the image is odd and no multiple of a tile. */
START_TEST(channels_agree_with_baseline) {
  static const int fixed[] = {0, 1, 20}; /* 0: as many out as in */
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    char options[80];
    snprintf(options, sizeof options, "{\"filters\": %d, \"kernel\": 3}", fixed[i] == 0 ? _i : fixed[i]);
    LnCase inward = {.options = options, .inputs = {LN_SHAPE(_i, 5, 19)}};
    check_instruction_sets((ItemCase){&ln_nn_conv2d.type, &inward});
    if (fixed[i] == 0) continue;
    snprintf(options, sizeof options, "{\"filters\": %d, \"kernel\": 3}", _i);
    LnCase outward = {.options = options, .inputs = {LN_SHAPE(fixed[i], 5, 19)}};
    check_instruction_sets((ItemCase){&ln_nn_conv2d.type, &outward});
  }
}
END_TEST

/* The other layers whose kernels go by channel, with the same counts. */
START_TEST(any_channels_agree_with_baseline) {
  static const struct {
    const LnType *type;
    const char *options;
  } layers[] = {
      {&ln_nn_maxpool2d.type, "{}"},         {&ln_nn_avgpool2d.type, "{\"size\": 3, \"stride\": 2}"},
      {&ln_nn_batch_norm.type, "{}"},        {&ln_nn_group_norm.type, "{\"groups\": 1}"},
      {&ln_nn_dropout.type, "{\"p\": 0.3}"}, {&ln_nn_dropout.type, "{\"p\": 0.3, \"channelwise\": true}"},
      {&ln_nn_conv_transpose2d.type, "{\"filters\": 20, \"kernel\": 3}"},
      {&ln_nn_upsample2d.type, "{\"mode\": \"bilinear\"}"},
      {&ln_nn_scale.type, "{\"trained\": true}"},
      {&ln_nn_layer_norm.type, "{\"eps\": 0.1}"},
      {&ln_nn_softmax.type, "{}"},
      {&ln_nn_softmax.type, "{\"dim\": 3}"},
      {&ln_nn_global_maxpool2d.type, "{}"},
  };
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    if (_i == 1 && layers[i].type == &ln_nn_layer_norm.type) continue; /* one channel alone is refused */
    LnCase example = {.options = layers[i].options, .inputs = {LN_SHAPE(_i, 5, 19)}};
    check_instruction_sets((ItemCase){layers[i].type, &example});
  }
}
END_TEST

START_TEST(unknown_names_are_refused) {
  LnError err;
  const LnKernels *before = ln_kernels();
  CK_FAILS(ln_kernels_select("avx2048", &err), LN_EARG, "avx2048");
  ck_assert_ptr_eq(ln_kernels(), before);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 30);
  tcase_add_loop_test(tests, layer_agrees_with_baseline, 0, cases_count("nn"));
  tcase_add_loop_test(tests, channels_agree_with_baseline, 1, MAX_CHANNELS + 1);
  tcase_add_loop_test(tests, any_channels_agree_with_baseline, 1, MAX_CHANNELS + 1);
  tcase_add_test(tests, unknown_names_are_refused);
}
