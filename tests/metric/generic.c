/* What holds for every case of every metric in metric.def. */
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "metric/metric.h"
#include "support/items.h"
#include "support/support.h"

enum { N = 3 }; /* images in a stack */

static const LnMetricType *metric_at(int i) {
  return (const LnMetricType *)items_at("metric", i);
}

/* N random images of a case's size. */
static LnTensor *images(const LnCase *c, uint64_t seed) {
  LnShape s = c->inputs[0];
  return test_random(LN_SHAPE(N, s.d[0], s.d[1], s.d[2]), seed, 0, 1);
}

/* clean + strength * noise */
static LnTensor *spoiled(const LnTensor *clean, double strength) {
  LnTensor *t = test_random(clean->shape, 2, -strength, strength);
  for (int64_t i = 0; i < ln_shape_count(t->shape); i++) t->data[i] += clean->data[i];
  return t;
}

START_TEST(identical_images_are_best) {
  const LnMetricType *type = metric_at(_i);
  for (const LnCase *c = type->type.cases; c->options != NULL; c++) {
    LnError err;
    LnItem *metric = test_item(&type->type, c->options);
    LnTensor *x = images(c, 1), *each = NULL;
    double mean;
    CK_OK(ln_metric_apply(&each, &mean, metric, x, x, &err));
    ck_assert(ln_shape_equal(each->shape, LN_SHAPE(N)));
    ck_assert(mean == type->best);
    for (int i = 0; i < N; i++) ck_assert(each->data[i] == (float)type->best);
    ln_tensor_unref(x), ln_tensor_unref(each);
    ln_item_unref(metric);
  }
}
END_TEST

START_TEST(more_noise_is_not_better) {
  const LnMetricType *type = metric_at(_i);
  for (const LnCase *c = type->type.cases; c->options != NULL; c++) {
    LnError err;
    LnItem *metric = test_item(&type->type, c->options);
    LnTensor *clean = images(c, 1);
    double before = type->best;
    for (double strength = 0.01; strength < 1; strength *= 2) {
      LnTensor *noisy = spoiled(clean, strength);
      double mean;
      CK_OK(ln_metric_apply(NULL, &mean, metric, noisy, clean, &err));
      ck_assert_msg(type->higher_is_better ? mean < before : mean > before, "%s: %g with more noise, %g with less",
                    type->type.name, mean, before);
      before = mean;
      ln_tensor_unref(noisy);
    }
    ln_tensor_unref(clean);
    ln_item_unref(metric);
  }
}
END_TEST

/* A stack is its images one by one, for any number of threads, and through views. */
START_TEST(a_stack_is_its_images) {
  const LnMetricType *type = metric_at(_i);
  LnError err;
  LnItem *metric = test_item(&type->type, type->type.cases[0].options);
  LnTensor *x = images(&type->type.cases[0], 1), *y = spoiled(x, 0.1), *each = NULL, *again = NULL;
  double mean, mean_again, sum = 0;
  ln_set_threads(2);
  CK_OK(ln_metric_apply(&each, &mean, metric, y, x, &err));
  ln_set_threads(1);
  CK_OK(ln_metric_apply(&again, &mean_again, metric, y, x, &err));
  ck_assert(mean == mean_again && memcmp(each->data, again->data, N * sizeof(float)) == 0);
  for (int i = 0; i < N; i++) {
    LnTensor *a = NULL, *b = NULL, *plane = NULL;
    double one, flat;
    CK_OK(ln_tensor_select(&a, y, 0, i, &err));
    CK_OK(ln_tensor_select(&b, x, 0, i, &err));
    CK_OK(ln_metric_apply(NULL, &one, metric, a, b, &err));
    ck_assert(each->data[i] == (float)one);
    CK_OK(ln_tensor_select(&plane, b, 0, 0, &err)); /* these cases have one channel */
    CK_OK(ln_metric_apply(NULL, &flat, metric, plane, plane, &err));
    ck_assert(flat == type->best);
    ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(plane);
    sum += one;
  }
  ck_assert_double_eq_tol(mean, sum / N, 1e-12 * fabs(mean));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(each), ln_tensor_unref(again);
  ln_item_unref(metric);
}
END_TEST

/* Widths around whole vectors. */
START_TEST(instruction_sets_agree) {
  const LnMetricType *type = metric_at(_i);
  LnError err;
  LnItem *metric = test_item(&type->type, type->type.cases[0].options);
  for (int64_t width = 11; width < 50; width++) {
    LnTensor *x = test_random(LN_SHAPE(12, width), 1, 0, 1), *y = spoiled(x, 0.1);
    double want, got;
    CK_OK(ln_kernels_select("baseline", &err));
    CK_OK(ln_metric_apply(NULL, &want, metric, y, x, &err));
    for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
      CK_OK(ln_kernels_select(*isa, &err));
      CK_OK(ln_metric_apply(NULL, &got, metric, y, x, &err));
      ck_assert_double_eq_tol(got, want, 1e-11 * fabs(want));
    }
    ln_tensor_unref(x), ln_tensor_unref(y);
  }
  ln_item_unref(metric);
}
END_TEST

START_TEST(a_bad_pixel_is_named) {
  const LnMetricType *type = metric_at(_i);
  LnError err;
  double mean;
  LnItem *metric = test_item(&type->type, type->type.cases[0].options);
  LnTensor *x = images(&type->type.cases[0], 1), *y = spoiled(x, 0);
  LnShape s = x->shape;
  y->data[s.d[1] * s.d[2] * s.d[3] + 3 * s.d[3] + 4] = NAN;
  CK_FAILS(ln_metric_apply(NULL, &mean, metric, y, x, &err), LN_ENUMERIC,
           "image 2 is NaN at channel 1, row 4, column 5");
  CK_FAILS(ln_metric_apply(NULL, &mean, metric, x, y, &err), LN_ENUMERIC, "reference 2 is NaN");
  y->data[s.d[1] * s.d[2] * s.d[3] + 3 * s.d[3] + 4] = INFINITY;
  CK_FAILS(ln_metric_apply(NULL, &mean, metric, y, x, &err), LN_ENUMERIC, "infinite");
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(metric);
}
END_TEST

START_TEST(shapes_must_fit) {
  const LnMetricType *type = metric_at(_i);
  LnError err;
  double mean;
  LnItem *metric = test_item(&type->type, "{}");
  LnTensor *x = test_random(LN_SHAPE(2, 1, 16, 16), 1, 0, 1), *y = test_random(LN_SHAPE(1, 16, 16), 1, 0, 1);
  LnTensor *line = test_random(LN_SHAPE(16), 1, 0, 1), *none = test_random(LN_SHAPE(0, 1, 16, 16), 1, 0, 1);
  CK_FAILS(ln_metric_apply(NULL, &mean, metric, x, y, &err), LN_ESHAPE, "image is 2x1x16x16 but reference is 1x16x16");
  CK_FAILS(ln_metric_apply(NULL, &mean, metric, line, line, &err), LN_ESHAPE, "N,C,H,W");
  CK_FAILS(ln_metric_apply(NULL, &mean, metric, none, none, &err), LN_ESHAPE, "0x1x16x16");
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(line), ln_tensor_unref(none);
  ln_item_unref(metric);
}
END_TEST

/* 1 in a frame of `border` pixels less, else 0. */
static LnTensor *inner(LnShape shape, int64_t border) {
  LnTensor *mask = test_random(shape, 1, 1, 1);
  int64_t height = shape.d[shape.n - 2], width = shape.d[shape.n - 1];
  for (int64_t i = 0; i < ln_shape_count(shape); i++) {
    int64_t r = i / width % height, c = i % width;
    mask->data[i] = r >= border && c >= border && r < height - border && c < width - border;
  }
  return mask;
}

/* A mask of ones changes nothing; with one of its own each image is measured as alone. */
START_TEST(masks_choose_pixels) {
  const LnMetricType *type = metric_at(_i);
  for (const LnCase *c = type->type.cases; c->options != NULL; c++) {
    LnError err;
    LnItem *metric = test_item(&type->type, c->options);
    LnTensor *x = images(c, 1), *y = spoiled(x, 0.1), *each = NULL, *a = NULL, *b = NULL;
    LnShape s = x->shape;
    LnTensor *all = inner(LN_SHAPE(s.d[2], s.d[3]), 0), *masks = inner(LN_SHAPE(N, 1, s.d[2], s.d[3]), 2), *one = NULL;
    double want, got;
    CK_OK(ln_metric_apply(NULL, &want, metric, y, x, &err));
    CK_OK(ln_metric_apply_masked(NULL, &got, metric, y, x, all, &err));
    ck_assert_double_eq_tol(got, want, 1e-12 * fabs(want));
    CK_OK(ln_metric_apply_masked(NULL, &got, metric, x, x, masks, &err));
    ck_assert(got == type->best);
    for (int64_t i = 0; i < s.d[2] * s.d[3]; i++)
      if (i % s.d[3] < s.d[3] / 2) masks->data[s.d[2] * s.d[3] + i] = 0;
    CK_OK(ln_metric_apply_masked(&each, &got, metric, y, x, masks, &err));
    ck_assert_msg(fabs(got - want) > 1e-9 * fabs(want), "%s%s: %.15g masked, %.15g not", type->type.name, c->options,
                  got, want);
    CK_OK(ln_tensor_select(&a, y, 0, 1, &err));
    CK_OK(ln_tensor_select(&b, x, 0, 1, &err));
    CK_OK(ln_tensor_select(&one, masks, 0, 1, &err));
    CK_OK(ln_metric_apply_masked(NULL, &got, metric, a, b, one, &err));
    ck_assert((float)got == each->data[1]);
    ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(each), ln_tensor_unref(a), ln_tensor_unref(b);
    ln_tensor_unref(all), ln_tensor_unref(masks), ln_tensor_unref(one);
    ln_item_unref(metric);
  }
}
END_TEST

START_TEST(bad_masks_are_refused) {
  const LnMetricType *type = metric_at(_i);
  LnError err;
  double mean;
  LnItem *metric = test_item(&type->type, type->type.cases[0].options);
  LnTensor *x = images(&type->type.cases[0], 1);
  LnShape s = x->shape;
  const LnShape wrong[] = {LN_SHAPE(7, 8), LN_SHAPE(N, s.d[2], s.d[3]), LN_SHAPE(N, 2, s.d[2], s.d[3]),
                           LN_SHAPE(2, 1, s.d[2], s.d[3]), LN_SHAPE(N, 1, s.d[3], s.d[2] + 1)};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    LnTensor *mask = inner(wrong[i], 0);
    CK_FAILS(ln_metric_apply_masked(NULL, &mean, metric, x, x, mask, &err), LN_ESHAPE, "the mask must be");
    ln_tensor_unref(mask);
  }
  LnTensor *mask = inner(LN_SHAPE(N, 1, s.d[2], s.d[3]), 1);
  mask->data[s.d[2] * s.d[3] + 3 * s.d[3] + 4] = 0.5f;
  CK_FAILS(ln_metric_apply_masked(NULL, &mean, metric, x, x, mask, &err), LN_EARG, "mask 2 is 0.5 at row 4, column 5");
  for (int64_t i = 0; i < s.d[2] * s.d[3]; i++) mask->data[s.d[2] * s.d[3] + i] = 0;
  CK_FAILS(ln_metric_apply_masked(NULL, &mean, metric, x, x, mask, &err), LN_EARG, "mask 2 is empty");
  ln_tensor_unref(mask), ln_tensor_unref(x);
  ln_item_unref(metric);
}
END_TEST

START_TEST(every_allocation_may_fail) {
  const LnMetricType *type = metric_at(_i);
  LnItem *metric = test_item(&type->type, type->type.cases[0].options);
  LnTensor *x = images(&type->type.cases[0], 1), *view = NULL, *each = NULL;
  LnError err;
  double mean;
  CK_OK(ln_tensor_slice(&view, x, 3, x->shape.d[3] - 1, x->shape.d[3], -1, &err)); /* needs a copy */
  CK_EVERY_ALLOCATION(ln_metric_apply(&each, &mean, metric, view, x, &err), ln_tensor_unref(each));
  LnTensor *mask = inner(LN_SHAPE(N, 1, x->shape.d[2], x->shape.d[3]), 1), *turned = NULL;
  CK_OK(ln_tensor_slice(&turned, mask, 3, x->shape.d[3] - 1, x->shape.d[3], -1, &err));
  CK_EVERY_ALLOCATION(ln_metric_apply_masked(&each, &mean, metric, x, x, turned, &err), ln_tensor_unref(each));
  ln_tensor_unref(mask), ln_tensor_unref(turned);
  ln_tensor_unref(view), ln_tensor_unref(x);
  ln_item_unref(metric);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, identical_images_are_best, 0, items_count("metric"));
  tcase_add_loop_test(tests, more_noise_is_not_better, 0, items_count("metric"));
  tcase_add_loop_test(tests, a_stack_is_its_images, 0, items_count("metric"));
  tcase_add_loop_test(tests, instruction_sets_agree, 0, items_count("metric"));
  tcase_add_loop_test(tests, a_bad_pixel_is_named, 0, items_count("metric"));
  tcase_add_loop_test(tests, shapes_must_fit, 0, items_count("metric"));
  tcase_add_loop_test(tests, masks_choose_pixels, 0, items_count("metric"));
  tcase_add_loop_test(tests, bad_masks_are_refused, 0, items_count("metric"));
  tcase_add_loop_test(tests, every_allocation_may_fail, 0, items_count("metric"));
}
