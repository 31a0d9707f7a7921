/* Every layer case: inferred shapes are those of the results, and results depend on nothing but input and weights. */
#include "base/memory.h"
#include "generic.h"

START_TEST(infers_its_shape) {
  ItemCase it = cases_at("nn", _i);
  const LnLayerType *type = (const LnLayerType *)(const void *)it.type;
  LnError err;
  LnShape inferred;
  double apart;
  LnItem *item = test_item(it.type, it.example->options);
  int n_inputs = it.example->inputs[1].n == 0 ? 1 : 2;
  CK_OK(type->out_shape(&inferred, ln_item_options(item), it.example->inputs, n_inputs, &err));
  LnNetwork *net = net_of_case(it, 1);
  LnTensor *x = net_spread(3, it.example, 2, &apart), *y = NULL;
  CK_OK(ln_network_predict(&y, net, x, &err));
  ck_assert_str_eq(LN_SHAPE_TEXT(ln_network_output_shape(net)), LN_SHAPE_TEXT(inferred));
  ck_assert_str_eq(LN_SHAPE_TEXT(y->shape), LN_SHAPE_TEXT(test_batch(3, inferred)));
  ck_assert_int_eq(ln_tensor_find_nonfinite(y), -1);
  ln_tensor_unref(x), ln_tensor_unref(y), ln_network_unref(net), ln_item_unref(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* A sample's result does not depend on its neighbours in the batch, except in layers that say so, nor on what ran
 * before. */
START_TEST(takes_samples_one_by_one) {
  ItemCase it = cases_at("nn", _i);
  const LnLayerType *type = (const LnLayerType *)(const void *)it.type;
  LnError err;
  double apart;
  LnNetwork *net = net_of_case(it, 1);
  const void *options = ln_item_options(ln_network_layer(net, 0).item);
  bool across = type->sums_in_prediction != NULL && type->sums_in_prediction(options);
  LnTensor *x = net_spread(3, it.example, 2, &apart), *all = NULL;
  CK_OK(ln_network_predict(&all, net, x, &err));
  int64_t size = ln_shape_count(all->shape) / 3;
  for (int64_t i = 0; i < 3 && !across; i++) {
    LnTensor *one = NULL, *y = NULL;
    CK_OK(ln_tensor_slice(&one, x, 0, i, 1, 1, &err));
    CK_OK(ln_network_predict(&y, net, one, &err));
    ck_assert_mem_eq(y->data, all->data + i * size, (size_t)size * sizeof(float));
    ln_tensor_unref(one), ln_tensor_unref(y);
  }
  ln_tensor_unref(x), ln_tensor_unref(all), ln_network_unref(net);
}
END_TEST

/* The architecture survives the way to JSON and back, and gives the same weights from the same seed. */
START_TEST(network_survives_json) {
  ItemCase it = cases_at("nn", _i);
  LnError err;
  char *first = NULL, *second = NULL;
  LnNetwork *net = net_of_case(it, 1), *copy = NULL;
  CK_OK(ln_network_to_json(&first, net, &err));
  CK_OK(ln_network_from_json(&copy, first, &err));
  CK_OK(ln_network_to_json(&second, copy, &err));
  ck_assert_str_eq(first, second);
  CK_OK(ln_network_build(copy, it.example->inputs[0], 1, &err));
  ck_assert_int_eq(ln_network_tensors(copy), ln_network_tensors(net));
  for (int i = 0; i < ln_network_tensors(net); i++)
    ck_assert_str_eq(ln_network_tensor_name(copy, i), ln_network_tensor_name(net, i));
  ln_network_unref(net), ln_network_unref(copy);
  ln_free(first), ln_free(second);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, infers_its_shape, 0, cases_count("nn"));
  tcase_add_loop_test(tests, takes_samples_one_by_one, 0, cases_count("nn"));
  tcase_add_loop_test(tests, network_survives_json, 0, cases_count("nn"));
}
