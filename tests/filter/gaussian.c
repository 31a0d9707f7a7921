/* Gaussian blur against SciPy's. */
#include "filter/filter.h"
#include "filter/gaussian_values.h"
#include "filter/suite.h"

static const struct {
  const char *options;
  LnShape size;
  const double *want;
} known[] = {
    {"{\"sigma\": 1}", {2, {24, 20}}, sigma_1},
    {"{\"sigma\": 2.3, \"edge\": \"nearest\", \"truncate\": 3}", {2, {33, 17}}, sigma_2_nearest},
    {"{\"sigma\": 8}", {2, {24, 20}}, sigma_8},
};

START_TEST(agrees_with_scipy) {
  check_filter(&ln_filter_gaussian.type, known[_i].options, known[_i].size, known[_i].want, 1e-6);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *gaussian = &ln_filter_gaussian.type;
  CK_FAILS(ln_item_from_json(&item, gaussian, "{\"sigma\": 0}", &err), LN_EARG, "gaussian: option 'sigma'");
  CK_FAILS(ln_item_from_json(&item, gaussian, "{\"sigma\": 1000}", &err), LN_EARG, "at most 2000 pixels, got 4000");
  CK_FAILS(ln_item_from_json(&item, gaussian, "{\"sigm\": 1}", &err), LN_EARG, "did you mean 'sigma'");
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_scipy, 0, (int)(sizeof known / sizeof known[0]));
  tcase_add_test(tests, bad_options_are_refused);
}
