/* Fused steps against the same layers run one by one: outputs and gradients of graphs in which every pattern occurs. */
#include "base/memory.h"
#include "lunet.h"
#include "model/strips.h"
#include "support/support.h"
#include "support/architecture.h"

typedef struct Example {
  const char *json;
  int expected_steps; /* fewer than layers: the pattern was found */
} Example;

#define CONV(inputs, options) "{\"type\":\"conv2d\",\"inputs\":[" inputs "],\"filters\":" options "}"

static const Example examples[] = {
    {NET("1,8,8", CONV("0", "6") "," LAYER("relu", "1") "," LAYER("maxpool2d", "2") "," CONV("3", "1")), 2},
    {NET("3,9,7", CONV("0", "17") "," LAYER("tanh", "1") "," LAYER("maxpool2d", "2") "," CONV("3", "5,\"kernel\":1")),
     2},
    {NET("3,11,13", CONV("0", "37,\"activation\":\"relu\"") "," LAYER("maxpool2d", "1") "," CONV("2", "4")), 2},
    {NET("1,19,9", CONV("0", "8,\"kernel\":5,\"stride\":2") "," LAYER("maxpool2d", "1") "," LAYER("tanh", "2")), 2},
    {NET("6,9,11", CONV("0", "6,\"activation\":\"relu\"") ",{\"type\":\"maxpool2d\",\"inputs\":[1],\"size\":[3,2]}"),
     1},
    {NET("2,9,9",
         CONV("0", "3,\"padding\":\"valid\",\"stride\":2") "," LAYER("maxpool2d", "1") "," LAYER("leaky_relu", "2")),
     2},
    {NET("5,4,6", LAYER("upsample2d", "0") "," CONV("1", "18,\"activation\":\"sigmoid\"")), 1},
    {NET("18,4,5", LAYER("upsample2d", "0") "," CONV("1", "1") "," LAYER("sigmoid", "2")), 1},
    {NET("3,3,4", "{\"type\":\"upsample2d\",\"inputs\":[0],\"scale\":[3,2]}," CONV("1", "7,\"kernel\":[5,4]")), 1},
    {NET("2,5,5", LAYER("upsample2d", "0") "," CONV("1", "2,\"kernel\":5,\"padding\":\"valid\"")), 1},
    {NET("4,6,6", LAYER("upsample2d", "0") "," CONV("1", "6,\"dilation\":2,\"padding\":3")), 1},
    {NET("6,6,6", LAYER("upsample2d", "0") "," CONV("1", "6") "," LAYER("relu", "2") "," LAYER("maxpool2d", "3")), 2},
    {NET("6,6,6", LAYER("upsample2d", "0") "," CONV("1", "6,\"stride\":2")), 2},
    {NET("6,6,6",
         CONV("0", "6") "," LAYER("relu", "1") "," CONV("2", "6") "," LAYER("add", "3,2") "," LAYER("relu", "4")),
     4},
    {NET("6,6,6", CONV("0", "6") "," LAYER("relu", "1") "," LAYER("add", "1,2") "," LAYER("add", "3,3")), 4},
    {NET("6,8,8", CONV("0", "6") "," LAYER("relu", "1") "," LAYER("maxpool2d", "2") "," LAYER(
                      "upsample2d", "3") "," CONV("4", "5") "," LAYER("concat", "5,2") "," CONV("6", "3")),
     5},
    /* inputs concatenated behind an upsampling */
    {NET("6,8,8", CONV("0", "7") "," LAYER("maxpool2d", "1") "," LAYER("upsample2d", "2") "," LAYER(
                      "concat", "3,1") "," CONV("4", "9,\"activation\":\"relu\"") "," LAYER("maxpool2d", "5")),
     4},
    {NET("1,12,8", CONV("0", "20") "," LAYER("maxpool2d", "1") "," LAYER("upsample2d", "2") "," LAYER(
                       "concat", "1,3,0") "," CONV("4", "17") "," LAYER("tanh", "5")),
     3},
    {NET("3,6,4", CONV("0", "6") "," LAYER("upsample2d", "1") "," LAYER("upsample2d", "0") "," LAYER(
                      "concat", "2,3") "," CONV("4", "6,\"kernel\":[5,4],\"bias\":false")),
     2},
    {NET("5,6,6", LAYER("upsample2d", "0") "," LAYER("upsample2d", "0") "," LAYER("concat", "1,2,1") "," CONV(
                      "3", "6,\"padding\":\"valid\"")),
     2},
    {NET("5,6,6", CONV("0", "6") "," LAYER("upsample2d", "1") "," LAYER("upsample2d", "0") "," LAYER(
                      "concat", "2,3") "," CONV("4", "4")),
     5},
    {NET("5,6,6", CONV("0", "6") "," CONV("0", "6") "," LAYER("concat", "1,2") "," CONV("3", "6")), 4},
    {NET("5,6,6", CONV("0", "6") "," LAYER("upsample2d", "1") "," LAYER("upsample2d", "0") "," LAYER(
                      "concat", "2,3") "," CONV("4", "6,\"stride\":2")),
     5},
    /* activations that need their input keep it, and take no pooling along */
    {NET("3,8,6", CONV("0", "20,\"activation\":\"silu\"") "," LAYER("maxpool2d", "1")), 2},
    {NET("1,8,8", CONV("0", "3,\"activation\":\"silu\"") "," CONV("1", "1,\"activation\":\"silu\"")), 2},
    {NET("6,8,8", CONV("0", "6") "," LAYER("silu", "1") "," LAYER("maxpool2d", "2")), 3},
    {NET("7,5,6", LAYER("upsample2d", "0") "," CONV("1", "18,\"activation\":\"silu\"")), 1},
    {NET("6,6,4", CONV("0", "6") "," LAYER("upsample2d", "1") "," LAYER("upsample2d", "0") "," LAYER(
                      "concat", "2,3") "," CONV("4", "6,\"activation\":\"silu\"")),
     2},
    {NET("5,8,9", CONV("0", "9,\"activation\":\"elu\"") "," LAYER("maxpool2d", "1")), 1},
    {NET("2,7,6", CONV("0", "6") ",{\"type\":\"group_norm\",\"inputs\":[1],\"groups\":3}," LAYER("relu", "2") "," CONV(
                      "3", "1")),
     3},
    {NET("6,8,8", CONV("0", "6") "," LAYER("hardtanh", "1") "," LAYER("maxpool2d", "2")), 1},
    {NET("3,8,6", CONV("0", "20,\"activation\":\"gelu\"") "," LAYER("maxpool2d", "1")), 2},
    {NET("3,8,6", CONV("0", "6,\"activation\":\"softplus\"") "," LAYER("layer_norm", "1") "," LAYER(
                      "relu", "2") "," LAYER("scale", "3") "," LAYER("tanh", "4")),
     3},
    {NET("9", "{\"type\":\"dense\",\"inputs\":[0],\"units\":5}," LAYER(
                  "tanh", "1") ",{\"type\":\"dense\",\"inputs\":[2],\"units\":3}"),
     2},
};

/* What one run of one sample gives. */
typedef struct Result {
  LnTensor *y, *dx, *grads;
} Result;

static int64_t weights_of(LnNetwork *net, float **tensors) {
  LnError err;
  int64_t total = 0;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, net, i, &err));
    tensors[i] = view->data; /* the network keeps it alive */
    total += ln_shape_count(view->shape);
    ln_tensor_unref(view);
  }
  return total;
}

/* Biases begin at zero, where one that is added twice, or not at all, would go unseen. */
static void randomize_biases(LnNetwork *net) {
  LnError err;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, net, i, &err));
    LnTensor *values = test_random(view->shape, 20 + (uint64_t)i, -0.5, 0.5);
    if (view->shape.n == 1) memcpy(view->data, values->data, (size_t)view->shape.d[0] * sizeof(float));
    ln_tensor_unref(view), ln_tensor_unref(values);
  }
}

static Result run(const LnGraph *graph, LnNetwork *net, LnPlanUse use) {
  enum { MOST = 32 };
  LnError err;
  float *tensors[MOST], *grads[MOST];
  LnPlan *plan = NULL;
  Result r = {0};
  int64_t total = weights_of(net, tensors);
  LnShape in = ln_network_input_shape(net), out = ln_network_output_shape(net);
  CK_OK(ln_tensor_new(&r.y, out, &err));
  CK_OK(ln_tensor_new(&r.dx, in, &err));
  CK_OK(ln_tensor_new(&r.grads, LN_SHAPE(total), &err));
  LnTensor *x = test_random(in, 5, -1, 1), *dy = test_random(out, 6, -1, 1);
  for (int64_t i = 0, place = 0; i < ln_network_tensors(net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, net, (int)i, &err));
    grads[i] = r.grads->data + place;
    place += ln_shape_count(view->shape);
    ln_tensor_unref(view);
  }
  CK_OK(ln_plan_new(&plan, graph, use, &err));
  CK_OK(ln_plan_reserve(plan, 1, 1, &err));
  ln_plan_prepare(plan, tensors);
  for (int repeat = 0; repeat < 2; repeat++) { /* the second run meets what the first left in the arena */
    memset(r.grads->data, 0, (size_t)total * sizeof(float));
    ln_plan_forward(plan, (LnPlanSample){0}, (float *[]){r.y->data}, (const float *[]){x->data});
    ln_plan_backward(plan, (LnPlanSample){0}, grads, use.input_grad ? (float *[]){r.dx->data} : NULL,
                     (const float *[]){dy->data});
  }
  ln_plan_free(plan);
  ln_tensor_unref(x), ln_tensor_unref(dy);
  return r;
}

/* rows: 0: at once, -1: at once, shared out over threads; else strips of so many. */
static LnTensor *predict(const LnGraph *graph, LnNetwork *net, bool unfused, int64_t rows, int *steps) {
  enum { MOST = 32 };
  LnError err;
  float *tensors[MOST];
  LnPlan *plan = NULL;
  LnTensor *x = test_random(ln_network_input_shape(net), 5, -1, 1), *y = NULL;
  weights_of(net, tensors);
  CK_OK(ln_tensor_new(&y, ln_network_output_shape(net), &err));
  CK_OK(ln_plan_new(&plan, graph, (LnPlanUse){.unfused = unfused}, &err));
  CK_OK(ln_plan_reserve(plan, 1, ln_threads(), &err));
  ln_plan_prepare(plan, tensors);
  if (rows > 0 && ln_strips_can(plan)) {
    LnStrips *strips = NULL;
    CK_OK(ln_strips_new(&strips, plan, rows, &err));
    for (int64_t k = 0; k < 3; k++)
      ln_strips_forward(strips, 0, y->data, x->data, ln_strips_part(strips, 3, k), ln_strips_part(strips, 3, k + 1));
    ln_strips_free(strips);
  } else if (rows < 0) {
    CK_OK(ln_plan_forward_shared(plan, (float *[]){y->data}, (const float *[]){x->data}, &err));
  } else {
    ln_plan_forward(plan, (LnPlanSample){0}, (float *[]){y->data}, (const float *[]){x->data});
  }
  *steps = ln_plan_steps(plan);
  ln_plan_free(plan);
  ln_tensor_unref(x);
  return y;
}

static void compare(LnTensor *got, LnTensor *want) {
  ck_assert_close(got->data, want->data, ln_shape_count(got->shape), 2e-5);
  ln_tensor_unref(got), ln_tensor_unref(want);
}

static void compare_runs(const Example *example) {
  LnError err;
  LnGraph graph = {0};
  LnNetwork *net = NULL;
  LnPlan *plan = NULL;
  CK_OK(ln_graph_from_json(&graph, example->json, NULL, &err));
  CK_OK(ln_network_from_json(&net, example->json, &err));
  randomize_biases(net);
  CK_OK(ln_plan_new(&plan, &graph, (LnPlanUse){.training = true}, &err));
  ck_assert_int_eq(ln_plan_steps(plan), example->expected_steps);
  ln_plan_free(plan);
  for (int input_grad = 0; input_grad < 2; input_grad++) {
    LnPlanUse use = {.training = true, .input_grad = input_grad};
    Result fused = run(&graph, net, use);
    use.unfused = true;
    Result unfused = run(&graph, net, use);
    compare(fused.y, unfused.y);
    compare(fused.dx, unfused.dx);
    compare(fused.grads, unfused.grads);
  }
  for (int rows = -1, steps; rows <= 9; rows++)
    compare(predict(&graph, net, false, rows, &steps), predict(&graph, net, true, 0, &steps));
  ln_network_unref(net);
  ln_graph_free(&graph);
}

START_TEST(fused_equals_unfused) {
  LnError err;
  for (int k = 0; ln_kernels_available()[k] != NULL; k++) {
    CK_OK(ln_kernels_select(ln_kernels_available()[k], &err));
    compare_runs(&examples[_i]);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* What only training does is no step of a prediction, wherever it stands, and does not keep others from being fused. */
static const struct {
  const char *json;
  int training, prediction; /* steps */
} only_in_training[] = {
    {NET("2,6,6", CONV("0", "6") "," LAYER("dropout", "1") "," LAYER("relu", "2") "," LAYER("maxpool2d", "3")), 4, 1},
    {NET("2,6,6", LAYER("upsample2d", "0") "," LAYER("dropout", "1") "," CONV("2", "6")), 3, 1},
    {NET("2,6,6", LAYER("dropout", "0") "," CONV("1", "2") "," LAYER("add", "2,1")), 3, 2},
    {NET("2,6,6", CONV("0", "6") "," LAYER("dropout", "1") "," LAYER("dropout", "2")), 3, 1},
    {NET("2,6,6", CONV("0", "2") "," LAYER("dropout", "1") "," CONV("2", "2") "," LAYER("concat", "3,2,1")), 4, 3},
    {NET("2,6,6", CONV("0", "2") "," CONV("1", "6") "," LAYER("dropout", "1")), 2, 1}, /* the second: read by nobody */
    {NET("2,6,6", LAYER("dropout", "0")), 1, 0},
};

START_TEST(left_out_of_prediction) {
  LnError err;
  int steps;
  LnGraph graph = {0};
  LnNetwork *net = NULL;
  LnPlan *training = NULL;
  CK_OK(ln_graph_from_json(&graph, only_in_training[_i].json, NULL, &err));
  CK_OK(ln_network_from_json(&net, only_in_training[_i].json, &err));
  randomize_biases(net);
  CK_OK(ln_plan_new(&training, &graph, (LnPlanUse){.training = true}, &err));
  ck_assert_int_eq(ln_plan_steps(training), only_in_training[_i].training);
  ln_plan_free(training);
  for (int shared = 0; shared < 2; shared++) {
    LnTensor *unfused = predict(&graph, net, true, -shared, &steps);
    LnTensor *fused = predict(&graph, net, false, -shared, &steps);
    ck_assert_int_eq(steps, only_in_training[_i].prediction);
    compare(fused, unfused);
  }
  ln_network_unref(net);
  ln_graph_free(&graph);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, fused_equals_unfused, 0, sizeof examples / sizeof examples[0]);
  tcase_add_loop_test(tests, left_out_of_prediction, 0, sizeof only_in_training / sizeof only_in_training[0]);
}
