/* What does not fit is refused, with what was expected, what came and what to do. */
#include "base/memory.h"
#include "nn/layer.h"
#include "support/support.h"

typedef struct Refusal {
  const LnLayerType *type;
  const char *options;
  LnShape input;       /* n = 0: the options themselves are refused; both inputs, of a layer of two */
  const char *message; /* a part of it */
} Refusal;

static const Refusal refusals[] = {
    {&ln_nn_avgpool2d, "{\"size\": [2, 9]}", LN_SHAPE(3, 8, 8), "a window of 2x9 does not fit into an image of 3x8x8"},
    {&ln_nn_avgpool2d, "{\"padding\": [0, 2]}", {0},
     "avgpool2d: option 'padding' must be at most half of the window's 2 columns, got 2"},
    {&ln_nn_maxpool2d, "{\"size\": 3, \"dilation\": [1, 2], \"padding\": [2, 1, 2, 2]}", {0},
     "maxpool2d: option 'padding' must be at most half of the window's 3 rows, got 2"},
    {&ln_nn_maxpool2d, "{\"dilation\": [1, 4], \"padding\": [0, 0, 2, 2]}", LN_SHAPE(3, 8, 1),
     "window 1 of the columns has no pixel of an image of 3x8x1; use less padding"},
    {&ln_nn_maxpool2d, "{\"size\": 3, \"dilation\": 3}", LN_SHAPE(3, 8, 6),
     "a window of 7x7 does not fit into an image of 3x8x6; use fewer poolings or larger images"},
    {&ln_nn_max_unpool2d, "{}", LN_SHAPE(3, 8, 8),
     "its first input must be of shape 3x4x4, as maxpool2d with these options makes it of the second, 3x8x8; got "
     "3x8x8"},
    {&ln_nn_max_unpool2d, "{\"padding\": 2}", {0},
     "max_unpool2d: option 'padding' must be at most half of the window's 2"},
    {&ln_nn_avgpool2d, "{}", LN_SHAPE(8), "expected an image of channels x height x width, got 8"},
    {&ln_nn_conv2d, "{\"filters\": 6, \"groups\": 4}", {0}, "conv2d: option 'groups' must divide the 6 filters, got 4"},
    {&ln_nn_conv2d, "{\"filters\": 6, \"groups\": 3}", LN_SHAPE(4, 8, 8),
     "the 4 channels of 4x8x8 cannot be divided into 3 groups"},
    {&ln_nn_conv2d, "{\"filters\": 6, \"padding_mode\": \"reflect\", \"padding\": [4, 0]}", LN_SHAPE(3, 4, 8),
     "padding_mode 'reflect' takes at most 3 rows of padding from an image of 3x4x8, got 4"},
    {&ln_nn_depthwise_conv2d, "{\"padding_mode\": \"circular\", \"padding\": [0, 0, 0, 9]}", LN_SHAPE(3, 4, 8),
     "padding_mode 'circular' takes at most 8 columns of padding from an image of 3x4x8, got 9"},
    {&ln_nn_depthwise_conv2d, "{\"kernel\": 5, \"padding\": \"valid\"}", LN_SHAPE(3, 4, 8),
     "a kernel of 5x5 with dilation 1x1 does not fit into an image of 3x4x8"},
    {&ln_nn_conv_transpose2d, "{\"filters\": 2, \"output_padding\": 1}", {0},
     "option 'output_padding' needs a number for 'padding', got 1 with 'same'"},
    {&ln_nn_conv_transpose2d, "{\"filters\": 2, \"padding\": 0, \"output_padding\": [1, 2]}", {0},
     "option 'output_padding' must be below stride 2 or dilation 1, got 2"},
    {&ln_nn_conv_transpose2d, "{\"filters\": 2, \"padding\": 3}", LN_SHAPE(4, 2, 9),
     "a padding of {3, 3, 3, 3} leaves nothing of an image of 4x2x9"},
    {&ln_nn_conv_transpose2d, "{\"filters\": 2, \"groups\": 3}", LN_SHAPE(3, 8, 8),
     "option 'groups' must divide the 2 filters, got 3"},
    {&ln_nn_conv_transpose2d, "{\"filters\": 6, \"groups\": 3}", LN_SHAPE(4, 8, 8),
     "the 4 channels of 4x8x8 cannot be divided into 3 groups"},
    {&ln_nn_conv_transpose2d, "{\"filters\": 2}", LN_SHAPE(8), "expected an image of channels x height x width, got 8"},
    {&ln_nn_hardtanh, "{\"min\": 1}", {0}, "option 'max' must be above 'min', got min = 1 and max = 1"},
    {&ln_nn_softmax, "{\"dim\": 2}", LN_SHAPE(9), "there is no dimension 2 in samples of shape 9"},
    {&ln_nn_instance_norm, "{}", LN_SHAPE(9), "expected an image"},
    {&ln_nn_instance_norm, "{}", LN_SHAPE(9, 1, 1), "expected more than 1 pixel, got 9x1x1"},
    {&ln_nn_layer_norm, "{}", LN_SHAPE(1, 8, 8), "expected more than 1 value to normalise, got 1x8x8"},
    {&ln_nn_dropout2d, "{}", LN_SHAPE(9), "expected an image"},
    {&ln_nn_activity_penalty, "{}", {0}, "one of the options 'l1', 'l2' and 'kl' must be above 0"},
    {&ln_nn_global_avgpool2d, "{}", LN_SHAPE(9), "expected an image"},
    {&ln_nn_global_maxpool2d, "{}", LN_SHAPE(9), "expected an image"},
    {&ln_nn_pixel_shuffle, "{}", LN_SHAPE(6, 4, 4), "a multiple of scale x scale = 4 channels, got 6x4x4"},
    {&ln_nn_pixel_unshuffle, "{\"scale\": 3}", LN_SHAPE(6, 6, 4), "multiples of scale = 3, got 6x6x4"},
    {&ln_nn_slice, "{\"first\": 3, \"last\": 7}", LN_SHAPE(6, 4, 4), "channels 3 to 7: there are 1 to 6"},
    {&ln_nn_slice, "{\"first\": 0}", LN_SHAPE(6, 4, 4), "channels 0 to -1: there are 1 to 6"},
    {&ln_nn_slice, "{\"first\": 4, \"last\": 3}", LN_SHAPE(6), "the last is not before the first"},
    {&ln_nn_pad, "{\"sides\": [1, 2, 3, 4], \"mode\": \"reflect\"}", LN_SHAPE(6, 8, 4),
     "mode 'reflect' can make at most 3 pixels at the right of an image of 6x8x4, not 4"},
    {&ln_nn_pad, "{}", LN_SHAPE(9), "expected an image"},
    {&ln_nn_crop, "{\"sides\": 2}", LN_SHAPE(6, 8, 4), "4 rows and 4 columns less leave nothing of an image of 6x8x4"},
    {&ln_nn_permute, "{\"order\": [1, 2]}", {0}, "option 'order' must name each of the dimensions 1, 2 and 3 once"},
    {&ln_nn_permute, "{\"order\": [1, 3, 2]}", LN_SHAPE(9), "expected an image"},
    {&ln_nn_reshape, "{\"shape\": [8, 4]}", {0}, "must be {channels, height, width} or {features}, got 2 sizes"},
    {&ln_nn_reshape, "{\"shape\": [8, -1, -1]}", {0}, "may have one size of -1, got 2"},
    {&ln_nn_reshape, "{\"shape\": [8, 0, 1]}", {0}, "must have sizes of at least 1, or -1, got 0"},
    {&ln_nn_reshape, "{\"shape\": [8, 4, 4]}", LN_SHAPE(6, 8, 4), "a sample of 6x8x4 has 192 numbers, not 8x4x4"},
    {&ln_nn_reshape, "{\"shape\": [5, -1, 4]}", LN_SHAPE(6, 8, 4), "192 numbers, which 5x?x4 does not divide"},
    {&ln_nn_group_norm, "{}", LN_SHAPE(12, 4, 4), "12 channels cannot be divided into 8 groups"},
    {&ln_nn_group_norm, "{\"groups\": 8}", LN_SHAPE(4), "4 channels cannot be divided into 8 groups"},
    {&ln_nn_upsample2d, "{\"align_corners\": true}", {0},
     "upsample2d: option 'align_corners' goes with mode 'bilinear' or 'bicubic', got 'nearest'"},
    {&ln_nn_upsample2d, "{\"size\": [0, 5]}", {0},
     "upsample2d: option 'size' must be {height, width} in pixels, got {0, 5}"},
    {&ln_nn_upsample2d, "{\"scale\": [1, 0.1]}", LN_SHAPE(3, 8, 9),
     "a scale of 1x0.1 leaves nothing of an image of 3x8x9"},
};

START_TEST(is_refused) {
  const Refusal *r = &refusals[_i];
  LnError err;
  LnItem *item = NULL;
  LnShape out;
  if (r->input.n == 0) {
    CK_FAILS(ln_item_from_json(&item, &r->type->type, r->options, &err), LN_EARG, r->message);
  } else {
    LnShape inputs[2] = {r->input, r->input};
    item = test_item(&r->type->type, r->options);
    CK_FAILS(r->type->out_shape(&out, ln_item_options(item), inputs, r->type->min_inputs, &err), LN_ESHAPE, r->message);
  }
  ln_item_unref(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Inputs that do not go together. */
static const struct {
  const LnLayerType *type;
  const char *options;
  LnShape inputs[2];
  const char *message;
} pairs[] = {
    {&ln_nn_add, "{}", {LN_SHAPE(3, 8, 8), LN_SHAPE(3, 4, 8)},
     "one row or column where they differ (as 8x1x1 beside 8x64x64); input 1 is 3x8x8, input 2 is 3x4x8"},
    {&ln_nn_add, "{}", {LN_SHAPE(1, 8, 8), LN_SHAPE(3, 8, 8)}, "input 1 is 1x8x8, input 2 is 3x8x8"},
    {&ln_nn_mul, "{}", {LN_SHAPE(3, 8, 8), LN_SHAPE(3)}, "input 1 is 3x8x8, input 2 is 3"},
    {&ln_nn_matmul, "{}", {LN_SHAPE(3, 4, 5), LN_SHAPE(3, 4, 5)},
     "a matrix of 4x5 cannot be multiplied by one of 4x5; input 1 is 3x4x5, input 2 is 3x4x5; transpose_b = true"},
    {&ln_nn_matmul, "{}", {LN_SHAPE(3, 4, 5), LN_SHAPE(2, 5, 4)}, "the same channels; input 1 is 3x4x5"},
    {&ln_nn_matmul, "{}", {LN_SHAPE(4), LN_SHAPE(4)}, "expected an image"},
    {&ln_nn_sub, "{}", {LN_SHAPE(9), LN_SHAPE(8)}, "input 1 is 9, input 2 is 8"},
};

START_TEST(pair_is_refused) {
  LnError err;
  LnShape out;
  LnItem *item = test_item(&pairs[_i].type->type, pairs[_i].options);
  CK_FAILS(pairs[_i].type->out_shape(&out, ln_item_options(item), pairs[_i].inputs, 2, &err), LN_ESHAPE,
           pairs[_i].message);
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, pair_is_refused, 0, sizeof pairs / sizeof *pairs);
  tcase_add_loop_test(tests, is_refused, 0, sizeof refusals / sizeof *refusals);
}
