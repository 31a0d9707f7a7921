/* NaN in an image reaches the output, through every kernel of activation and pooling, on every instruction set: what is
 * broken must not look like an image. */
#include "base/memory.h"
#include "kernels/kernels.h"
#include "model/network.h"
#include "support/support.h"
#include "support/architecture.h"

#define CONV(inputs, filters, activation) \
  LAYER("conv2d", inputs, ",\"filters\":" filters ",\"activation\":\"" activation "\"")
#define POOL(inputs) LAYER("maxpool2d", inputs, "")

typedef struct Example {
  const char *net;
  int channels; /* of the input */
  int shrink;
} Example;

static const Example examples[] = {
    {NET("", LAYER("relu", "0", "")), 3, 1},
    {NET("", LAYER("sigmoid", "0", "")), 3, 1},
    {NET("", LAYER("tanh", "0", "")), 3, 1},
    {NET("", LAYER("leaky_relu", "0", "")), 3, 1},
    {NET("", LAYER("elu", "0", "")), 3, 1},
    {NET("", LAYER("silu", "0", "")), 3, 1},
    {NET("", LAYER("gelu", "0", "")), 3, 1},
    {NET("", LAYER("gelu", "0", ",\"approximate\":\"tanh\"")), 6, 1},
    {NET("", LAYER("softplus", "0", "")), 3, 1},
    {NET("", LAYER("hardtanh", "0", "")), 3, 1},
    {NET("", LAYER("prelu", "0", "")), 6, 1},
    {NET("", LAYER("softmax", "0", "")), 6, 1},
    {NET("", CONV("0", "1", "relu")), 1, 1},
    {NET("", CONV("0", "4", "sigmoid")), 3, 1},
    {NET("", CONV("0", "4", "relu")), 3, 1},
    {NET("", CONV("0", "1", "sigmoid")), 20, 1},
    {NET("", CONV("0", "20", "tanh")), 2, 1},
    {NET("", CONV("0", "20", "elu")), 20, 1},
    {NET("", CONV("0", "3", "silu")), 3, 1},
    {NET("", CONV("0", "20", "relu")), 20, 1},
    {NET("", CONV("0", "20", "sigmoid")), 20, 1},
    {NET("", LAYER("batch_norm", "0", "") "," LAYER("relu", "1", "")), 6, 1},
    {NET("", LAYER("maxpool2d", "0", "")), 1, 2},
    {NET("", LAYER("maxpool2d", "0", "")), 20, 2},
    {NET("", LAYER("maxpool2d", "0", ",\"size\":3,\"stride\":3")), 3, 3},
    {NET("", LAYER("maxpool2d", "0", ",\"size\":3,\"stride\":3")), 6, 3},
    {NET("", LAYER("maxpool2d", "0", ",\"size\":3,\"stride\":3,\"padding\":\"same\"")), 3, 3},
    {NET("", CONV("0", "20", "relu") "," POOL("1")), 1, 2},
    {NET("", CONV("0", "20", "relu") "," POOL("1")), 20, 2},
    {NET("", CONV("0", "20", "sigmoid") "," POOL("1")), 20, 2},
    {NET("", CONV("0", "3", "relu") "," POOL("1")), 3, 2},
};

enum { SIDE = 12 };

/* All channels of what a pixel before the pooling, if there is one, has become. */
static void check_output(const LnTensor *y, const Example *example, int row, int column) {
  int64_t side = y->shape.d[2], at = row / example->shrink * side + column / example->shrink;
  for (int64_t c = 0; c < y->shape.d[1]; c++)
    ck_assert_msg(isnan(y->data[c * side * side + at]), "%s, %s: row %d, column %d, channel %d: %g", example->net,
                  ln_kernels_name(ln_kernels()), row, column, (int)c, (double)y->data[c * side * side + at]);
}

/* A convolution makes NaN of the pixels around one, so that at the corners one alone of a pooling's window is. */
static void check_pixel(LnNetwork *net, const Example *example, int row, int column) {
  LnError err;
  LnTensor *y = NULL, *x = test_random(LN_SHAPE(1, example->channels, SIDE, SIDE), 1, -1, 1);
  int reach = strstr(example->net, "conv2d") != NULL ? 1 : 0;
  for (int c = 0; c < example->channels; c++) x->data[(c * SIDE + row) * SIDE + column] = NAN;
  CK_OK(ln_network_predict(&y, net, x, &err));
  for (int r = row - reach; r <= row + reach; r++)
    for (int c = column - reach; c <= column + reach; c++) check_output(y, example, r, c);
  ln_tensor_unref(x), ln_tensor_unref(y);
}

START_TEST(reaches_the_output) {
  const Example *example = &examples[_i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    LnError err;
    LnNetwork *net = NULL;
    CK_OK(ln_kernels_select(*isa, &err));
    CK_OK(ln_network_from_json(&net, example->net, &err));
    for (int k = 0; k < 9; k++) check_pixel(net, example, 3 + k / 3, 6 + k % 3);
    ln_network_unref(net);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, reaches_the_output, 0, (int)(sizeof examples / sizeof examples[0]));
}
