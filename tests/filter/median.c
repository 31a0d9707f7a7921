/* Medians against SciPy's, which must be equal. */
#include <stdio.h>

#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"
#include "support/support.h"

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void compare_with_sorting(LnTensor *x, int64_t size, LnEdge edge) {
  LnError err;
  int64_t height = x->shape.d[0], width = x->shape.d[1];
  char options[64];
  snprintf(options, sizeof options, "{\"size\": %lld, \"edge\": \"%s\"}", (long long)size, ln_edge_words[edge]);
  LnItem *filter = test_item(&ln_filter_median.type, options);
  LnTensor *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  for (int64_t i = 0; i < height * width; i++) {
    float window[23 * 23];
    for (int64_t k = 0; k < size * size; k++) {
      int64_t r = ln_edge_index(edge, i / width + k / size - size / 2, height);
      int64_t c = ln_edge_index(edge, i % width + k % size - size / 2, width);
      window[k] = x->data[r * width + c];
    }
    qsort(window, (size_t)(size * size), sizeof(float), compare);
    if (y->data[i] != window[size * size / 2]) /* an assertion per pixel would be slow */
      ck_abort_msg("%s of %lldx%lld, pixel %lld: got %g, want %g", options, (long long)height, (long long)width,
                   (long long)i + 1, (double)y->data[i], (double)window[size * size / 2]);
  }
  ln_tensor_unref(y);
  ln_item_unref(filter);
}

/* Numbers that are all different, for every size of an unusual kind too. */
START_TEST(equal_to_sorting) {
  LnTensor *x = test_random(LN_SHAPE(19, 37), 5, -1, 1);
  compare_with_sorting(x, 2 * _i + 1, LN_EDGE_REFLECT);
  ln_tensor_unref(x);
}
END_TEST

/* Images smaller than the window, shorter than a vector, or not whole vectors; on every instruction set. */
START_TEST(equal_to_sorting_of_any_shape) {
  LnError err;
  for (int k = 0; ln_kernels_available()[k] != NULL; k++) {
    CK_OK(ln_kernels_select(ln_kernels_available()[k], &err));
    for (int64_t width = 1; width <= 50; width++) {
      LnTensor *x = test_random(LN_SHAPE(1 + width % 5, width), (uint64_t)width, -1, 1);
      for (int64_t size = 3; size <= 5; size += 2) compare_with_sorting(x, size, (LnEdge)_i);
      ln_tensor_unref(x);
    }
  }
}
END_TEST

/* Zeros and ones: a network of minima and maxima that orders those rightly orders all numbers. */
START_TEST(equal_to_sorting_of_zeros_and_ones) {
  LnError err;
  for (int k = 0; ln_kernels_available()[k] != NULL; k++) {
    CK_OK(ln_kernels_select(ln_kernels_available()[k], &err));
    LnTensor *x = test_random(LN_SHAPE(200, 200), 7, 0, 1);
    for (int64_t i = 0; i < 200 * 200; i++) x->data[i] = x->data[i] < 0.4 + 0.1 * _i ? 0 : 1;
    for (int64_t size = 3; size <= 5; size += 2) compare_with_sorting(x, size, LN_EDGE_REFLECT);
    ln_tensor_unref(x);
  }
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

TESTS {
  tcase_add_loop_test(tests, equal_to_sorting, 0, 12);
  tcase_add_loop_test(tests, equal_to_sorting_of_any_shape, 0, 4);
  tcase_add_loop_test(tests, equal_to_sorting_of_zeros_and_ones, 0, 3);
  tcase_add_test(tests, edges_are_scipys);
  tcase_add_test(tests, bad_options_are_refused);
}
