/* BM3D against the authors' package in decibels (pixels: bm3d.py), and what it promises besides. */
#include <stdio.h>

#include "base/parallel.h"
#include "data/data.h"
#include "filter/filter.h"
#include "kernels/kernels.h"
#include "support/formula.h"
#include "support/image.h"
#include "support/support.h"

static const double sigmas[] = {0.05, 0.1, 0.25};

/* x with noise: sums of twelve uniform numbers, as tests/filter/bm3d.py has them. */
static LnTensor *with_noise(const LnTensor *x, double sigma) {
  LnError err;
  LnTensor *y = NULL;
  CK_OK(ln_tensor_new(&y, x->shape, &err));
  for (int64_t i = 0; i < ln_shape_count(x->shape); i++) {
    double sum = 0;
    for (uint32_t k = 0; k < 12; k++) sum += (double)test_formula(i, 500 + k, -0.5, 0.5);
    y->data[i] = (float)((double)x->data[i] + sigma * sum);
  }
  return y;
}

static double psnr(const LnTensor *y, const LnTensor *x) {
  double sum = 0;
  int64_t n = ln_shape_count(x->shape);
  for (int64_t i = 0; i < n; i++) {
    double error = (double)y->data[i] - (double)x->data[i];
    sum += error * error;
  }
  return -10 * log10(sum / (double)n);
}

static LnTensor *phantom(int side) {
  LnError err;
  LnDataset set = {0};
  char options[80];
  snprintf(options, sizeof options, "{\"count\": 1, \"size\": %d}", side);
  LnItem *source = test_item(&ln_data_phantom.type, options);
  CK_OK(((const LnSourceType *)ln_item_type(source))->load(ln_item_options(source), &set, &err));
  LnTensor *x = NULL;
  CK_OK(ln_tensor_clone(&x, set.images, &err));
  ln_dataset_free(&set), ln_item_unref(source);
  return x;
}

/* What the package reaches: printed by tests/filter/bm3d.py. Files may not be passed on and lie beside the repository.
 */
static const struct {
  const char *name;
  int side; /* of the head phantom; 0: the image of support/image.h, or the file */
  double psnr[3];
} references[] = {
    {"", 0, {31.006, 28.876, 22.353}},
    {"", 64, {34.358, 30.310, 23.387}},
    {"", 128, {37.260, 33.335, 27.765}},
    {"../shared/data/mias/64/mdb003.pgm", 0, {35.869, 32.864, 28.010}},
    {"../shared/data/chest-pediatric/64/IM-0001-0001.pgm", 0, {31.374, 27.990, 23.955}},
    {"../shared/data/dental-panoramic/64/1008.pgm", 0, {30.393, 26.571, 22.231}},
};

START_TEST(as_good_as_the_package) {
  LnError err;
  const char *name = references[_i].name;
  LnTensor *clean = name[0] != '\0'          ? test_image_file(name)
                    : references[_i].side > 0 ? phantom(references[_i].side)
                                              : test_image(LN_SHAPE(64, 64));
  if (clean == NULL) {
    fprintf(stderr, "skipped as_good_as_the_package: there is no %s\n", name);
    return;
  }
  for (int k = 0; k < 3; k++) {
    char options[40];
    snprintf(options, sizeof options, "{\"sigma\": %g}", sigmas[k]);
    LnItem *filter = test_item(&ln_filter_bm3d.type, options);
    LnTensor *noisy = with_noise(clean, sigmas[k]), *y = NULL;
    CK_OK(ln_filter_apply(&y, filter, noisy, &err));
    double got = psnr(y, clean), want = references[_i].psnr[k];
    ck_assert_msg(fabs(got - want) < 0.03, "sigma %g: %.3f dB, the package reaches %.3f", sigmas[k], got,
                  want);
    ln_tensor_unref(noisy), ln_tensor_unref(y), ln_item_unref(filter);
  }
  ln_tensor_unref(clean);
}
END_TEST

/* Several bands and segments of reference blocks. */
START_TEST(threads_do_not_show) {
  LnError err;
  LnItem *filter = test_item(&ln_filter_bm3d.type, "{\"step\": 4}");
  LnTensor *clean = phantom(170), *x = with_noise(clean, 0.1), *one = NULL, *three = NULL;
  int threads = ln_threads();
  ln_set_threads(1);
  CK_OK(ln_filter_apply(&one, filter, x, &err));
  ln_set_threads(3);
  CK_OK(ln_filter_apply(&three, filter, x, &err));
  ln_set_threads(threads);
  ck_assert_mem_eq(one->data, three->data, (size_t)ln_shape_count(x->shape) * sizeof(float));
  ck_assert(psnr(one, clean) > 30);
  ln_tensor_unref(clean), ln_tensor_unref(x), ln_tensor_unref(one), ln_tensor_unref(three), ln_item_unref(filter);
}
END_TEST

/* Where two blocks are equally near or a coefficient is at the threshold, rounding decides: few pixels show it. */
START_TEST(instruction_sets_agree_on_images) {
  LnError err;
  LnItem *filter = test_item(&ln_filter_bm3d.type, "{}");
  LnTensor *clean = phantom(64), *x = with_noise(clean, 0.1), *want = NULL;
  CK_OK(ln_kernels_select("baseline", &err));
  CK_OK(ln_filter_apply(&want, filter, x, &err));
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    LnTensor *y = NULL;
    CK_OK(ln_kernels_select(*isa, &err));
    CK_OK(ln_filter_apply(&y, filter, x, &err));
    ck_assert_msg(psnr(y, want) > 60, "%s: %.1f dB from baseline", *isa, psnr(y, want));
    ln_tensor_unref(y);
  }
  ln_tensor_unref(clean), ln_tensor_unref(x), ln_tensor_unref(want), ln_item_unref(filter);
}
END_TEST

static double noise_left(const char *options, const LnTensor *clean, LnTensor *x) {
  LnError err;
  LnItem *filter = test_item(&ln_filter_bm3d.type, options);
  LnTensor *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  double left = psnr(y, clean);
  ln_tensor_unref(y), ln_item_unref(filter);
  return left;
}

START_TEST(groups_and_stages_are_worth_it) {
  LnTensor *clean = phantom(96), *x = with_noise(clean, 0.1);
  double hard = noise_left("{\"stages\": \"hard\"}", clean, x), np = noise_left("{}", clean, x);
  double lc = noise_left("{\"profile\": \"lc\"}", clean, x), high = noise_left("{\"profile\": \"high\"}", clean, x);
  double vn = noise_left("{\"profile\": \"vn\"}", clean, x), alone = noise_left("{\"group\": 1}", clean, x);
  ck_assert_msg(np > hard && np > lc && np > alone + 1 && high > alone + 1 && vn > alone + 1,
                "hard %.2f, np %.2f, lc %.2f, high %.2f, vn %.2f, single blocks %.2f", hard, np, lc, high, vn, alone);
  double changed =
      noise_left("{\"profile\": \"lc\", \"step\": 3, \"search\": 39, \"group\": [16, 32]}", clean, x);
  ck_assert(changed == np);
  ln_tensor_unref(clean), ln_tensor_unref(x);
}
END_TEST

/* No noise, nothing to do. */
START_TEST(sigma_0_changes_nothing) {
  LnError err;
  LnItem *filter = test_item(&ln_filter_bm3d.type, "{\"sigma\": 0}");
  LnTensor *x = test_image(LN_SHAPE(40, 30)), *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ck_assert_close(y->data, x->data, 1200, 2e-6);
  ln_tensor_unref(x), ln_tensor_unref(y), ln_item_unref(filter);
}
END_TEST

START_TEST(bad_options_are_refused) {
  LnError err;
  LnItem *item;
  const LnType *bm3d = &ln_filter_bm3d.type;
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"sigma\": -1}", &err), LN_EARG, "'sigma' must be");
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"profile\": \"fast\"}", &err), LN_EARG, "np");
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"step\": 9}", &err), LN_EARG, "must not exceed 'block'");
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"group\": [16, 12]}", &err), LN_EARG, "'group' must be 1, 2, 4");
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"search\": 38}", &err), LN_EARG, "'search' must be odd, got 38");
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"block\": 12}", &err), LN_EARG, "transform = \"dct\" takes any");
  CK_FAILS(ln_item_from_json(&item, bm3d, "{\"block\": 17}", &err), LN_EARG, "from 2 to 16");
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, as_good_as_the_package, 0, sizeof references / sizeof *references);
  tcase_add_test(tests, threads_do_not_show);
  tcase_add_test(tests, instruction_sets_agree_on_images);
  tcase_add_test(tests, groups_and_stages_are_worth_it);
  tcase_add_test(tests, sigma_0_changes_nothing);
  tcase_add_test(tests, bad_options_are_refused);
}
