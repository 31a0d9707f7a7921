/* The bilateral filter against its formula, where no library has it. */
#include <math.h>

#include "filter/edge.h"
#include "filter/filter.h"
#include "support/image.h"
#include "support/support.h"

static double formula(const LnTensor *x, int64_t row, int64_t column, int64_t radius, double color, double spatial) {
  int64_t height = x->shape.d[0], width = x->shape.d[1];
  double here = (double)x->data[row * width + column], values = 0, totals = 0;
  for (int64_t r = -radius; r <= radius; r++)
    for (int64_t c = -radius; c <= radius; c++) {
      int64_t at = ln_edge_index(LN_EDGE_REFLECT, row + r, height) * width;
      double pixel = (double)x->data[at + ln_edge_index(LN_EDGE_REFLECT, column + c, width)], d = pixel - here;
      double w = exp(-(double)(r * r + c * c) / (2 * spatial * spatial) - d * d / (2 * color * color));
      values += w * pixel, totals += w;
    }
  return values / totals;
}

START_TEST(a_square_window_is_the_formula) {
  LnError err;
  LnItem *filter = test_item(
      &ln_filter_bilateral.type,
      "{\"sigma_color\": 0.15, \"sigma_spatial\": 1.4, \"window\": 7, \"shape\": \"square\", \"edge\": \"reflect\"}");
  LnTensor *x = test_image_noisy(LN_SHAPE(19, 37)), *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  for (int64_t i = 0; i < 19 * 37; i++)
    ck_assert_double_eq_tol((double)y->data[i], formula(x, i / 37, i % 37, 3, 0.15, 1.4), 5e-6);
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(filter);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *type = &ln_filter_bilateral.type;
  CK_FAILS(ln_item_from_json(&item, type, "{\"window\": 4}", &err), LN_EARG, "must be odd, or 0, got 4");
  CK_FAILS(ln_item_from_json(&item, type, "{\"sigma_spatial\": 300}", &err), LN_EARG, "a window of 901 pixels");
  CK_FAILS(ln_item_from_json(&item, type, "{\"sigma_color\": 0}", &err), LN_EARG, "bilateral: option 'sigma_color'");
}
END_TEST

TESTS {
  tcase_add_test(tests, a_square_window_is_the_formula);
  tcase_add_test(tests, bad_options_are_refused);
}
