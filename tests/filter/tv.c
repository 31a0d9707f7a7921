/* Total variation: what both methods promise of the energy. */
#include <math.h>
#include <stdio.h>

#include "filter/filter.h"
#include "support/image.h"
#include "support/support.h"

static LnTensor *denoised(const char *options, LnTensor *x) {
  LnError err;
  LnItem *filter = test_item(&ln_filter_tv.type, options);
  LnTensor *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ln_item_unref(filter);
  return y;
}

/* sum of (u - x)^2 / 2 + weight |grad u| */
static double energy(const LnTensor *u, const LnTensor *x, double weight) {
  int64_t height = x->shape.d[0], width = x->shape.d[1];
  double sum = 0;
  for (int64_t i = 0; i < height * width; i++) {
    double here = (double)u->data[i], change = here - (double)x->data[i];
    double down = i / width + 1 < height ? (double)u->data[i + width] - here : 0;
    double right = i % width + 1 < width ? (double)u->data[i + 1] - here : 0;
    sum += change * change / 2 + weight * hypot(down, right);
  }
  return sum;
}

/* The gap bounds how far the energy is from the least one. */
START_TEST(the_primal_dual_method_comes_as_near_as_it_says) {
  LnTensor *x = test_image_noisy(LN_SHAPE(40, 50));
  LnTensor *best = denoised("{\"algorithm\": \"primal_dual\", \"eps\": 0, \"max_iter\": 5000}", x);
  LnTensor *early = denoised("{}", x);
  double first = energy(x, x, 0.1), least = energy(best, x, 0.1), chambolle = energy(early, x, 0.1);
  static const double eps[] = {1e-1, 1e-2, 1e-3, 1e-4};
  for (size_t i = 0; i < sizeof eps / sizeof *eps; i++) {
    char options[80];
    snprintf(options, sizeof options, "{\"algorithm\": \"primal_dual\", \"eps\": %g, \"max_iter\": 5000}", eps[i]);
    LnTensor *y = denoised(options, x);
    ck_assert_double_le(energy(y, x, 0.1) - least, eps[i] * first);
    ln_tensor_unref(y);
  }
  ck_assert_double_ge(chambolle, least);
  ck_assert_double_le(chambolle - least, 0.05 * first);
  ln_tensor_unref(x), ln_tensor_unref(best), ln_tensor_unref(early);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  CK_FAILS(ln_item_from_json(&item, &ln_filter_tv.type, "{\"weight\": 0}", &err), LN_EARG, "tv: option 'weight'");
  CK_FAILS(ln_item_from_json(&item, &ln_filter_tv.type, "{\"algorithm\": \"rof\"}", &err), LN_EARG, "primal_dual");
}
END_TEST

TESTS {
  tcase_add_test(tests, the_primal_dual_method_comes_as_near_as_it_says);
  tcase_add_test(tests, bad_options_are_refused);
}
