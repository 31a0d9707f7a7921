/* Sums of losses: each term by itself, times its factor, is what they must give. */
#include "base/memory.h"
#include "base/parallel.h"
#include "loss/eval.h"
#include "model/trainer.h"
#include "nn/layer.h"
#include "optim/optim.h"
#include "support/formula.h"
#include "support/items.h"
#include "support/support.h"
#include "support/train.h"

enum { N = 300 };

/* factor_a a + factor_b b; both items are given up. */
static LnItem *weighted(double factor_a, LnItem *a, double factor_b, LnItem *b) {
  LnError err;
  LnItem *left = NULL, *right = NULL, *sum = NULL;
  CK_OK(ln_loss_scale(&left, a, factor_a, &err));
  CK_OK(ln_loss_scale(&right, b, factor_b, &err));
  CK_OK(ln_loss_add(&sum, left, right, &err));
  ln_item_unref(a), ln_item_unref(b), ln_item_unref(left), ln_item_unref(right);
  return sum;
}

static LnItem *loss_named(const LnLossType *type) {
  return test_item(&type->type, "{}");
}

static double sigmoid(double z) {
  return 1 / (1 + exp(-z));
}

START_TEST(terms_add_up) {
  static float y[N], target[N], grad[N], want[N], part[N];
  LnItem *mae = loss_named(&ln_loss_mae), *mse = loss_named(&ln_loss_mse);
  LnItem *sum = weighted(0.8, ln_item_ref(mae), -0.25, ln_item_ref(mse));
  LnShape sample = LN_SHAPE(3, 10, 10);
  test_formula_fill(y, N, 1, 0, 1);
  test_formula_fill(target, N, 2, 0, 1);
  double value = 0.8 * loss_eval(mae, false, want, y, target, sample, 0.8 * 3);
  value -= 0.25 * loss_eval(mse, false, part, y, target, sample, -0.25 * 3);
  for (int i = 0; i < N; i++) want[i] += part[i];
  ck_assert_double_eq(loss_eval(sum, false, grad, y, target, sample, 3), value);
  ck_assert_mem_eq(grad, want, sizeof want);
  ck_assert_double_eq(loss_eval(sum, false, NULL, y, target, sample, 3), value);
  ln_item_unref(sum), ln_item_unref(mae), ln_item_unref(mse);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* bce takes logits of any size as they are; mse gets what comes out of the sigmoid. Held against formulas in double, in
 * either order of the terms. */
START_TEST(one_term_absorbs_the_sigmoid) {
  enum { M = 8 };
  static const float logits[M] = {-200, 200, 40, -17, 0, 2.5f, -0.75f, 1e-3f};
  static const float target[M] = {0, 0, 1, 0.3f, 1, 0, 0.8f, 1};
  float grad[M];
  LnItem *sums[] = {weighted(0.5, loss_named(&ln_loss_bce), 3, loss_named(&ln_loss_mse)),
                    weighted(3, loss_named(&ln_loss_mse), 0.5, loss_named(&ln_loss_bce))};
  double want = 0;
  for (int i = 0; i < M; i++) {
    double z = logits[i], t = target[i], p = sigmoid(z);
    want += (0.5 * (fmax(z, 0) - z * t + log1p(exp(-fabs(z)))) + 3 * (p - t) * (p - t)) / M;
  }
  for (int k = 0; k < 2; k++) {
    ck_assert_int_eq(ln_loss_absorbs(sums[k]), LN_ACT_sigmoid);
    ck_assert_double_eq_tol(loss_eval(sums[k], true, grad, logits, target, LN_SHAPE(M), 1), want, 1e-6 * want);
    for (int i = 0; i < M; i++) {
      double p = sigmoid(logits[i]), t = target[i];
      double slope = (0.5 * (p - t) + 3 * 2 * (p - t) * p * (1 - p)) / M;
      ck_assert_double_eq_tol((double)grad[i], slope, 1e-6 * fabs(slope) + 1e-8);
    }
    ln_item_unref(sums[k]);
  }
}
END_TEST

/* Every loss is a term like any other: behind bce, which takes logits while it gets what comes out of the sigmoid. */
START_TEST(every_loss_adds_up) {
  const LnType *type = items_at("loss", _i);
  const LnCase *c = &type->cases[0];
  int64_t n = ln_shape_count(c->inputs[0]);
  LnItem *bce = loss_named(&ln_loss_bce), *item = test_item(type, c->options);
  LnItem *sum = weighted(0.5, ln_item_ref(bce), 3, ln_item_ref(item));
  LnTensor *z = test_formula_tensor(c->inputs[0], 1, -3, 3), *target = test_formula_tensor(z->shape, 2, 0, 1);
  LnTensor *y = test_formula_tensor(z->shape, 0, 0, 1), *grad = test_formula_tensor(z->shape, 0, 0, 1);
  LnTensor *of_bce = test_formula_tensor(z->shape, 0, 0, 1), *of_item = test_formula_tensor(z->shape, 0, 0, 1);
  for (int64_t i = 0; i < n; i++) y->data[i] = (float)sigmoid(z->data[i]);
  double want = 0.5 * loss_eval(bce, true, of_bce->data, z->data, target->data, z->shape, (double)n);
  want += 3 * loss_eval(item, false, of_item->data, y->data, target->data, z->shape, (double)n);
  double got = loss_eval(sum, true, grad->data, z->data, target->data, z->shape, (double)n);
  ck_assert_double_eq_tol(got, want, 1e-6 * fabs(want));
  for (int64_t i = 0; i < n; i++)
    of_bce->data[i] = 0.5f * of_bce->data[i] + 3 * of_item->data[i] * y->data[i] * (1 - y->data[i]);
  ck_assert_close(grad->data, of_bce->data, n, 1e-5);
  ln_tensor_unref(z), ln_tensor_unref(target), ln_tensor_unref(y), ln_tensor_unref(grad);
  ln_tensor_unref(of_bce), ln_tensor_unref(of_item);
  ln_item_unref(bce), ln_item_unref(item), ln_item_unref(sum);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Through a final sigmoid: loss and gradient of the input. */
typedef struct Outcome {
  double loss;
  LnTensor *dx;
} Outcome;

static Outcome outcome_of(LnItem *loss) {
  LnError err;
  LnNetwork *net = NULL;
  Outcome out = {0};
  LnItem *layers[] = {test_item(&ln_nn_conv2d.type, "{\"filters\": 2, \"activation\": \"sigmoid\"}")};
  CK_OK(ln_network_sequential(&net, layers, 1, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(2, 6, 6), 5, &err));
  LnTrainer *trainer = test_trainer(net, loss, test_item(&ln_optim_sgd.type, "{}"));
  LnTensor *x = test_random(LN_SHAPE(11, 2, 6, 6), 1, -3, 3), *target = test_random(x->shape, 2, 0, 1), *grads[2];
  double evaluated;
  CK_OK(ln_trainer_gradients(trainer, &out.loss, grads, &out.dx, x, target, &err));
  CK_OK(ln_trainer_evaluate(trainer, &evaluated, x, target, &err));
  ck_assert_double_eq_tol(evaluated, out.loss, 1e-12);
  for (int i = 0; i < 2; i++) ln_tensor_unref(grads[i]);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_item_unref(layers[0]);
  ln_trainer_unref(trainer), ln_network_unref(net);
  return out;
}

START_TEST(trains_like_its_terms) {
  Outcome a = outcome_of(loss_named(&ln_loss_bce)), b = outcome_of(loss_named(&ln_loss_mae));
  Outcome sum = outcome_of(weighted(0.3, loss_named(&ln_loss_bce), 2, loss_named(&ln_loss_mae)));
  int64_t n = ln_shape_count(sum.dx->shape);
  ck_assert_double_eq_tol(sum.loss, 0.3 * a.loss + 2 * b.loss, 1e-6);
  for (int64_t i = 0; i < n; i++) a.dx->data[i] = 0.3f * a.dx->data[i] + 2 * b.dx->data[i];
  ck_assert_close(sum.dx->data, a.dx->data, n, 1e-6);
  ln_tensor_unref(a.dx), ln_tensor_unref(b.dx), ln_tensor_unref(sum.dx);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(same_bits_on_any_number_of_threads) {
  Outcome out[3];
  for (int i = 0; i < 3; i++) {
    ln_set_threads(i + 1);
    out[i] = outcome_of(weighted(0.3, loss_named(&ln_loss_bce), 2, loss_named(&ln_loss_mae)));
    ck_assert_double_eq(out[i].loss, out[0].loss);
    ck_assert_mem_eq(out[i].dx->data, out[0].dx->data, sizeof(float) * (size_t)ln_shape_count(out[i].dx->shape));
  }
  for (int i = 0; i < 3; i++) ln_tensor_unref(out[i].dx);
}
END_TEST

/* Sums of sums are flat, and their factors multiply. */
START_TEST(nests) {
  LnError err;
  LnItem *inner = weighted(0.5, loss_named(&ln_loss_mae), 1, loss_named(&ln_loss_mse)), *outer = NULL;
  CK_OK(ln_loss_scale(&outer, inner, -4, &err));
  ck_assert_int_eq(ln_loss_terms(outer), 2);
  ck_assert_double_eq(ln_loss_term(outer, 0).factor, -2);
  ck_assert_ptr_eq(ln_item_type(ln_loss_term(outer, 1).loss), &ln_loss_mse.type);
  ln_item_unref(inner), ln_item_unref(outer);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(has_limits) {
  LnError err;
  LnItem *sum = loss_named(&ln_loss_mae), *twice = NULL;
  for (int terms = 1; terms < LN_LOSS_MAX_TERMS; terms *= 2) {
    CK_OK(ln_loss_add(&twice, sum, sum, &err));
    ln_item_unref(sum);
    sum = twice;
  }
  CK_FAILS(ln_loss_add(&twice, sum, sum, &err), LN_EARG, "at most 64 terms, got 128");
  CK_OK(ln_loss_scale(&twice, sum, 1e300, &err));
  ln_item_unref(sum);
  CK_FAILS(ln_loss_scale(&sum, twice, 1e300, &err), LN_EARG, "the factor of mae must be a finite number, got inf");
  ln_item_unref(twice);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(every_allocation_may_fail) {
  LnError err;
  LnItem *a = loss_named(&ln_loss_mae), *b = loss_named(&ln_loss_bce), *sum = NULL, *twice;
  LnTensor *y = test_random(LN_SHAPE(2, 3), 1, 0, 1), *target = test_random(LN_SHAPE(2, 3), 2, 0, 1), *grad = NULL;
  double value;
  CK_EVERY_ALLOCATION(ln_loss_add(&sum, a, b, &err), ln_item_unref(sum));
  CK_OK(ln_loss_add(&sum, a, b, &err));
  CK_EVERY_ALLOCATION(ln_loss_scale(&twice, sum, 2, &err), ln_item_unref(twice));
  CK_EVERY_ALLOCATION(ln_loss_apply(sum, &value, &grad, y, target, &err), ln_tensor_unref(grad));
  ln_item_unref(a), ln_item_unref(b), ln_item_unref(sum), ln_tensor_unref(y), ln_tensor_unref(target);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Tensors in any layout, the mean over all of them. */
START_TEST(applies_to_tensors) {
  LnError err;
  LnItem *sum = weighted(2, loss_named(&ln_loss_mae), 1, loss_named(&ln_loss_mse));
  LnTensor *y = test_random(LN_SHAPE(4, 3, 5), 1, 0, 1), *target = test_random(LN_SHAPE(3, 5, 4), 2, 0, 1);
  LnTensor *turned = NULL, *grad = NULL;
  CK_OK(ln_tensor_permute(&turned, target, (int[]){2, 0, 1}, &err));
  double value, want = 0;
  CK_OK(ln_loss_apply(sum, &value, &grad, y, turned, &err));
  for (int i = 0; i < 60; i++) {
    double difference = (double)y->data[i] - (double)target->data[i % 15 * 4 + i / 15];
    want += (2 * fabs(difference) + difference * difference) / 60;
    double slope = (2 * (difference > 0 ? 1 : -1) + 2 * difference) / 60;
    ck_assert_double_eq_tol((double)grad->data[i], slope, 1e-7);
  }
  ck_assert_double_eq_tol(value, want, 1e-6);
  CK_FAILS(ln_loss_apply(sum, &value, NULL, y, target, &err), LN_ESHAPE,
           "sum: expected two tensors of one shape, got 4x3x5 and 3x5x4");
  ln_tensor_unref(y), ln_tensor_unref(target), ln_tensor_unref(turned), ln_tensor_unref(grad), ln_item_unref(sum);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, terms_add_up);
  tcase_add_loop_test(tests, every_loss_adds_up, 0, items_count("loss"));
  tcase_add_test(tests, one_term_absorbs_the_sigmoid);
  tcase_add_test(tests, trains_like_its_terms);
  tcase_add_test(tests, same_bits_on_any_number_of_threads);
  tcase_add_test(tests, nests);
  tcase_add_test(tests, has_limits);
  tcase_add_test(tests, every_allocation_may_fail);
  tcase_add_test(tests, applies_to_tensors);
}
