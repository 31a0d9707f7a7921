/* BLS-GSM: the pyramid, options, extreme numbers. Known results: bls_gsm.py. */
#include "base/memory.h"
#include "filter/filter.h"
#include "filter/steerable.h"
#include "support/support.h"

enum { HEIGHT = 32, WIDTH = 48, LEVELS = 3, PIXELS = HEIGHT * WIDTH, PAIRS = HEIGHT * (WIDTH / 2 + 1) };

/* A plane is the sum of its bands, each masked once more, and of what is in none. Angles of even and odd order. */
START_TEST(bands_add_up) {
  LnError err;
  LnSteerable s;
  if (!ln_fft_available()) return;
  LnTensor *x = test_random(LN_SHAPE(HEIGHT, WIDTH), 1, 0, 1);
  CK_OK(ln_steerable_new(&s, "test", HEIGHT, WIDTH, LEVELS, _i, &err));
  float *spectrum = ln_alloc(2 * PAIRS * sizeof(float)), *sum = ln_alloc(2 * PAIRS * sizeof(float));
  float *grid = ln_alloc(2 * PAIRS * sizeof(float)), *room = ln_alloc(2 * PAIRS * sizeof(float));
  float *y = ln_alloc(PIXELS * sizeof(float));
  memcpy(y, x->data, PIXELS * sizeof(float));
  ln_fft_forward(s.level[0].plan, spectrum, y);
  for (int64_t i = 0; i < 2 * PAIRS; i++) sum[i] = spectrum[i] * s.rest[i / 2];
  for (int64_t level = 0; level <= LEVELS; level++)
    for (int64_t k = 0; k < _i; k++) {
      int64_t pixels = s.level[level].height * s.level[level].width;
      ln_steerable_crop(grid, &s, level, spectrum);
      ln_steerable_band(y, &s, level, s.level[level].radial, k, grid, 1.0f / PIXELS, room);
      ln_steerable_unband(grid, &s, level, k, y, (float)PIXELS / (float)pixels);
      ln_steerable_add(sum, &s, level, grid);
    }
  ln_fft_inverse(s.level[0].plan, y, sum);
  for (int64_t i = 0; i < PIXELS; i++) y[i] /= PIXELS;
  ck_assert_close(y, x->data, PIXELS, 2e-6);
  ln_free(spectrum), ln_free(sum), ln_free(grid), ln_free(room), ln_free(y);
  ln_steerable_free(&s);
  ln_tensor_unref(x);
}
END_TEST

START_TEST(without_fftw_it_says_so) {
  LnError err;
  LnTensor *y = NULL;
  if (ln_fft_available()) return;
  LnItem *filter = test_item(&ln_filter_bls_gsm.type, "{}");
  LnTensor *x = test_random(LN_SHAPE(13, 9), 1, 0, 1);
  CK_FAILS(ln_filter_apply(&y, filter, x, &err), LN_EUNSUPPORTED, "bls_gsm: this lunet was built without FFTW");
  ln_tensor_unref(x);
  ln_item_unref(filter);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *bls_gsm = &ln_filter_bls_gsm.type;
  CK_FAILS(ln_item_from_json(&item, bls_gsm, "{\"neighbourhood\": 4}", &err), LN_EARG, "must be odd, got 4");
  CK_FAILS(ln_item_from_json(&item, bls_gsm, "{\"levels\": 9}", &err), LN_EARG, "from 1 to 8");
  CK_FAILS(ln_item_from_json(&item, bls_gsm, "{\"orientation\": 9}", &err), LN_EARG, "did you mean 'orientations'");
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, bands_add_up, 1, 7);
  tcase_add_test(tests, without_fftw_it_says_so);
  tcase_add_test(tests, bad_options_are_refused);
}
