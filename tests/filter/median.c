/* Medians against SciPy's, which must be equal. */
#include <stdio.h>

#include "filter/edge.h"
#include "filter/filter.h"
#include "filter/median_values.h"
#include "filter/suite.h"

static const struct {
  const char *options;
  LnShape size;
  const unsigned char *want; /* in 1/256 */
} known[] = {
    {"{\"size\": 3}", {2, {24, 20}}, size_3},
    {"{\"size\": 5}", {2, {24, 20}}, size_5},
    {"{\"size\": 7}", {2, {24, 20}}, size_7},
    {"{\"size\": 5, \"edge\": \"mirror\"}", {2, {33, 17}}, size_5_mirror},
    {"{\"size\": 3, \"edge\": \"wrap\"}", {2, {33, 17}}, size_3_wrap},
};

START_TEST(equal_to_scipy) {
  double want[33 * 17];
  for (int64_t i = 0; i < ln_shape_count(known[_i].size); i++) want[i] = known[_i].want[i] / 256.0;
  check_filter(&ln_filter_median.type, known[_i].options, known[_i].size, want, 0);
}
END_TEST

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/* Against sorting each window, on numbers that are all different, for every size of an unusual kind too. */
START_TEST(equal_to_sorting) {
  enum { H = 19, W = 37 };
  LnError err;
  int64_t size = 2 * _i + 1;
  char options[64];
  snprintf(options, sizeof options, "{\"size\": %lld}", (long long)size);
  LnItem *filter = test_item(&ln_filter_median.type, options);
  LnTensor *x = test_random(LN_SHAPE(H, W), 5, -1, 1), *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  for (int64_t i = 0; i < H * W; i++) {
    float window[23 * 23];
    for (int64_t k = 0; k < size * size; k++) {
      int64_t r = ln_edge_index(LN_EDGE_REFLECT, i / W + k / size - size / 2, H);
      int64_t c = ln_edge_index(LN_EDGE_REFLECT, i % W + k % size - size / 2, W);
      window[k] = x->data[r * W + c];
    }
    qsort(window, (size_t)(size * size), sizeof(float), compare);
    ck_assert_float_eq(y->data[i], window[size * size / 2]);
  }
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(filter);
}
END_TEST

/* numpy.pad with modes symmetric, edge, reflect, wrap. */
START_TEST(edges_are_scipys) {
  static const int want[4][14] = {{2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2},
                                  {0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2},
                                  {0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1},
                                  {2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0}};
  for (int edge = 0; edge < 4; edge++) {
    for (int i = 0; i < 14; i++) ck_assert_int_eq(ln_edge_index((LnEdge)edge, i - 4, 3), want[edge][i]);
    for (int i = -5; i < 5; i++) ck_assert_int_eq(ln_edge_index((LnEdge)edge, i, 1), 0);
  }
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *median = &ln_filter_median.type;
  CK_FAILS(ln_item_from_json(&item, median, "{\"size\": 4}", &err), LN_EARG,
           "median: option 'size' must be odd, got 4");
  CK_FAILS(ln_item_from_json(&item, median, "{\"size\": 0}", &err), LN_EARG, "from 1 to 99");
  CK_FAILS(ln_item_from_json(&item, median, "{\"edge\": \"zero\"}", &err), LN_EARG, "'reflect', 'nearest'");
  CK_FAILS(ln_item_from_json(&item, median, "{\"sise\": 3}", &err), LN_EARG, "did you mean 'size'");
}
END_TEST

TCase *median_tests(void) {
  TCase *tcase = tcase_create("median");
  tcase_add_loop_test(tcase, equal_to_scipy, 0, (int)(sizeof known / sizeof known[0]));
  tcase_add_loop_test(tcase, equal_to_sorting, 0, 12);
  tcase_add_test(tcase, edges_are_scipys);
  tcase_add_test(tcase, bad_options_are_refused);
  return tcase;
}
