/* Every loss case: the gradient is the derivative of the value, from predictions, from logits, and through a network
 * whose last layer is a sigmoid. */
#include "base/memory.h"
#include "generic.h"

#define STEP 1e-2
#define TOLERANCE 1e-3

typedef double Eval(const void *options, float *grad, const float *pred, const float *target, LnShape sample,
                    double scale);

/* One element at a time would be slow and a sum would hide errors: random signs, held against the norm of the
 * gradient. */
static void check_eval(Eval *eval, const ItemCase *it, const void *options, const LnTensor *pred,
                       const LnTensor *target) {
  LnShape sample = it->example->inputs[0];
  int64_t n = ln_shape_count(sample);
  LnTensor *sign = test_random(sample, 9, -1, 1), *grad = test_random(sample, 0, 0, 1);
  LnTensor *above = test_random(sample, 0, 0, 1), *below = test_random(sample, 0, 0, 1);
  double projection = 0, squares = 0;
  double value = eval(options, grad->data, pred->data, target->data, sample, 2.5);
  ck_assert_double_eq(value, eval(options, NULL, pred->data, target->data, sample, 1));
  for (int64_t i = 0; i < n; i++) {
    double g = (double)grad->data[i] / 2.5, s = sign->data[i] < 0 ? -1 : 1;
    projection += g * s;
    squares += g * g;
    above->data[i] = (float)((double)pred->data[i] + STEP * s);
    below->data[i] = (float)((double)pred->data[i] - STEP * s);
  }
  double difference = (eval(options, NULL, above->data, target->data, sample, 1) -
                       eval(options, NULL, below->data, target->data, sample, 1)) / (2 * STEP);
  ck_assert_msg(fabs(projection - difference) <= TOLERANCE * fmax(sqrt(squares), 1e-4),
                "%s: gradient %.9g, by finite differences %.9g, norm %.3g", it->type->name, projection, difference,
                sqrt(squares));
  ln_tensor_unref(sign), ln_tensor_unref(grad), ln_tensor_unref(above), ln_tensor_unref(below);
}

/* Targets in (0.1, 0.9); predictions 0.05 or more away from them, from 0 and from 1. */
static void make_pair(LnTensor **pred, LnTensor **target, LnShape sample) {
  *pred = test_random(sample, 1, 0.25, 0.75);
  *target = test_random(sample, 2, 0.1, 0.9);
  for (int64_t i = 0; i < ln_shape_count(sample); i++) {
    double gap = (double)(*pred)->data[i] - (double)(*target)->data[i];
    if (fabs(gap) < 0.05) (*pred)->data[i] = (*target)->data[i] + (float)(gap < 0 ? -0.06 : 0.06);
  }
}

START_TEST(gradient_is_the_derivative) {
  ItemCase it = cases_at("loss", _i);
  const LnLossType *type = (const LnLossType *)(const void *)it.type;
  LnItem *item = test_item(it.type, it.example->options);
  LnTensor *pred, *target;
  make_pair(&pred, &target, it.example->inputs[0]);
  check_eval(type->eval, &it, ln_item_options(item), pred, target);
  if (type->eval_logits != NULL) {
    LnTensor *logits = test_random(it.example->inputs[0], 6, -3, 3);
    check_eval(type->eval_logits, &it, ln_item_options(item), logits, target);
    ln_tensor_unref(logits);
  }
  ln_tensor_unref(pred), ln_tensor_unref(target), ln_item_unref(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* sigmoid(x) against the target: d loss / dx = y' (d loss / dy), whichever way the trainer takes. */
START_TEST(goes_through_a_sigmoid) {
  ItemCase it = cases_at("loss", _i);
  const LnLossType *type = (const LnLossType *)(const void *)it.type;
  LnShape sample = it.example->inputs[0], batch = net_batch(1, sample);
  int64_t n = ln_shape_count(sample);
  LnError err;
  LnNetwork *net = NULL;
  LnTrainer *trainer = NULL;
  LnItem *sigmoid = test_item(&ln_nn_sigmoid.type, "{}"), *optim = test_item(&ln_optim_sgd.type, "{}");
  LnItem *item = test_item(it.type, it.example->options);
  LnTensor *x = test_random(batch, 6, -2, 2), *target = test_random(batch, 2, 0.1, 0.9), *y = NULL, *d_input = NULL;
  LnTensor *none[1] = {NULL};
  LnTensor *want = test_random(sample, 0, 0, 1);
  double loss;
  CK_OK(ln_network_sequential(&net, &sigmoid, 1, &err));
  CK_OK(ln_trainer_new(&trainer, net, item, optim, &err));
  CK_OK(ln_network_predict(&y, net, x, &err));
  CK_OK(ln_trainer_gradients(trainer, &loss, none, &d_input, x, target, &err));
  double value = type->eval(ln_item_options(item), want->data, y->data, target->data, sample, 1);
  ck_assert_double_eq_tol(loss, value, 1e-5 * fmax(1, fabs(value)));
  for (int64_t i = 0; i < n; i++) want->data[i] *= y->data[i] * (1 - y->data[i]) * (float)n; /* n: to the order of 1 */
  for (int64_t i = 0; i < n; i++) d_input->data[i] *= (float)n;
  ck_assert_close(d_input->data, want->data, n, 1e-5);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(y), ln_tensor_unref(d_input), ln_tensor_unref(want);
  ln_item_unref(sigmoid), ln_item_unref(item), ln_item_unref(optim), ln_trainer_unref(trainer), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, gradient_is_the_derivative, 0, cases_count("loss"));
  tcase_add_loop_test(tests, goes_through_a_sigmoid, 0, cases_count("loss"));
}
