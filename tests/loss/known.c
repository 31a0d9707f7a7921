/* Losses and their gradients against PyTorch. */
#include "loss/known.h"
#include "loss/eval.h"
#include "support/formula.h"

/* Hits, misses, certainties at the ends, and grey. */
static const float edge_pred[] = {0, 1, 1, 0, 0.25f, 0.9f, 0.5f, 1e-6f};
static const float edge_logits[] = {-200, 200, 40, -17, 0, 2.5f, -0.75f, 1e-3f};
static const float edge_target[] = {0, 0, 1, 0.3f, 0.25f, 0, 0.8f, 1};

static void fill_inputs(float *pred, float *target, const KnownLoss *want) {
  int64_t n = ln_shape_count(want->sample);
  test_formula_fill(pred, n, 1, want->logits ? -4 : 0.1, want->logits ? 4 : 0.9);
  test_formula_fill(target, n, 2, 0.1, 0.9);
  if (!ln_shape_equal(want->sample, LN_SHAPE(8))) return;
  memcpy(pred, want->logits ? edge_logits : edge_pred, sizeof edge_pred);
  memcpy(target, edge_target, sizeof edge_target);
}

/* The value to 1e-6, every gradient to 1e-5 of its own size. */
START_TEST(agrees_with_torch) {
  const LnType *type;
  const KnownLoss *want = known_at(&type, _i);
  LnItem *item = test_item(type, want->options);
  LnTensor *pred = test_formula_tensor(want->sample, 0, 0, 1), *target = test_formula_tensor(want->sample, 0, 0, 1);
  LnTensor *grad = test_formula_tensor(want->sample, 0, 0, 1);
  int64_t n = ln_shape_count(want->sample);
  fill_inputs(pred->data, target->data, want);
  double value = loss_eval(item, want->logits, grad->data, pred->data, target->data, want->sample, 1);
  ck_assert_double_eq_tol(value, want->value, 1e-6 * fabs(want->value));
  for (int k = 0; k < N_GRADIENTS; k++)
    ck_assert_double_eq_tol((double)grad->data[k * (n - 1) / (N_GRADIENTS - 1)], want->gradients[k],
                            1e-5 * fabs(want->gradients[k]) + 1e-9);
  ln_tensor_unref(pred), ln_tensor_unref(target), ln_tensor_unref(grad);
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_torch, 0, known_count());
}
