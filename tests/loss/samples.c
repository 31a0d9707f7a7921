/* What a loss makes of a sample: element weights, and samples that it does not take. */
#include "base/memory.h"
#include "loss/eval.h"
#include "support/formula.h"
#include "support/items.h"
#include "support/support.h"

enum { N = 2 * 3 * 300 };

static LnItem *with_weight(const LnLossType *type, const char *options, LnTensor *weight) {
  LnError err;
  LnItem *item = test_item(&type->type, options);
  LnValue value = {.kind = LN_OBJECT, .object = weight, .of = &ln_tensor_object};
  CK_OK(ln_item_set(item, "weight", value, &err));
  CK_OK(ln_item_check(item, &err));
  return item;
}

static bool has_weight(const LnType *type) {
  return ln_param_find(type->params, "weight") != NULL;
}

/* A sample in which every third element counts, out of weights of the sample's shape or of a row, which is spread: its
 * loss is that of these elements alone, and the others have no gradient. */
static void check_weights(const LnType *type, bool logits, LnShape weights) {
  const LnLossType *loss = (const LnLossType *)type;
  LnShape sample = LN_SHAPE(2, 3, 300);
  LnTensor *weight = test_formula_tensor(weights, 0, 0, 0);
  static float y[N], target[N], grad[N], few_y[N / 3], few_target[N / 3], few_grad[N / 3];
  for (int64_t i = 0; i < ln_shape_count(weights); i += 3) weight->data[i] = 2;
  test_formula_fill(y, N, 1, 0.1, 0.9), test_formula_fill(target, N, 2, 0.1, 0.9);
  for (int i = 0; i < N; i += 3) few_y[i / 3] = y[i], few_target[i / 3] = target[i];
  LnItem *item = with_weight(loss, "{}", weight), *plain = test_item(type, "{}");
  double value = loss_eval(item, logits, grad, y, target, sample, 3);
  double want = 2.0 / 3 * loss_eval(plain, logits, few_grad, few_y, few_target, LN_SHAPE(N / 3), 2);
  ck_assert_msg(fabs(value - want) < 1e-6 * fabs(want), "%s: %.9g, expected %.9g", type->name, value, want);
  for (int i = 0; i < N; i++)
    ck_assert_double_eq_tol((double)grad[i], i % 3 == 0 ? (double)few_grad[i / 3] : 0, 1e-5 / N);
  ck_assert_double_eq_tol(loss_eval(item, logits, NULL, y, target, sample, 3), value, 1e-12);
  ln_tensor_unref(weight), ln_item_unref(item), ln_item_unref(plain);
}

START_TEST(weights_count) {
  const LnType *type = items_at("loss", _i);
  if (!has_weight(type)) return;
  for (int logits = 0; logits <= (((const LnLossType *)type)->eval_logits != NULL); logits++) {
    check_weights(type, logits, LN_SHAPE(2, 3, 300));
    check_weights(type, logits, LN_SHAPE(300));
    check_weights(type, logits, LN_SHAPE(1, 3, 300));
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Whatever the caller does with the tensor later, and however it lies in memory. */
START_TEST(weights_are_copied) {
  LnError err;
  LnTensor *wide = test_formula_tensor(LN_SHAPE(4, 6), 1, 1, 2), *weight = NULL;
  CK_OK(ln_tensor_slice(&weight, wide, 1, 0, 3, 2, &err));
  LnItem *item = with_weight(&ln_loss_mae, "{\"reduction\": \"sum\"}", weight), *copy = NULL;
  float y[12], target[12] = {0};
  double want = 0;
  for (int i = 0; i < 12; i++) y[i] = 1, want += wide->data[i / 3 * 6 + i % 3 * 2];
  CK_OK(ln_tensor_fill(wide, 7, &err));
  CK_OK(ln_item_copy(&copy, item, &err));
  ln_item_unref(item);
  ck_assert_double_eq_tol(loss_eval(copy, false, NULL, y, target, LN_SHAPE(4, 3), 1), want, 1e-5);
  char *json = NULL;
  CK_OK(ln_item_to_json(&json, copy, &err));
  ck_assert_msg(strstr(json, "\"weight\":\"a tensor of 4x3\"") != NULL, "%s", json);
  LnItem *again = NULL;
  CK_FAILS(ln_item_from_json(&again, &ln_loss_mae.type, json, &err), LN_EARG,
           "mae: option 'weight' must be a tensor, got 'a tensor of 4x3'");
  ln_free(json);
  ln_tensor_unref(wide), ln_tensor_unref(weight), ln_item_unref(copy);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

static const struct {
  const LnLossType *type;
  const char *options, *message;
  LnShape sample;
} refused[] = {
    {&ln_loss_ssim, "{}", "ssim: expected images C,H,W, got a sample of 12", {1, {12}}},
    {&ln_loss_ssim, "{}", "ssim: images of 1x20x8 are smaller than the window of 11x11; give a smaller 'window'",
     {3, {1, 20, 8}}},
    {&ln_loss_ms_ssim, "{}", "ms_ssim: images of 1x64x64, halved 4 times, are smaller than the window of 11x11; give "
     "scales = 3, or a smaller 'window'", {3, {1, 64, 64}}},
    {&ln_loss_ms_ssim, "{}", "give window = 7 or less, and fewer 'scales'", {3, {1, 8, 8}}},
    {&ln_loss_ms_ssim, "{}", "ms_ssim: expected images C,H,W, got a sample of 8x8", {2, {8, 8}}},
    {&ln_loss_edge, "{}", "edge: expected images C,H,W, got a sample of 8", {1, {8}}},
    {&ln_loss_edge, "{\"filter\": \"sobel\"}",
     "edge: images of 1x2x8 are too small: the filter needs at least 3x3 pixels", {3, {1, 2, 8}}},
    {&ln_loss_total_variation, "{}", "total_variation: expected images C,H,W, got a sample of 8x8", {2, {8, 8}}},
};

START_TEST(refuses_a_sample) {
  LnError err;
  LnItem *item = test_item(&refused[_i].type->type, refused[_i].options), *sum = NULL;
  CK_FAILS(ln_loss_check_sample(item, refused[_i].sample, &err), LN_ESHAPE, refused[_i].message);
  CK_OK(ln_loss_scale(&sum, item, 0.5, &err));
  CK_FAILS(ln_loss_check_sample(sum, refused[_i].sample, &err), LN_ESHAPE, refused[_i].message);
  ln_item_unref(item), ln_item_unref(sum);
}
END_TEST

START_TEST(refuses_weights_that_do_not_fit) {
  LnError err;
  LnTensor *weight = test_formula_tensor(LN_SHAPE(3, 4), 1, 0, 1);
  LnItem *item = with_weight(&ln_loss_mse, "{}", weight);
  CK_OK(ln_loss_check_sample(item, LN_SHAPE(2, 3, 4), &err));
  CK_FAILS(ln_loss_check_sample(item, LN_SHAPE(2, 4, 3), &err), LN_ESHAPE,
           "mse: option 'weight' of shape 3x4 does not broadcast to a sample of 2x4x3");
  CK_FAILS(ln_loss_check_sample(item, LN_SHAPE(4), &err), LN_ESHAPE, "to a sample of 4");
  ln_tensor_unref(weight), ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, weights_count, 0, items_count("loss"));
  tcase_add_test(tests, weights_are_copied);
  tcase_add_loop_test(tests, refuses_a_sample, 0, (int)(sizeof refused / sizeof *refused));
  tcase_add_test(tests, refuses_weights_that_do_not_fit);
}
