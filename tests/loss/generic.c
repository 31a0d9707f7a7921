/* What holds for every case of every loss in loss.def. */
#include "base/memory.h"
#include "loss/eval.h"
#include "nn/layer.h"
#include "optim/optim.h"
#include "support/support.h"
#include "support/formula.h"
#include "support/items.h"
#include "support/train.h"

#define SCALE 0.7 /* gradients are asked for times this */

static const LnLossType *loss_at(int i) {
  return (const LnLossType *)items_at("loss", i);
}

/* Numbers inside the range that the loss is made for. */
static LnTensor *in_range(const LnLossType *loss, LnShape shape, uint32_t salt) {
  LnRange range = loss->range;
  double low = isfinite(range.low) ? range.low : isfinite(range.high) ? range.high - 1 : 0;
  double high = isfinite(range.high) ? range.high : low + 1, margin = 0.1 * (high - low);
  return test_formula_tensor(shape, salt, low + margin, high - margin);
}

/* A prediction whose difference from the target is at least 0.02 away from every kink: where it is nearer, it moves to
 * one side of the kink or the other. */
static float beside_kinks(const LnKinks *kinks, float pred, float target) {
  for (int k = 0; k < kinks->n; k++) {
    double from = (double)pred - (double)target - kinks->at[k];
    if (fabs(from) < 0.02) return target + (float)(kinks->at[k] + (from < 0 ? -0.03 : 0.03));
  }
  return pred;
}

/* Central differences of one element with a step of h, which is what it became in float. */
static double slope_at(LnItem *loss, bool logits, LnShape sample, float *x, const float *target, int64_t i,
                       double h) {
  float here = x[i], above = (float)(here + h), below = (float)(here - h);
  x[i] = above;
  double rise = loss_eval(loss, logits, NULL, x, target, sample, SCALE);
  x[i] = below;
  rise -= loss_eval(loss, logits, NULL, x, target, sample, SCALE);
  x[i] = here;
  return SCALE * rise / ((double)above - below);
}

/* Each element moves by itself, for a loss may look at several at once (a window). Its gradient is held against its own
 * slope, or a hundredth of the largest where that is more; steps begin where the rounding of the values hides least
 * of the slope, and a bend within one is passed by in smaller ones. */
static void check_gradient(LnItem *item, const LnCase *c, bool logits, float *x, const float *target) {
  LnShape sample = c->inputs[0];
  static const double steps[] = {4e-3, 1e-3, 3e-4, 1e-4};
  int64_t n = ln_shape_count(sample);
  double tolerance = c->tolerance == 0 ? 1e-3 : c->tolerance, largest = 0;
  LnTensor *grad = test_formula_tensor(sample, 9, 1, 2);
  double loss = loss_eval(item, logits, grad->data, x, target, sample, SCALE);
  ck_assert_msg(isfinite(loss), "%s: loss %g", ln_item_name(item), loss);
  ck_assert_double_eq(loss, loss_eval(item, logits, NULL, x, target, sample, SCALE));
  for (int64_t i = 0; i < n; i++) largest = fmax(largest, fabs((double)grad->data[i]));
  for (int64_t i = 0; i < n; i++) {
    double want = 0, error = INFINITY;
    for (size_t s = 0; s < sizeof steps / sizeof *steps && !(error <= tolerance); s++) {
      want = slope_at(item, logits, sample, x, target, i, steps[s]);
      error = fabs((double)grad->data[i] - want) / fmax(fabs(want), 0.01 * largest);
    }
    if (!(error <= tolerance)) /* an assertion per element would be slow */
      ck_abort_msg("%s %s: gradient %lld: got %.9g, by finite differences %.9g", ln_item_name(item), c->options,
                   (long long)i + 1, (double)grad->data[i], want);
  }
  ln_tensor_unref(grad);
}

START_TEST(gradient_is_that_of_the_value) {
  const LnLossType *loss = loss_at(_i);
  for (const LnCase *c = loss->type.cases; c->options != NULL; c++) {
    LnItem *item = test_item(&loss->type, c->options);
    LnTensor *x = in_range(loss, c->inputs[0], 1);
    LnTensor *target = in_range(loss, c->inputs[0], 2);
    for (int64_t i = 0; i < ln_shape_count(x->shape); i++)
      x->data[i] = beside_kinks(&c->kinks, x->data[i], target->data[i]);
    check_gradient(item, c, false, x->data, target->data);
    test_formula_fill(x->data, ln_shape_count(x->shape), 3, -4, 4);
    if (loss->eval_logits != NULL) check_gradient(item, c, true, x->data, target->data);
    ln_tensor_unref(x), ln_tensor_unref(target);
    ln_item_unref(item);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* sigmoid(x) against the target: d loss / dx = y' (d loss / dy), whichever way the trainer takes. */
static void check_sigmoid(const LnLossType *loss, const LnCase *c) {
  LnError err;
  LnShape sample = c->inputs[0], batch = test_batch(1, sample);
  LnNetwork *net = NULL;
  LnItem *item = test_item(&loss->type, c->options), *sigmoid = test_item(&ln_nn_sigmoid.type, "{}");
  CK_OK(ln_network_sequential(&net, &sigmoid, 1, &err));
  LnTrainer *trainer = test_trainer(net, ln_item_ref(item), test_item(&ln_optim_sgd.type, "{}"));
  LnTensor *x = test_formula_tensor(batch, 6, -2, 2), *target = in_range(loss, batch, 2);
  LnTensor *want = test_formula_tensor(sample, 0, 0, 1), *y = NULL, *d_input = NULL, *none[1] = {NULL};
  double value, n = (double)ln_shape_count(sample); /* gradients times n are of the order of 1 */
  CK_OK(ln_network_predict(&y, net, x, &err));
  CK_OK(ln_trainer_gradients(trainer, &value, none, &d_input, x, target, &err));
  double expected = loss_eval(item, false, want->data, y->data, target->data, sample, n);
  ck_assert_double_eq_tol(value, expected, 1e-5 * fmax(1, fabs(expected)));
  for (int64_t i = 0; i < ln_shape_count(sample); i++) {
    want->data[i] *= y->data[i] * (1 - y->data[i]);
    d_input->data[i] *= (float)n;
  }
  ck_assert_close(d_input->data, want->data, ln_shape_count(sample), 1e-5);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(y), ln_tensor_unref(d_input), ln_tensor_unref(want);
  ln_item_unref(item), ln_item_unref(sigmoid), ln_trainer_unref(trainer), ln_network_unref(net);
}

START_TEST(goes_through_a_sigmoid) {
  for (const LnCase *c = loss_at(_i)->type.cases; c->options != NULL; c++) check_sigmoid(loss_at(_i), c);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* eval of f(z), its gradient taken through f, is eval_logits of z, where the loss absorbs the activation f. */
START_TEST(both_forms_agree) {
  enum { N = 300 };
  const LnLossType *loss = loss_at(_i);
  if (loss->eval_logits == NULL) return;
  LnItem *item = test_item(&loss->type, loss->type.cases[0].options);
  LnActivation activation = {.code = loss->absorbs};
  float logits[N], output[N], target[N], grad[N], grad_logits[N];
  test_formula_fill(logits, N, 1, -6, 6);
  test_formula_fill(target, N, 2, 0, 1);
  memcpy(output, logits, sizeof output);
  ln_kernels()->activate(output, N, activation);
  double a = loss_eval(item, false, grad, output, target, LN_SHAPE(N), SCALE);
  double b = loss_eval(item, true, grad_logits, logits, target, LN_SHAPE(N), SCALE);
  ck_assert_double_eq_tol(a, b, 1e-6 * fabs(a));
  ln_kernels()->activate_grad(grad, output, N, activation);
  for (int i = 0; i < N; i++) ck_assert_double_eq_tol(grad[i], grad_logits[i], 1e-5 * SCALE / N);
  ln_item_unref(item);
}
END_TEST

START_TEST(states_what_it_takes) {
  const LnLossType *loss = loss_at(_i);
  ck_assert_msg(loss->range.low < loss->range.high, "%s: say the range of targets and outputs", loss->type.name);
  ck_assert((loss->absorbs == LN_ACT_linear) == (loss->eval_logits == NULL));
}
END_TEST

/* Training finds a broken network by its loss, so NaN must come through. */
START_TEST(nan_is_not_hidden) {
  const LnLossType *loss = loss_at(_i);
  LnShape sample = loss->type.cases[0].inputs[0];
  LnItem *item = test_item(&loss->type, loss->type.cases[0].options);
  LnTensor *pred = in_range(loss, sample, 1), *target = in_range(loss, sample, 2);
  LnTensor *grad = test_formula_tensor(sample, 3, 0, 1);
  int64_t middle = ln_shape_count(sample) / 2;
  pred->data[middle] = NAN;
  for (int logits = 0; logits <= (loss->eval_logits != NULL); logits++) {
    ck_assert(isnan(loss_eval(item, logits, grad->data, pred->data, target->data, sample, 1)));
    ck_assert(isnan(grad->data[middle]));
  }
  ln_tensor_unref(pred), ln_tensor_unref(target), ln_tensor_unref(grad);
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, gradient_is_that_of_the_value, 0, items_count("loss"));
  tcase_add_loop_test(tests, goes_through_a_sigmoid, 0, items_count("loss"));
  tcase_add_loop_test(tests, both_forms_agree, 0, items_count("loss"));
  tcase_add_loop_test(tests, states_what_it_takes, 0, items_count("loss"));
  tcase_add_loop_test(tests, nan_is_not_hidden, 0, items_count("loss"));
}
