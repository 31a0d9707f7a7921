/* What holds for every case of every filter in filter.def. */
#include "base/memory.h"
#include "base/parallel.h"
#include "filter/filter.h"
#include "kernels/kernels.h"
#include "support/image.h"
#include "support/items.h"
#include "support/support.h"
#include "tensor/fft_plan.h"

/* Some filters need FFTW, without which lunet can be built. */
static bool runs_here(const LnType *type) {
  return ln_fft_available() || type != &ln_filter_bls_gsm.type;
}

START_TEST(a_constant_image_stays) {
  LnError err;
  if (!runs_here(items_at("filter", _i))) return;
  for (const LnCase *c = items_at("filter", _i)->cases; c->options != NULL; c++) {
    LnItem *filter = test_item(items_at("filter", _i), c->options);
    LnTensor *x = NULL, *y = NULL;
    CK_OK(ln_tensor_new(&x, c->inputs[0], &err));
    ln_tensor_fill(x, 0.7f, NULL);
    CK_OK(ln_filter_apply(&y, filter, x, &err));
    ck_assert(ln_shape_equal(y->shape, x->shape));
    ck_assert_close(y->data, x->data, ln_shape_count(x->shape), 5e-6);
    ln_tensor_unref(x), ln_tensor_unref(y);
    ln_item_unref(filter);
  }
}
END_TEST

START_TEST(noise_becomes_less) {
  LnError err;
  if (!runs_here(items_at("filter", _i))) return;
  LnItem *filter = test_item(items_at("filter", _i), items_at("filter", _i)->cases[0].options);
  LnTensor *x = test_random(LN_SHAPE(32, 32), 1, 0.4, 0.6), *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, x, &err));
  ck_assert(ln_tensor_reduce_all(LN_STD, y) < 0.6 * ln_tensor_reduce_all(LN_STD, x));
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_MEAN, y), ln_tensor_reduce_all(LN_MEAN, x), 0.01);
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(filter);
}
END_TEST

/* Down to a single pixel, also where the window is larger than the plane. What drops small coefficients of a transform
 * may go somewhat beyond the range of the image. */
/* Those that keep some coefficients of a transform and drop others go beyond the image's range; means do not. */
static bool overshoots(const LnType *type) {
  static const LnFilterType *const all[] = {&ln_filter_wavelet, &ln_filter_dct, &ln_filter_pca, &ln_filter_ksvd,
                                            &ln_filter_bls_gsm};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (type == &all[i]->type) return true;
  return false;
}

START_TEST(any_size_will_do) {
  LnError err;
  float beyond = overshoots(items_at("filter", _i)) ? 0.5f : 1e-6f;
  if (!runs_here(items_at("filter", _i))) return;
  for (const LnCase *c = items_at("filter", _i)->cases; c->options != NULL; c++)
    for (int64_t height = 1; height <= 6; height++)
      for (int64_t width = 1; width <= 6; width++) {
        LnItem *filter = test_item(items_at("filter", _i), c->options);
        LnTensor *x = test_random(LN_SHAPE(height, width), 1, 0, 1), *y = NULL;
        CK_OK(ln_filter_apply(&y, filter, x, &err));
        for (int64_t i = 0; i < height * width; i++) ck_assert(y->data[i] >= -beyond && y->data[i] <= 1 + beyond);
        ln_tensor_unref(x), ln_tensor_unref(y);
        ln_item_unref(filter);
      }
}
END_TEST

/* The filtered plane, or the whole image where the filter joins channels, has the bits of `want`. */
static void check_part(LnItem *filter, LnTensor *part, const float *want) {
  LnError err;
  LnTensor *y = NULL;
  CK_OK(ln_filter_apply(&y, filter, part, &err));
  ck_assert(memcmp(y->data, want, (size_t)ln_shape_count(part->shape) * sizeof(float)) == 0);
  ln_tensor_unref(y);
}

/* A stack is its planes, or images, one by one, to the bit, for any number of threads, and through views. */
START_TEST(a_stack_is_its_planes) {
  LnError err;
  if (!runs_here(items_at("filter", _i))) return;
  for (const LnCase *c = items_at("filter", _i)->cases; c->options != NULL; c++) {
    LnItem *filter = test_item(items_at("filter", _i), c->options);
    LnTensor *x = test_random(LN_SHAPE(3, 70, 2, 30), 1, 0, 1), *y = NULL, *turned = NULL;
    CK_OK(ln_tensor_permute(&turned, x, (const int[]){0, 2, 1, 3}, &err)); /* 3,2,70,30, not contiguous */
    ln_set_threads(2);
    CK_OK(ln_filter_apply(&y, filter, turned, &err));
    ln_set_threads(1);
    const LnFilterType *type = (const LnFilterType *)items_at("filter", _i);
    bool joint = type->joint != NULL && type->joint(ln_item_options(filter));
    for (int i = 0; i < 6; i++) {
      LnTensor *image = NULL, *plane = NULL;
      CK_OK(ln_tensor_select(&image, turned, 0, i / 2, &err));
      CK_OK(ln_tensor_select(&plane, image, 0, i % 2, &err));
      if (!joint)
        check_part(filter, plane, y->data + i * 70 * 30);
      else if (i % 2 == 0)
        check_part(filter, image, y->data + i * 70 * 30);
      ln_tensor_unref(image), ln_tensor_unref(plane);
    }
    ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(turned);
    ln_item_unref(filter);
  }
}
END_TEST

/* Widths around whole vectors, also less than one. */
START_TEST(instruction_sets_agree) {
  LnError err;
  if (!runs_here(items_at("filter", _i))) return;
  for (const LnCase *c = items_at("filter", _i)->cases; c->options != NULL; c++)
    for (int64_t width = 1; width < 36; width++) {
      LnItem *filter = test_item(items_at("filter", _i), c->options);
      LnTensor *x = test_random(LN_SHAPE(5, width), 1, 0, 1), *want = NULL;
      CK_OK(ln_kernels_select("baseline", &err));
      CK_OK(ln_filter_apply(&want, filter, x, &err));
      for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
        LnTensor *y = NULL;
        CK_OK(ln_kernels_select(*isa, &err));
        CK_OK(ln_filter_apply(&y, filter, x, &err));
        ck_assert_close(y->data, want->data, 5 * width, 1e-5);
        ln_tensor_unref(y);
      }
      ln_tensor_unref(x), ln_tensor_unref(want);
      ln_item_unref(filter);
    }
}
END_TEST

START_TEST(bad_images_are_refused) {
  LnError err;
  if (!runs_here(items_at("filter", _i))) return;
  LnItem *filter = test_item(items_at("filter", _i), items_at("filter", _i)->cases[0].options);
  LnTensor *x = test_random(LN_SHAPE(2, 3, 8, 9), 1, 0, 1), *line = test_random(LN_SHAPE(8), 1, 0, 1), *y = NULL;
  LnTensor *none = test_random(LN_SHAPE(1, 0, 4), 1, 0, 1);
  x->data[(3 + 1) * 72 + 2 * 9 + 4] = NAN;
  CK_FAILS(ln_filter_apply(&y, filter, x, &err), LN_ENUMERIC, "image 2 is NaN at channel 2, row 3, column 5");
  x->data[(3 + 1) * 72 + 2 * 9 + 4] = -INFINITY;
  CK_FAILS(ln_filter_apply(&y, filter, x, &err), LN_ENUMERIC, "infinite");
  CK_FAILS(ln_filter_apply(&y, filter, line, &err), LN_ESHAPE, "expected images N,C,H,W or C,H,W or H,W, got 8");
  CK_FAILS(ln_filter_apply(&y, filter, none, &err), LN_ESHAPE, "got 1x0x4");
  ck_assert_ptr_null(y);
  ln_tensor_unref(x), ln_tensor_unref(line), ln_tensor_unref(none);
  ln_item_unref(filter);
}
END_TEST

START_TEST(every_allocation_may_fail) {
  LnError err;
  if (!runs_here(items_at("filter", _i))) return;
  LnItem *filter = test_item(items_at("filter", _i), items_at("filter", _i)->cases[0].options);
  LnTensor *x = test_random(LN_SHAPE(2, 70, 12), 1, 0, 1), *view = NULL, *y = NULL;
  CK_OK(ln_tensor_slice(&view, x, 2, 11, 12, -1, &err)); /* needs a copy */
  CK_EVERY_ALLOCATION(ln_filter_apply(&y, filter, view, &err), ln_tensor_unref(y));
  ln_tensor_unref(view), ln_tensor_unref(x);
  ln_item_unref(filter);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, a_constant_image_stays, 0, items_count("filter"));
  tcase_add_loop_test(tests, noise_becomes_less, 0, items_count("filter"));
  tcase_add_loop_test(tests, any_size_will_do, 0, items_count("filter"));
  tcase_add_loop_test(tests, a_stack_is_its_planes, 0, items_count("filter"));
  tcase_add_loop_test(tests, instruction_sets_agree, 0, items_count("filter"));
  tcase_add_loop_test(tests, bad_images_are_refused, 0, items_count("filter"));
  tcase_add_loop_test(tests, every_allocation_may_fail, 0, items_count("filter"));
}
