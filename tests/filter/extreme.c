/* Filters that divide, take roots or solve for something give finite pixels whatever the numbers. */
#include "filter/filter.h"
#include "support/support.h"
#include "tensor/fft_plan.h"

static const struct {
  const LnType *type;
  double least, most; /* of the pixels, times a scale */
  double scales[6];
  const char *options[5];
} extremes[] = {
    {&ln_filter_bm3d.type, -1, 1, {1e-38, 1e-30, 1e-6, 1, 1e6, 1e38},
     {"{\"sigma\": 0}", "{\"sigma\": 1e-6}", "{\"sigma\": 1e6}",
      "{\"sigma\": 0.1, \"lambda\": 1e6, \"mu2\": 1e6, \"match\": 1e6}",
      "{\"sigma\": 0.1, \"lambda\": 0, \"mu2\": 0, \"match\": 0}"}},
    {&ln_filter_ksvd.type, 0, 1, {1e-30, 1, 1e30},
     {"{\"sigma\": 1e-30, \"atoms\": 30, \"iterations\": 1}", "{\"sigma\": 1e6, \"atoms\": 30, \"iterations\": 2}",
      "{\"atoms\": 1, \"iterations\": 2}", "{\"atoms\": 20, \"iterations\": 2, \"learning\": \"online\"}",
      "{\"atoms\": 20, \"iterations\": 0, \"training\": 1}"}},
    {&ln_filter_bls_gsm.type, 0, 1, {1e-30, 1, 1e30},
     {"{\"orientations\": 2}", "{\"sigma\": 1e-30, \"orientations\": 2}", "{\"sigma\": 1e6, \"orientations\": 1}",
      "{\"sigma\": 1e-5, \"levels\": 8, \"orientations\": 1}"}},
};

static void check_finite(const LnType *type, const char *options, double least, double most) {
  LnError err;
  LnItem *filter = test_item(type, options);
  LnTensor *x = test_random(LN_SHAPE(13, 19), 1, (float)least, (float)most), *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ck_assert_msg(ln_tensor_find_nonfinite(y) == -1, "%s %s, pixels up to %g", type->name, options, most);
  ln_tensor_unref(x), ln_tensor_unref(y), ln_item_unref(filter);
}

START_TEST(extreme_numbers_do_no_harm) {
  const LnType *type = extremes[_i].type;
  if (type == &ln_filter_bls_gsm.type && !ln_fft_available()) return;
  for (int k = 0; k < 5 && extremes[_i].options[k] != NULL; k++)
    for (int s = 0; s < 6 && extremes[_i].scales[s] > 0; s++)
      check_finite(type, extremes[_i].options[k], extremes[_i].scales[s] * extremes[_i].least,
                   extremes[_i].scales[s] * extremes[_i].most);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, extreme_numbers_do_no_harm, 0, sizeof extremes / sizeof *extremes);
}
