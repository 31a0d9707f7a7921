/* Predictions of images whose sides a network's poolings do not divide: which sizes they are padded to, that what comes
 * out is the padded image's prediction, cropped, and that networks which change sizes on purpose go on doing so. */
#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "model/padding.h"
#include "support/support.h"
#include "support/architecture.h"

#define CONV(input) LAYER("conv2d", input, ",\"filters\":4,\"activation\":\"relu\"")
#define LAST(input) LAYER("conv2d", input, ",\"filters\":1")
#define POOL(input) LAYER("maxpool2d", input)
#define UP(input) LAYER("upsample2d", input)

static const char *const auto_encoder =
    NET("", CONV("0") "," POOL("1") "," CONV("2") "," POOL("3") "," UP("4") "," CONV("5") "," UP("6") "," LAST("7"));
static const char *const skips =
    NET("", CONV("0") "," POOL("1") "," CONV("2") "," POOL("3") "," UP("4") "," LAYER("concat", "5,3") "," UP("6") ","
        LAYER("concat", "7,1") "," LAST("8"));
static const char *const by_three =
    NET("", LAYER("maxpool2d", "0", ",\"size\":3") "," LAYER("upsample2d", "1", ",\"scale\":3") "," LAST("2"));
static const char *const strided = /* rounds up: 5 -> 3 -> 6 */
    NET("", LAYER("conv2d", "0", ",\"filters\":4,\"stride\":2") "," UP("1") "," LAST("2"));
static const char *const height_alone =
    NET("", LAYER("maxpool2d", "0", ",\"size\":[4,1]") "," LAYER("upsample2d", "1", ",\"scale\":[4,1]") "," LAST("2"));
static const char *const halves = NET("", CONV("0") "," POOL("1") "," LAST("2"));
static const char *const doubles = NET("", CONV("0") "," UP("1") "," LAST("2"));
static const char *const doubles_a_part = /* 2 (h - 4): of a side of 8 it happens to give 8 */
    NET("", LAYER("conv2d", "0", ",\"filters\":4,\"kernel\":5,\"padding\":\"valid\"") "," UP("1") "," LAST("2"));
static const char *const valid = NET("", LAYER("conv2d", "0", ",\"filters\":1,\"padding\":\"valid\""));
static const char *const halves_height = /* and pools widths */
    NET("", POOL("0") "," LAYER("upsample2d", "1", ",\"scale\":[1,2]"));
static const char *const classifier =
    NET("", POOL("0") "," LAYER("flatten", "1") "," LAYER("dense", "2", ",\"units\":3"));

static const struct {
  const char *const *json;
  int64_t height, width, padded_height, padded_width;
} cases[] = {
    {&auto_encoder, 997, 798, 1000, 800}, {&auto_encoder, 8, 12, 8, 12}, {&auto_encoder, 8, 13, 8, 16},
    {&auto_encoder, 1, 1, 4, 4},          {&auto_encoder, 1, 9, 4, 12},  {&auto_encoder, 2, 3, 4, 4},
    {&skips, 29, 18, 32, 20},             {&skips, 1, 1, 4, 4},          {&by_three, 7, 9, 9, 9},
    {&strided, 5, 8, 6, 8},               {&height_alone, 9, 7, 12, 7},  {&halves, 9, 7, 9, 7},
    {&halves, 1, 8, 1, 8},                {&doubles, 9, 7, 9, 7},        {&doubles_a_part, 7, 6, 7, 6},
    {&valid, 9, 7, 9, 7},                 {&halves_height, 9, 7, 9, 8},  {&classifier, 9, 7, 9, 7},
};

static LnNetwork *network(const char *json) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net, json, &err));
  return net;
}

START_TEST(sizes) {
  LnError err;
  LnGraph graph;
  LnShape padded;
  CK_OK(ln_graph_from_json(&graph, *cases[_i].json, NULL, &err));
  CK_OK(ln_padding_find(&padded, &graph, LN_SHAPE(1, cases[_i].height, cases[_i].width), &err));
  ck_assert_int_eq(padded.d[0], 1);
  ck_assert_int_eq(padded.d[1], cases[_i].padded_height);
  ck_assert_int_eq(padded.d[2], cases[_i].padded_width);
  ln_graph_free(&graph);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Walks to and fro: 0 1 2 1 0 1 2 ... for a side of 3. */
static int64_t bounced(int64_t i, int64_t size) {
  int64_t at = 0, way = 1;
  for (; i > 0 && size > 1; i--) {
    if (at + way < 0 || at + way >= size) way = -way;
    at += way;
  }
  return at;
}

static LnTensor *padded_copy(const LnTensor *x, int64_t height, int64_t width) {
  LnError err;
  LnTensor *out = NULL;
  const int64_t *d = x->shape.d;
  CK_OK(ln_tensor_new(&out, LN_SHAPE(d[0], d[1], height, width), &err));
  for (int64_t i = 0; i < ln_shape_count(out->shape); i++) {
    int64_t row = bounced(i / width % height, d[2]), column = bounced(i % width, d[3]);
    out->data[i] = x->data[(i / width / height * d[2] + row) * d[3] + column];
  }
  return out;
}

static void expect_cropped(const LnTensor *y, const LnTensor *whole) {
  const int64_t *d = y->shape.d, *w = whole->shape.d;
  ck_assert(d[0] == w[0] && d[1] == w[1] && ln_tensor_contiguous(y));
  for (int64_t i = 0; i < ln_shape_count(y->shape); i++)
    ck_assert(y->data[i] == whole->data[(i / d[3] / d[2] * w[2] + i / d[3] % d[2]) * w[3] + i % d[3]]);
}

/* Whichever was predicted before, and whatever the number of threads. */
START_TEST(padded_and_cropped) {
  static const struct { const char *const *json; LnShape x; int64_t height, width; } subjects[] = {
      {&auto_encoder, {4, {3, 1, 9, 14}}, 12, 16},  {&auto_encoder, {4, {2, 2, 1, 2}}, 4, 4},
      {&auto_encoder, {4, {5, 1, 1, 1}}, 4, 4},     {&auto_encoder, {4, {1, 1, 515, 389}}, 516, 392},
      {&skips, {4, {2, 3, 10, 7}}, 12, 8},          {&strided, {4, {2, 1, 5, 4}}, 6, 4},
      {&height_alone, {4, {1, 1, 2, 5}}, 4, 5}};
  int threads = ln_threads();
  for (size_t k = 0; k < sizeof subjects / sizeof *subjects; k++) {
    LnError err;
    LnNetwork *net = network(*subjects[k].json);
    LnTensor *x = test_random(subjects[k].x, 1, -1, 1), *y = NULL, *whole = NULL;
    LnTensor *padded = padded_copy(x, subjects[k].height, subjects[k].width);
    for (int n = 1; n <= 3; n++) {
      ln_set_threads(n);
      CK_OK(ln_network_predict(&y, net, x, &err));
      CK_OK(ln_network_predict(&whole, net, padded, &err));
      ck_assert(y->shape.d[2] == x->shape.d[2] && y->shape.d[3] == x->shape.d[3]);
      expect_cropped(y, whole);
      ln_tensor_unref(y), ln_tensor_unref(whole);
    }
    ln_tensor_unref(x), ln_tensor_unref(padded);
    ln_network_unref(net);
  }
  ln_set_threads(threads);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* np.pad([1, 2, 3], (0, 6), "reflect") and np.pad([7], (0, 3), "reflect"), which a pooling of the largest keeps. */
START_TEST(reflection_as_in_numpy) {
  static const float want[] = {1, 2, 3, 2, 1, 2, 3, 2, 1};
  LnError err;
  LnTensor *x = NULL, *padded = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(1, 1, 1, 3), &err));
  for (int i = 0; i < 3; i++) x->data[i] = (float)i + 1;
  CK_OK(ln_padding_apply(&padded, x, LN_SHAPE(1, 4, 9), &err));
  for (int i = 0; i < 4 * 9; i++) ck_assert_float_eq(padded->data[i], want[i % 9]);
  ln_tensor_unref(x), ln_tensor_unref(padded);
}
END_TEST

START_TEST(changes_on_purpose_stay) {
  static const struct { const char *const *json; LnShape x, y; } subjects[] = {
      {&halves, {4, {2, 1, 9, 7}}, {4, {2, 1, 4, 3}}},          {&doubles, {4, {1, 1, 3, 5}}, {4, {1, 1, 6, 10}}},
      {&doubles_a_part, {4, {1, 1, 7, 9}}, {4, {1, 1, 6, 10}}}, {&valid, {4, {1, 1, 9, 7}}, {4, {1, 1, 7, 5}}},
      {&classifier, {4, {2, 1, 9, 7}}, {2, {2, 3}}},            {&halves_height, {4, {1, 1, 9, 7}}, {4, {1, 1, 4, 7}}}};
  for (size_t k = 0; k < sizeof subjects / sizeof *subjects; k++) {
    LnError err;
    LnNetwork *net = network(*subjects[k].json);
    LnTensor *x = test_random(subjects[k].x, 1, -1, 1), *y = NULL;
    CK_OK(ln_network_predict(&y, net, x, &err));
    ck_assert_msg(ln_shape_equal(y->shape, subjects[k].y), "%s", LN_SHAPE_TEXT(y->shape));
    ln_tensor_unref(x), ln_tensor_unref(y);
    ln_network_unref(net);
  }
}
END_TEST

/* Training and its loss see images as they are: there the sides must fit. */
START_TEST(where_nothing_helps_the_layer_is_named) {
  LnError err;
  LnNetwork *net = network(NET("", LAYER("conv2d", "0", ",\"filters\":1,\"kernel\":9,\"padding\":\"valid\"")));
  LnTensor *x = test_random(LN_SHAPE(1, 1, 5, 12), 1, 0, 1), *y = NULL;
  CK_FAILS(ln_network_predict(&y, net, x, &err), LN_ESHAPE, "layer 1 (conv2d): a kernel of 9x9");
  ln_tensor_unref(x);
  ln_network_unref(net);
}
END_TEST

START_TEST(any_allocation_may_fail) {
  LnError err;
  LnNetwork *net = network(auto_encoder);
  LnTensor *x = test_random(LN_SHAPE(2, 1, 9, 7), 1, 0, 1), *y = NULL;
  LnStatus status = LN_EMEMORY;
  for (int after = 0; status != LN_OK; after++) {
    int64_t before = ln_memory_live();
    ln_memory_fail_after(after);
    status = ln_network_predict(&y, net, x, &err);
    ln_memory_fail_after(-1);
    ck_assert(status == LN_OK || (status == LN_EMEMORY && y == NULL && ln_memory_live() >= before));
  }
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, sizes, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tests, padded_and_cropped);
  tcase_add_test(tests, reflection_as_in_numpy);
  tcase_add_test(tests, changes_on_purpose_stay);
  tcase_add_test(tests, where_nothing_helps_the_layer_is_named);
  tcase_add_test(tests, any_allocation_may_fail);
}
