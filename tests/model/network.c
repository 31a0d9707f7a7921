/* Describing, building and saving networks as text: what is refused, with which words. */
#include "base/memory.h"
#include "lunet.h"
#include "support/support.h"

static LnNetwork *network(const char *json) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, json, &err));
  return net;
}

static const char *const convolution = "{\"input\":[],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":4}]}";

START_TEST(wrong_shapes_name_the_layer) {
  LnError err;
  LnNetwork *net = network("{\"input\":[],\"layers\":[{\"type\":\"maxpool2d\",\"inputs\":[0]},"
                           "{\"type\":\"conv2d\",\"inputs\":[1],\"filters\":4,\"kernel\":9,\"padding\":\"valid\"},"
                           "{\"type\":\"dense\",\"inputs\":[2],\"units\":3}]}");
  CK_FAILS(ln_network_build(net, LN_SHAPE(1, 1, 8), 0, &err), LN_ESHAPE,
           "layer 1 (maxpool2d): a window of 2x2 does not fit");
  CK_FAILS(ln_network_build(net, LN_SHAPE(1, 8, 8), 0, &err), LN_ESHAPE, "layer 2 (conv2d): a kernel of 9x9");
  CK_FAILS(ln_network_build(net, LN_SHAPE(1, 32, 32), 0, &err), LN_ESHAPE,
           "layer 3 (dense): expected a vector of features, got 4x8x8; put nn.flatten{} before it");
  CK_FAILS(ln_network_build(net, LN_SHAPE(32, 32), 0, &err), LN_ESHAPE, "got 32x32");
  CK_FAILS(ln_network_build(net, LN_SHAPE(1, 0, 32), 0, &err), LN_ESHAPE, "sizes must be from 1");
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(another_size_keeps_weights) {
  LnError err;
  LnNetwork *net = network(convolution);
  LnTensor *before = NULL, *after = NULL;
  CK_OK(ln_network_build(net, LN_SHAPE(2, 8, 8), 3, &err));
  CK_OK(ln_network_tensor(&before, net, 0, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(2, 11, 5), 4, &err));
  CK_OK(ln_network_tensor(&after, net, 0, &err));
  ck_assert(ln_tensor_same_storage(before, after));
  CK_FAILS(ln_network_build(net, LN_SHAPE(3, 8, 8), 3, &err), LN_ESHAPE,
           "layer 1 (conv2d): its weight was made for input 2x11x5");
  ck_assert(ln_shape_equal(ln_network_input_shape(net), LN_SHAPE(2, 11, 5)));
  ln_tensor_unref(before), ln_tensor_unref(after);
  ln_network_unref(net);
}
END_TEST

/* Named, built, written and read in a time that grows with the layers, not with their square. */
START_TEST(a_hundred_thousand_layers) {
  enum { N = 100000 };
  LnError err;
  static LnItem *layers[N];
  LnItem *relu = test_item(&ln_nn_relu.type, "{}");
  LnNetwork *net = NULL;
  for (int i = 0; i < N; i++) layers[i] = i % 100 == 0 ? test_item(&ln_nn_dense.type, "{\"units\": 1}") : relu;
  CK_OK(ln_network_sequential(&net, layers, N, &err));
  ck_assert_str_eq(ln_network_layer(net, 0).name, "dense_1");
  ck_assert_str_eq(ln_network_layer(net, 1).name, "relu_1");
  ck_assert_str_eq(ln_network_layer(net, 99900).name, "dense_1000");
  ck_assert_str_eq(ln_network_layer(net, N - 1).name, "relu_99000");
  CK_OK(ln_network_build(net, LN_SHAPE(1), 0, &err));
  ck_assert_int_eq(ln_network_tensors(net), 2000);
  ck_assert_str_eq(ln_network_tensor_name(net, 1998), "dense_1000.weight");
  ck_assert_str_eq(ln_network_tensor_name(net, 1999), "dense_1000.bias");
  ln_network_unref(net), ln_item_unref(relu);
  for (int i = 0; i < N; i += 100) ln_item_unref(layers[i]);
}
END_TEST

START_TEST(json_round_trip) {
  LnError err;
  const char *text = "{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":1},"
                     "{\"type\":\"add\",\"inputs\":[1,0]}]}";
  char *first = NULL, *second = NULL;
  LnNetwork *net = network(text);
  CK_OK(ln_network_to_json(&first, net, &err));
  ln_network_unref(net);
  net = network(first);
  CK_OK(ln_network_to_json(&second, net, &err));
  ck_assert_str_eq(first, second);
  ln_network_unref(net);
  ln_free(first), ln_free(second);
}
END_TEST

static const struct {
  const char *json, *message;
} damaged[] = {
    {"", "architecture: not valid JSON"},
    {"[]", "'layers' must be a list"},
    {"{\"input\":[1,8,8],\"layers\":[]}", "'layers' must be a list of 1 to"},
    {"{\"input\":3,\"layers\":[{}]}", "'input' must be a list"},
    {"{\"input\":[1,8,8],\"layers\":[{}]}", "architecture: layer 1: no 'type'"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv9d\"}]}", "unknown type 'conv9d'"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"relu\"}]}", "'inputs' must be a list"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"relu\",\"inputs\":[1]}]}", "earlier layers by number, 0 to 0"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"relu\",\"inputs\":[-1]}]}", "earlier layers by number"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"relu\",\"inputs\":[0,0]}]}",
     "layer 1 (relu): expected 1 input, got 2"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0]}]}", "option 'filters' is required"},
    {"{\"input\":[1,8,8],\"layers\":[{\"type\":\"conv2d\",\"inputs\":[0],\"filters\":{}}]}", "is an object"},
    {"{\"input\":[1,-8,8],\"layers\":[{\"type\":\"relu\",\"inputs\":[0]}]}", "sizes must be from 1"},
};

START_TEST(damaged_json_is_refused) {
  LnError err;
  LnNetwork *net = NULL;
  LnStatus status = ln_network_from_json(&net, damaged[_i].json, &err);
  ck_assert_int_ne(status, LN_OK);
  ck_assert_msg(strstr(err.msg, damaged[_i].message) != NULL, "message '%s' lacks '%s'", err.msg, damaged[_i].message);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(nodes_are_checked) {
  LnError err;
  LnNode *a = NULL, *b = NULL, *sum = NULL, *none = NULL;
  LnNetwork *net = NULL;
  LnItem *add = test_item(&ln_nn_add.type, "{}");
  CK_OK(ln_node_input(&a, LN_SHAPE(1, 4, 4), &err));
  CK_OK(ln_node_input(&b, LN_SHAPE(1, 4, 4), &err));
  CK_OK(ln_node_apply(&sum, add, (LnNode *[]){a, b}, 2, &err));
  CK_FAILS(ln_node_apply(&none, add, &a, 1, &err), LN_ESHAPE, "add: expected 2 to 8 inputs, got 1");
  CK_FAILS(ln_network_model(&net, a, sum, &err), LN_ESHAPE, "depends on another input");
  CK_FAILS(ln_network_model(&net, sum, sum, &err), LN_ESHAPE, "must be a node made by nn.input");
  CK_FAILS(ln_network_model(&net, a, a, &err), LN_ESHAPE, "is an input itself");
  CK_FAILS(ln_node_input(&none, LN_SHAPE(4, 4), &err), LN_ESHAPE, "got 4x4");
  ln_node_unref(a), ln_node_unref(b), ln_node_unref(sum);
  ln_item_unref(add);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, wrong_shapes_name_the_layer);
  tcase_add_test(tests, another_size_keeps_weights);
  tcase_add_test(tests, a_hundred_thousand_layers);
  tcase_add_test(tests, json_round_trip);
  tcase_add_loop_test(tests, damaged_json_is_refused, 0, sizeof damaged / sizeof damaged[0]);
  tcase_add_test(tests, nodes_are_checked);
}
