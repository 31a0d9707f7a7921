/* What holds for every case of every loss in loss.def. */
#include "loss/loss.h"
#include "support/support.h"
#include "support/formula.h"

#define SCALE 0.7 /* gradients are asked for times this */

static int n_types(void) {
  int n = 0;
  while (ln_loss_kind.types[n] != NULL) n++;
  return n;
}

/* Predictions and targets inside (0, 1), at least 0.1 from each other, where |y - t| has its kink. */
static void fill_apart(float *pred, float *target, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    float low = test_formula(i, 1, 0.1, 0.45), high = test_formula(i, 2, 0.55, 0.9);
    pred[i] = i % 3 == 0 ? low : high;
    target[i] = i % 3 == 0 ? high : low;
  }
}

typedef double Eval(const void *options, float *grad, const float *pred, const float *target, LnShape sample,
                    double scale);

/* Central differences, the step being what it became in float. */
static void check_gradient(const char *name, Eval *eval, const void *options, LnShape sample, float *x,
                           const float *target) {
  int64_t n = ln_shape_count(sample);
  LnTensor *grad = test_formula_tensor(sample, 9, 1, 2);
  double loss = eval(options, grad->data, x, target, sample, SCALE);
  ck_assert_msg(isfinite(loss), "%s: loss %g", name, loss);
  ck_assert_double_eq(loss, eval(options, NULL, x, target, sample, SCALE));
  for (int64_t i = 0; i < n; i++) {
    float here = x[i], above = here + 1e-3f, below = here - 1e-3f;
    x[i] = above;
    double rise = eval(options, NULL, x, target, sample, SCALE);
    x[i] = below;
    rise -= eval(options, NULL, x, target, sample, SCALE);
    x[i] = here;
    double want = SCALE * rise / ((double)above - below);
    ck_assert_msg(fabs(grad->data[i] - want) <= 1e-3 * fmax(fabs(want), 1e-2 / (double)n),
                  "%s: gradient %lld: got %.9g, want %.9g", name, (long long)i + 1, (double)grad->data[i], want);
  }
  ln_tensor_unref(grad);
}

START_TEST(gradient_is_that_of_the_value) {
  const LnLossType *loss = (const LnLossType *)ln_loss_kind.types[_i];
  for (const LnCase *c = loss->type.cases; c->options != NULL; c++) {
    LnItem *item = test_item(&loss->type, c->options);
    LnTensor *x = test_formula_tensor(c->inputs[0], 0, 0, 1), *target = test_formula_tensor(c->inputs[0], 0, 0, 1);
    int64_t n = ln_shape_count(c->inputs[0]);
    fill_apart(x->data, target->data, n);
    check_gradient(loss->type.name, loss->eval, ln_item_options(item), c->inputs[0], x->data, target->data);
    test_formula_fill(x->data, n, 3, -4, 4);
    if (loss->eval_logits != NULL)
      check_gradient(loss->type.name, loss->eval_logits, ln_item_options(item), c->inputs[0], x->data, target->data);
    ln_tensor_unref(x);
    ln_tensor_unref(target);
    ln_item_unref(item);
  }
}
END_TEST

/* eval of sigmoid(z), its gradient taken through the sigmoid, is eval_logits of z. */
START_TEST(both_forms_agree) {
  enum { N = 300 };
  const LnLossType *loss = (const LnLossType *)ln_loss_kind.types[_i];
  if (loss->eval_logits == NULL) return;
  LnItem *item = test_item(&loss->type, loss->type.cases[0].options);
  float logits[N], probabilities[N], target[N], grad[N], grad_logits[N];
  test_formula_fill(logits, N, 1, -6, 6);
  test_formula_fill(target, N, 2, 0, 1);
  for (int i = 0; i < N; i++) probabilities[i] = (float)(1 / (1 + exp(-(double)logits[i])));
  const void *options = ln_item_options(item);
  double a = loss->eval(options, grad, probabilities, target, LN_SHAPE(N), SCALE);
  double b = loss->eval_logits(options, grad_logits, logits, target, LN_SHAPE(N), SCALE);
  ck_assert_double_eq_tol(a, b, 1e-6 * fabs(a));
  for (int i = 0; i < N; i++) grad[i] *= probabilities[i] * (1 - probabilities[i]);
  for (int i = 0; i < N; i++) ck_assert_double_eq_tol(grad[i], grad_logits[i], 1e-5 * SCALE / N);
  ln_item_unref(item);
}
END_TEST

/* Training finds a broken network by its loss, so NaN must come through. */
START_TEST(nan_is_not_hidden) {
  enum { N = 5 };
  const LnLossType *loss = (const LnLossType *)ln_loss_kind.types[_i];
  LnItem *item = test_item(&loss->type, loss->type.cases[0].options);
  float pred[N] = {0.5f, 0.25f, NAN, 0.5f, 0.75f}, target[N] = {0, 0.5f, 0.5f, 1, 1}, grad[N];
  ck_assert(isnan(loss->eval(ln_item_options(item), grad, pred, target, LN_SHAPE(N), 1)));
  ck_assert(isnan(grad[2]));
  if (loss->eval_logits != NULL) {
    ck_assert(isnan(loss->eval_logits(ln_item_options(item), grad, pred, target, LN_SHAPE(N), 1)));
    ck_assert(isnan(grad[2]));
  }
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, gradient_is_that_of_the_value, 0, n_types());
  tcase_add_loop_test(tests, both_forms_agree, 0, n_types());
  tcase_add_loop_test(tests, nan_is_not_hidden, 0, n_types());
}
