/* Wavelet shrinkage: transforms that are inverted, options, extreme numbers. Known results: wavelet.py. */
#include <stdio.h>

#include "filter/filter.h"
#include "filter/wavelets.h"
#include "support/support.h"

/* Next to nothing is taken away: what comes back is the image. */
START_TEST(transforms_are_inverted) {
  static const char *const spinning[] = {"0", "1", "\"full\""};
  LnError err;
  char options[120];
  LnTensor *x = test_random(LN_SHAPE(29, 46), 1, 0, 1);
  for (int i = 0; i < 9; i++) {
    snprintf(options, sizeof options,
             "{\"sigma\": 1e-9, \"wavelet\": \"%s\", \"levels\": %d, \"method\": \"visushrink\", "
             "\"cycle_spinning\": %s}",
             ln_wavelet_words[_i], 1 + i / 3 * 2, spinning[i % 3]);
    LnItem *filter = test_item(&ln_filter_wavelet.type, options);
    LnTensor *y = NULL;
    CK_OK(ln_filter_apply(&y, filter, x, &err));
    ck_assert_close(y->data, x->data, 29 * 46, 3e-6);
    ln_tensor_unref(y);
    ln_item_unref(filter);
  }
  ln_tensor_unref(x);
}
END_TEST

/* Filters have unit length and are orthogonal to each other and to their shifts by two. */
START_TEST(wavelets_are_orthonormal) {
  LnWavelet wavelet = ln_wavelet_of(_i);
  for (int shift = 0; shift < wavelet.taps; shift += 2) {
    double low = 0, high = 0, both = 0;
    for (int m = shift; m < wavelet.taps; m++) {
      low += (double)wavelet.low[m] * (double)wavelet.low[m - shift];
      high += (double)wavelet.high[m] * (double)wavelet.high[m - shift];
      both += (double)wavelet.low[m] * (double)wavelet.high[m - shift];
    }
    ck_assert_double_eq_tol(low, shift == 0, 1e-6);
    ck_assert_double_eq_tol(high, shift == 0, 1e-6);
    ck_assert_double_eq_tol(both, 0, 1e-6);
  }
}
END_TEST

START_TEST(extreme_numbers_do_no_harm) {
  static const double scales[] = {1e-30, 1, 1e30};
  static const char *const options[] = {
      "{}", "{\"sigma\": 1e-30, \"method\": \"sureshrink\"}", "{\"sigma\": 1e6, \"method\": \"visushrink\"}",
      "{\"sigma\": 1e-30, \"cycle_spinning\": \"full\"}", "{\"sigma\": 1e6, \"levels\": 12, \"wavelet\": \"db10\"}"};
  LnError err;
  for (int i = 0; i < 15; i++) {
    LnItem *filter = test_item(&ln_filter_wavelet.type, options[i / 3]);
    LnTensor *x = test_random(LN_SHAPE(13, 9), 1, 0, scales[i % 3]), *y = NULL;
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
  const LnType *wavelet = &ln_filter_wavelet.type;
  CK_FAILS(ln_item_from_json(&item, wavelet, "{\"sigma\": -1}", &err), LN_EARG, "wavelet: option 'sigma' must be");
  CK_FAILS(ln_item_from_json(&item, wavelet, "{\"wavelet\": \"db44\"}", &err), LN_EARG, "'haar', 'db2'");
  CK_FAILS(ln_item_from_json(&item, wavelet, "{\"levels\": 0}", &err), LN_EARG, "from 1 to 12");
  CK_FAILS(ln_item_from_json(&item, wavelet, "{\"cycle_spinning\": \"all\"}", &err), LN_EARG, "'full'");
  CK_FAILS(ln_item_from_json(&item, wavelet, "{\"method\": \"sureshrink\", \"mode\": \"hard\"}", &err), LN_EARG,
           "mode must be 'soft', got 'hard'");
}
END_TEST

TESTS {
  int wavelets = 0;
  while (ln_wavelet_words[wavelets] != NULL) wavelets++;
  tcase_add_loop_test(tests, transforms_are_inverted, 0, wavelets);
  tcase_add_loop_test(tests, wavelets_are_orthonormal, 0, wavelets);
  tcase_add_test(tests, extreme_numbers_do_no_harm);
  tcase_add_test(tests, bad_options_are_refused);
}
