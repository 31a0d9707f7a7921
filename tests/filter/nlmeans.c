/* Non-local means against scikit-image's. */
#include "filter/filter.h"
#include "filter/nlmeans_values.h"
#include "filter/suite.h"

static const struct {
  const char *options;
  LnShape size;
  const double *want;
} known[] = {
    {"{}", {2, {24, 20}}, fast_7_11},
    {"{\"fast\": false}", {2, {24, 20}}, plain_7_11},
    {"{\"patch_size\": 5, \"patch_distance\": 6, \"h\": 0.04, \"sigma\": 0.05}", {2, {33, 17}}, fast_5_6_sigma},
    {"{\"patch_size\": 5, \"patch_distance\": 6, \"h\": 0.04, \"sigma\": 0.05, \"fast\": false}", {2, {33, 17}},
     plain_5_6_sigma},
    {"{\"patch_size\": 3, \"patch_distance\": 21, \"h\": 0.2}", {2, {24, 20}}, fast_3_21},
    {"{\"patch_size\": 3, \"patch_distance\": 4, \"h\": 0.02, \"fast\": false}", {2, {24, 20}}, plain_3_4_small_h},
};

START_TEST(agrees_with_scikit_image) {
  check_filter(&ln_filter_nlmeans.type, known[_i].options, known[_i].size, known[_i].want, 2e-6);
}
END_TEST

/* Numbers of any size and any h: no overflow, no division by zero. */
START_TEST(extreme_numbers_do_no_harm) {
  static const double scales[] = {1e-30, 1e-6, 1, 1e6, 1e30};
  static const char *const options[] = {"{\"h\": 1e-30}", "{\"h\": 1e30}", "{\"h\": 1e-3, \"sigma\": 1e6, \"fast\": false}",
                                        "{\"h\": 1e-30, \"fast\": false}"};
  LnError err;
  for (int i = 0; i < 20; i++) {
    LnItem *filter = test_item(&ln_filter_nlmeans.type, options[i / 5]);
    LnTensor *x = test_random(LN_SHAPE(13, 9), 1, 0, scales[i % 5]), *y = NULL;
    CK_OK(ln_filter_apply(&y, filter, x, &err));
    ck_assert_int_eq(ln_tensor_find_nonfinite(y), -1);
    ln_tensor_unref(x), ln_tensor_unref(y);
    ln_item_unref(filter);
  }
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *nlmeans = &ln_filter_nlmeans.type;
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"patch_size\": 6}", &err), LN_EARG, "'patch_size' must be odd, got 6");
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"patch_size\": 1}", &err), LN_EARG, "from 3 to 63");
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"h\": 0}", &err), LN_EARG, "'h' must be a number above 0");
  CK_FAILS(ln_item_from_json(&item, nlmeans, "{\"patchsize\": 5}", &err), LN_EARG, "did you mean 'patch_size'");
}
END_TEST

TCase *nlmeans_tests(void) {
  TCase *tcase = tcase_create("nlmeans");
  tcase_add_loop_test(tcase, agrees_with_scikit_image, 0, (int)(sizeof known / sizeof known[0]));
  tcase_add_test(tcase, extreme_numbers_do_no_harm);
  tcase_add_test(tcase, bad_options_are_refused);
  return tcase;
}
