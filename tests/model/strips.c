/* Strips of rows against whole samples: the same numbers, bit by bit, whatever the rounds and parts. */
#include "model/strips.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "support/support.h"
#include "support/architecture.h"

static const char *const examples[] = {
    /* the paper's shape: pooled and upsampled, Winograd and few channels */
    NET("1,48,20",
        LAYER("conv2d", "0", ",\"filters\":20,\"activation\":\"relu\"") ","
        LAYER("maxpool2d", "1", "") ","
        LAYER("conv2d", "2", ",\"filters\":18") ","
        LAYER("upsample2d", "3", "") ","
        LAYER("conv2d", "4", ",\"filters\":1")),
    /* odd sizes, strides, dilation, kernels of every kind */
    NET("3,53,17",
        LAYER("conv2d", "0", ",\"filters\":7,\"kernel\":5,\"stride\":2") ","
        LAYER("conv2d", "1", ",\"filters\":6,\"dilation\":3") ","
        LAYER("conv2d", "2", ",\"filters\":5,\"kernel\":[4,1]") ","
        LAYER("conv2d", "3", ",\"filters\":6,\"padding\":\"valid\"")),
    /* rows that are made of nothing but padding */
    NET("2,40,9",
        LAYER("conv2d", "0", ",\"filters\":6,\"padding\":4") ","
        LAYER("conv2d", "1", ",\"filters\":6,\"kernel\":1,\"stride\":3")),
    /* poolings that overlap, leave rows over, and are steps of their own */
    NET("5,47,13",
        LAYER("maxpool2d", "0", ",\"size\":3,\"stride\":2") ","
        LAYER("avgpool2d", "1", ",\"size\":3,\"stride\":1") ","
        LAYER("maxpool2d", "2", ",\"size\":4") ","
        LAYER("relu", "3", "")),
    /* a pooling done in bands of its own */
    NET("6,50,12",
        LAYER("conv2d", "0", ",\"filters\":6") ","
        LAYER("maxpool2d", "1", ",\"size\":3") ","
        LAYER("batch_norm", "2", "") ","
        LAYER("tanh", "3", "")),
    /* upsamplings */
    NET("2,19,8",
        LAYER("upsample2d", "0", ",\"scale\":3,\"mode\":\"bilinear\"") ","
        LAYER("conv2d", "1", ",\"filters\":3") ","
        LAYER("upsample2d", "2", ",\"mode\":\"bilinear\"")),
    NET("4,15,8",
        LAYER("upsample2d", "0", ",\"scale\":[3,2]") ","
        LAYER("conv2d", "1", ",\"filters\":6,\"kernel\":5") ","
        LAYER("upsample2d", "2", "")),
    NET("6,17,9",
        LAYER("conv_transpose2d", "0", ",\"filters\":6,\"kernel\":3,\"stride\":2") ","
        LAYER("conv_transpose2d", "1", ",\"filters\":5,\"kernel\":4,\"stride\":3") ","
        LAYER("leaky_relu", "2", "")),
    /* skips, read again much later; what only training does */
    NET("1,48,16",
        LAYER("conv2d", "0", ",\"filters\":8") ","
        LAYER("maxpool2d", "1", "") ","
        LAYER("conv2d", "2", ",\"filters\":9") ","
        LAYER("maxpool2d", "3", "") ","
        LAYER("conv2d", "4", ",\"filters\":10") ","
        LAYER("upsample2d", "5", "") ","
        LAYER("concat", "6,3", "") ","
        LAYER("conv2d", "7", ",\"filters\":9") ","
        LAYER("dropout", "8", "") ","
        LAYER("upsample2d", "9", "") ","
        LAYER("concat", "10,1,0", "") ","
        LAYER("conv2d", "11", ",\"filters\":6")),
    NET("6,33,10",
        LAYER("conv2d", "0", ",\"filters\":6") ","
        LAYER("add", "1,0", "") ","
        LAYER("conv2d", "2", ",\"filters\":6") ","
        LAYER("add", "3,0,2", "")),
    /* layers that work pixel by pixel, and those that move pixels */
    NET("6,34,10",
        LAYER("conv2d", "0", ",\"filters\":8") ","
        LAYER("layer_norm", "1", "") ","
        LAYER("gelu", "2", "") ","
        LAYER("pixel_shuffle", "3", "") ","
        LAYER("prelu", "4", "") ","
        LAYER("conv2d", "5", ",\"filters\":5") ","
        LAYER("pixel_unshuffle", "6", "") ","
        LAYER("slice", "7", ",\"first\":2,\"last\":13") ","
        LAYER("softmax", "8", ",\"dim\":3") ","
        LAYER("softmax", "9", "")),
    /* images that grow and shrink at their sides */
    NET("6,33,10",
        LAYER("pad", "0", ",\"sides\":[3,5,1,2],\"mode\":\"reflect\"") ","
        LAYER("conv2d", "1", ",\"filters\":5") ","
        LAYER("crop", "2", ",\"sides\":[4,1,2,0]") ","
        LAYER("pad", "3", ",\"sides\":[2,7],\"mode\":\"replicate\"") ","
        LAYER("pad", "4", ",\"sides\":[6,4,1,1],\"mode\":\"symmetric\"") ","
        LAYER("pad", "5", ",\"sides\":2,\"value\":3")),
    /* a row that all others read */
    NET("6,33,10",
        LAYER("conv2d", "0", ",\"filters\":6") ","
        LAYER("avgpool2d", "1", ",\"size\":[33,10]") ","
        LAYER("mul", "1,2", "") ","
        LAYER("scale", "3", ",\"factor\":3,\"offset\":1") ","
        LAYER("sub", "4,0", "") ","
        LAYER("avgpool2d", "1", ",\"size\":[33,1]") ","
        LAYER("add", "5,6", "")),
    /* groups, channels by themselves, images continued by their own pixels */
    NET("6,57,11",
        LAYER("conv2d", "0", ",\"filters\":12,\"groups\":2") ","
        LAYER("depthwise_conv2d", "1", ",\"kernel\":5,\"stride\":[2,1],\"depth_multiplier\":2") ","
        LAYER("conv2d", "2", ",\"filters\":8,\"padding_mode\":\"reflect\",\"padding\":[3,5,0,2]") ","
        LAYER("maxpool2d", "3", "") ","
        LAYER("depthwise_conv2d", "4", ",\"padding_mode\":\"replicate\",\"padding\":[6,9,1,1],\"stride\":[3,1]") ","
        LAYER("conv2d", "5", ",\"filters\":24,\"algorithm\":\"winograd\",\"padding_mode\":\"reflect\"") ","
        LAYER("conv_transpose2d", "6", ",\"filters\":6,\"groups\":3,\"kernel\":5,\"padding\":[1,3,0,0]") ","
        LAYER("conv_transpose2d", "7", ",\"filters\":6,\"groups\":6,\"kernel\":3,\"dilation\":2")),
    /* other sizes */
    NET("5,47,9",
        LAYER("upsample2d", "0", ",\"scale\":[1.3,1]") ","
        LAYER("conv2d", "1", ",\"filters\":6") ","
        LAYER("upsample2d", "2", ",\"size\":[50,7],\"mode\":\"area\"") ","
        LAYER("upsample2d", "3", ",\"scale\":1.7,\"mode\":\"bicubic\"") ","
        LAYER("conv2d", "4", ",\"filters\":3") ","
        LAYER("upsample2d", "5", ",\"size\":[99,8],\"mode\":\"bilinear\",\"align_corners\":true") ","
        LAYER("upsample2d", "6", ",\"scale\":[0.6,1],\"mode\":\"nearest-exact\"")),
    /* an unpooling, which leaves a row over */
    NET("5,45,9",
        LAYER("maxpool2d", "0", "") ","
        LAYER("conv2d", "1", ",\"filters\":5") ","
        LAYER("max_unpool2d", "2,0", "") ","
        LAYER("conv2d", "3", ",\"filters\":6")),
    /* poolings that reach past the image, with gaps, and that leave no rows over */
    NET("5,43,13",
        LAYER("maxpool2d", "0", ",\"size\":3,\"stride\":2,\"padding\":1,\"ceil_mode\":true") ","
        LAYER("avgpool2d", "1", ",\"size\":3,\"stride\":1,\"padding\":[1,0,0,1]") ","
        LAYER("maxpool2d", "2", ",\"size\":2,\"stride\":1,\"dilation\":3,\"padding\":2") ","
        LAYER("conv2d", "3", ",\"filters\":6,\"padding\":[3,0,1,2]") ","
        LAYER("conv_transpose2d", "4", ",\"filters\":5,\"kernel\":4,\"padding\":[0,3,1,2]")),
};

typedef struct Subject {
  LnGraph graph;
  LnNetwork *net; /* has the weights */
  LnPlan *plan;
  LnTensor *x, *spoilt, *want; /* spoilt: nothing but NaN */
  float *tensors[32];
} Subject;

static void open_subject(Subject *s, const char *json) {
  LnError err;
  *s = (Subject){0};
  CK_OK(ln_graph_from_json(&s->graph, json, NULL, &err));
  CK_OK(ln_network_from_json(&s->net, json, &err));
  for (int i = 0; i < ln_network_tensors(s->net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, s->net, i, &err));
    s->tensors[i] = view->data; /* the network keeps it alive */
    ln_tensor_unref(view);
  }
  CK_OK(ln_plan_new(&s->plan, &s->graph, (LnPlanUse){0}, &err));
  CK_OK(ln_plan_reserve(s->plan, 1, 1, &err));
  ln_plan_prepare(s->plan, s->tensors);
  s->x = test_random(ln_network_input_shape(s->net), 5, -1, 1);
  CK_OK(ln_tensor_new(&s->spoilt, s->x->shape, &err));
  ln_tensor_fill(s->spoilt, NAN, NULL);
  CK_OK(ln_tensor_new(&s->want, ln_network_output_shape(s->net), &err));
  ln_plan_forward(s->plan, (LnPlanSample){0}, (float *[]){s->want->data}, (const float *[]){s->x->data});
}

static void close_subject(Subject *s) {
  ln_tensor_unref(s->x), ln_tensor_unref(s->spoilt), ln_tensor_unref(s->want);
  ln_plan_free(s->plan);
  ln_network_unref(s->net);
  ln_graph_free(&s->graph);
}

static void compare(const Subject *s, LnStrips *strips, int64_t parts) {
  LnError err;
  LnTensor *y = NULL;
  CK_OK(ln_tensor_new(&y, s->want->shape, &err));
  /* Of these values nothing may remain. */
  ln_strips_forward(strips, 0, y->data, s->spoilt->data, 0, ln_strips_part(strips, 1, 1));
  for (int64_t k = parts - 1; k >= 0; k--) /* in any order */
    ln_strips_forward(strips, 0, y->data, s->x->data, ln_strips_part(strips, parts, k),
                      ln_strips_part(strips, parts, k + 1));
  ck_assert_mem_eq(y->data, s->want->data, (size_t)ln_shape_count(y->shape) * sizeof(float));
  ln_tensor_unref(y);
}

START_TEST(equal_to_whole_samples) {
  LnError err;
  for (int isa = 0; ln_kernels_available()[isa] != NULL; isa++) {
    CK_OK(ln_kernels_select(ln_kernels_available()[isa], &err));
    Subject s;
    open_subject(&s, examples[_i]);
    ck_assert(ln_strips_can(s.plan));
    for (int64_t rows = 0; rows <= 24; rows++) {
      LnStrips *strips = NULL;
      CK_OK(ln_strips_new(&strips, s.plan, rows, &err));
      for (int64_t parts = 1; parts <= 4; parts++) compare(&s, strips, parts);
      ln_strips_free(strips);
    }
    close_subject(&s);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(few_rows_are_in_memory) {
  LnError err;
  Subject s;
  LnStrips *strips = NULL;
  open_subject(&s, NET("1,1024,64",
                       LAYER("conv2d", "0", ",\"filters\":32") ","
                       LAYER("conv2d", "1", ",\"filters\":1")));
  int64_t before = ln_memory_live();
  CK_OK(ln_strips_new(&strips, s.plan, 8, &err));
  ck_assert_int_lt((ln_memory_live() - before) * 40, ln_plan_arena_bytes(s.plan));
  ck_assert_double_eq(ln_strips_excess(strips, 1), 0);
  double excess = ln_strips_excess(strips, 2); /* some rows of the first of the two layers */
  ck_assert(excess > 0 && excess < 0.02);
  ln_strips_free(strips);
  close_subject(&s);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(not_where_all_rows_are_needed) {
  static const char *const whole[] = {NET("4,8,8", LAYER("group_norm", "0", ",\"groups\":2")),
                                      NET("4,8,8", LAYER("flatten", "0", "") "," LAYER("dense", "1", ",\"units\":3"))};
  for (int i = 0; i < 2; i++) {
    Subject s;
    open_subject(&s, whole[i]);
    ck_assert(!ln_strips_can(s.plan));
    close_subject(&s);
  }
}
END_TEST

/* Through the network: one image more than threads, and large ones, so that every way of sharing is taken. */
START_TEST(threads_change_no_bit) {
  LnError err;
  LnNetwork *net = NULL;
  LnTensor *want = NULL, *y = NULL;
  int threads = ln_threads();
  CK_OK(ln_network_from_json(&net, examples[8], &err));
  LnTensor *x = test_random(LN_SHAPE(4, 1, 256, 128), 3, -1, 1);
  ln_set_threads(1);
  CK_OK(ln_network_predict(&want, net, x, &err));
  for (int n = 2; n <= 5; n++) {
    ln_set_threads(n);
    CK_OK(ln_network_predict(&y, net, x, &err));
    ck_assert_mem_eq(y->data, want->data, (size_t)ln_shape_count(y->shape) * sizeof(float));
    ln_tensor_unref(y);
  }
  ln_set_threads(threads);
  ln_tensor_unref(x), ln_tensor_unref(want);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 60); /* seconds, for a machine with other things to do */
  tcase_add_loop_test(tests, equal_to_whole_samples, 0, sizeof examples / sizeof examples[0]);
  tcase_add_test(tests, few_rows_are_in_memory);
  tcase_add_test(tests, not_where_all_rows_are_needed);
  tcase_add_test(tests, threads_change_no_bit);
}
