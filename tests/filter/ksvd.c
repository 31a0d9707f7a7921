/* K-SVD denoising: learning, seeds, options, extreme numbers. Known results: ksvd.py. */
#include <stdio.h>

#include "base/parallel.h"
#include "base/rng.h"
#include "filter/filter.h"
#include "filter/learn.h"
#include "filter/omp.h"
#include "support/image.h"
#include "support/support.h"

enum { HEIGHT = 72, WIDTH = 90 };

static LnTensor *filtered(LnTensor *x, const char *options) {
  LnError err;
  LnTensor *y = NULL;
  LnItem *filter = test_item(&ln_filter_ksvd.type, options);
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ln_item_unref(filter);
  return y;
}

static LnTensor *with_noise(LnTensor *clean, double sigma) {
  LnError err;
  LnTensor *x = NULL;
  CK_OK(ln_tensor_clone(&x, clean, &err));
  for (int64_t i = 0; i < ln_shape_count(x->shape); i++)
    x->data[i] += (float)(sigma * ln_rng_normal((LnRng){5, 0}, (uint64_t)i));
  return x;
}

static double error_of(const char *options, LnTensor *x, const LnTensor *clean) {
  LnTensor *y = filtered(x, options);
  double sum = 0;
  int64_t n = ln_shape_count(x->shape);
  for (int64_t i = 0; i < n; i++) {
    double difference = (double)y->data[i] - (double)clean->data[i];
    sum += difference * difference;
  }
  ln_tensor_unref(y);
  return sum / (double)n;
}

/* On an image of repeated texture, both ways of learning leave at most a share of the error that cosines leave. */
START_TEST(learning_helps) {
  LnTensor *clean = test_image(LN_SHAPE(HEIGHT, WIDTH)), *x = with_noise(clean, 0.1);
  double cosines = error_of("{\"learning\": \"none\"}", x, clean);
  double ksvd = error_of("{\"iterations\": 4}", x, clean);
  double online = error_of("{\"learning\": \"online\", \"iterations\": 4}", x, clean);
  ck_assert_msg(ksvd < 0.97 * cosines && online < 0.97 * cosines, "cosines %g, K-SVD %g, online %g", cosines, ksvd,
                online);
  ln_tensor_unref(clean), ln_tensor_unref(x);
}
END_TEST

/* The same bits for any number of threads, another sample for another seed. */
START_TEST(a_seed_decides) {
  static const char *const options[] = {
      "{\"training\": 500, \"atoms\": 64, \"iterations\": 2, \"seed\": %d}",
      "{\"training\": 500, \"atoms\": 64, \"iterations\": 2, \"learning\": \"online\", \"seed\": %d}"};
  LnTensor *clean = test_image(LN_SHAPE(HEIGHT, WIDTH)), *x = with_noise(clean, 0.1), *y[3];
  char text[120];
  for (int i = 0; i < 3; i++) {
    ln_set_threads(i == 1 ? 2 : 1);
    snprintf(text, sizeof text, options[_i], i == 2);
    y[i] = filtered(x, text);
  }
  size_t bytes = HEIGHT * WIDTH * sizeof(float);
  ck_assert(memcmp(y[0]->data, y[1]->data, bytes) == 0);
  ck_assert(memcmp(y[0]->data, y[2]->data, bytes) != 0);
  for (int i = 0; i < 3; i++) ln_tensor_unref(y[i]);
  ln_tensor_unref(clean), ln_tensor_unref(x);
}
END_TEST

/* Signals that are sums of three atoms of a dictionary of random numbers are taken apart into these. */
START_TEST(few_atoms_are_found) {
  enum { ATOMS = 50, LENGTH = 40, SIGNALS = 30 };
  static float atoms[ATOMS * LENGTH], gram[ATOMS * ATOMS], x[SIGNALS * LENGTH];
  LnDictionary d = {ATOMS, LENGTH, atoms, gram};
  LnCodes codes;
  LnError err;
  ln_rng_fill_normal(atoms, ATOMS * LENGTH, (LnRng){1, 0}, 0);
  for (int k = 0; k < ATOMS; k++) {
    double square = 0;
    for (int i = 0; i < LENGTH; i++) square += (double)atoms[k * LENGTH + i] * (double)atoms[k * LENGTH + i];
    for (int i = 0; i < LENGTH; i++) atoms[k * LENGTH + i] = (float)((double)atoms[k * LENGTH + i] / sqrt(square));
  }
  memset(x, 0, sizeof x);
  for (int s = 0; s < SIGNALS; s++)
    for (int k = 0; k < 3; k++)
      for (int i = 0; i < LENGTH; i++) x[s * LENGTH + i] += (float)(k + 1) * atoms[(s + 7 * k) % ATOMS * LENGTH + i];
  ln_dictionary_gram(&d);
  CK_OK(ln_codes_new(&codes, SIGNALS, 8, &err));
  CK_OK(ln_omp(&codes, &d, x, 1e-6, &err));
  int exact = 0;
  for (int s = 0; s < SIGNALS; s++) {
    ln_codes_add(x + s * LENGTH, &codes, s, &d, -1);
    double left = 0;
    for (int i = 0; i < LENGTH; i++) left += (double)x[s * LENGTH + i] * (double)x[s * LENGTH + i];
    ck_assert(left < 1e-4 || codes.count[s] == 8);
    exact += codes.count[s] == 3;
  }
  ck_assert_int_ge(exact, SIGNALS * 2 / 3); /* greedy choice may go wrong */
  ln_codes_free(&codes);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *ksvd = &ln_filter_ksvd.type;
  CK_FAILS(ln_item_from_json(&item, ksvd, "{\"patch_size\": 1}", &err), LN_EARG, "from 2 to 16");
  CK_FAILS(ln_item_from_json(&item, ksvd, "{\"learning\": \"mod\"}", &err), LN_EARG, "'ksvd', 'online'");
  CK_FAILS(ln_item_from_json(&item, ksvd, "{\"gain\": 0}", &err), LN_EARG, "'gain' must be a number above 0");
  CK_FAILS(ln_item_from_json(&item, ksvd, "{\"atom\": 9}", &err), LN_EARG, "did you mean 'atoms'");
}
END_TEST

TESTS {
  tcase_add_test(tests, learning_helps);
  tcase_add_loop_test(tests, a_seed_decides, 0, 2);
  tcase_add_test(tests, few_atoms_are_found);
  tcase_add_test(tests, bad_options_are_refused);
}
