/* Losses made at run time, here of a C function: what the runtime makes of them, alone, in sums, and for a tape. */
#include "loss/custom.h"

#include "base/memory.h"
#include "loss/evaluate.h"
#include "support/support.h"
#include "tensor/tape.h"

/* mean (y - t)^2 */
static LnStatus squares(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err) {
  int64_t n = ln_shape_count(y->shape);
  (void)loss;
  *value = 0;
  if (grad != NULL) LN_TRY(ln_tensor_new(grad, y->shape, err));
  for (int64_t i = 0; i < n; i++) {
    double difference = (double)y->data[i] - (double)target->data[i];
    *value += difference * difference / (double)n;
    if (grad != NULL) (*grad)->data[i] = (float)(2 * difference / (double)n);
  }
  return LN_OK;
}

static LnStatus fails(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err) {
  (void)value, (void)grad, (void)y, (void)target;
  return ln_fail(err, LN_EARG, "the loss %s: of mine", ln_item_name(loss));
}

/* half a + half b; both are given up. */
static LnItem *halves(LnItem *a, LnItem *b) {
  LnError err;
  LnItem *sum = NULL, *half = NULL;
  CK_OK(ln_loss_add(&sum, a, b, &err));
  CK_OK(ln_loss_scale(&half, sum, 0.5, &err));
  ln_item_unref(a), ln_item_unref(b), ln_item_unref(sum);
  return half;
}

static LnItem *custom(LnLossFunction *function) {
  LnError err;
  LnItem *loss = NULL;
  CK_OK(ln_custom_loss_new(&loss, "squares", function, &err));
  return loss;
}

START_TEST(adds_to_built_in_losses) {
  LnError err;
  LnItem *got = halves(custom(squares), test_item(&ln_loss_mae.type, "{}"));
  LnItem *want = halves(test_item(&ln_loss_mse.type, "{}"), test_item(&ln_loss_mae.type, "{}"));
  LnTensor *y = test_random(LN_SHAPE(3, 2, 5), 1, 0, 1), *target = test_random(LN_SHAPE(3, 2, 5), 2, 0, 1);
  LnTensor *dy = NULL, *dy_want = NULL;
  double value, value_want;
  ck_assert(ln_loss_has_batch_terms(got) && !ln_loss_has_batch_terms(want));
  CK_OK(ln_loss_apply(got, &value, &dy, y, target, &err));
  CK_OK(ln_loss_apply(want, &value_want, &dy_want, y, target, &err));
  ck_assert_double_eq_tol(value, value_want, 1e-7);
  ck_assert_close(dy->data, dy_want->data, 30, 1e-7);
  ln_tensor_unref(y), ln_tensor_unref(target), ln_tensor_unref(dy), ln_tensor_unref(dy_want);
  ln_item_unref(got), ln_item_unref(want);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Of logits, where another term absorbs the sigmoid: the same as of the sigmoid, its gradient taken through it. */
START_TEST(gets_what_comes_out_of_an_absorbed_activation) {
  enum { N = 12 };
  LnError err;
  LnItem *loss = halves(test_item(&ln_loss_bce.type, "{}"), custom(squares));
  LnTensor *z = test_random(LN_SHAPE(N), 1, -4, 4), *target = test_random(LN_SHAPE(N), 2, 0, 1), *dz = NULL;
  double value, want = 0;
  CK_OK(ln_loss_eval_batch(loss, true, &value, &dz, z, target, &err));
  for (int i = 0; i < N; i++) {
    double p = 1 / (1 + exp(-(double)z->data[i])), difference = p - (double)target->data[i];
    want += 0.5 * difference * difference / N;
    ck_assert_double_eq_tol((double)dz->data[i], difference * p * (1 - p) / N, 1e-7);
  }
  ck_assert_double_eq_tol(value, want, 1e-7);
  ln_tensor_unref(z), ln_tensor_unref(target), ln_tensor_unref(dz), ln_item_unref(loss);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* value = 3 loss(2 x, t), by a tape; *dx: its gradient. */
static LnStatus by_tape(double *value, LnTensor **dx, LnItem *loss, LnTape *tape, LnTensor *x, LnTensor *target,
                        LnError *err) {
  LnTensor *watched = NULL, *y = NULL, *of_y = NULL, *thrice = NULL, *factor = NULL;
  LnStatus status = ln_tape_watch(&watched, tape, x, err);
  if (status == LN_OK) status = ln_tensor_binary(&y, LN_ADD, watched, watched, err);
  if (status == LN_OK) status = ln_loss_tensor(&of_y, loss, y, target, err);
  if (status == LN_OK) status = ln_tensor_new(&factor, (LnShape){.n = 0}, err);
  if (status == LN_OK) status = ln_tensor_fill(factor, 3, err);
  if (status == LN_OK) status = ln_tensor_binary(&thrice, LN_MUL, of_y, factor, err);
  if (status == LN_OK) status = ln_tape_backward(tape, thrice, NULL, err);
  if (status == LN_OK) status = ln_tape_gradient(dx, tape, watched, err);
  if (status == LN_OK) *value = (double)thrice->data[0];
  ln_tensor_unref(watched), ln_tensor_unref(y), ln_tensor_unref(of_y);
  ln_tensor_unref(thrice), ln_tensor_unref(factor);
  return status;
}

static LnStatus by_own_tape(double *value, LnTensor **dx, LnItem *loss, LnTensor *x, LnTensor *target, LnError *err) {
  LnTape *tape = NULL;
  LN_TRY(ln_tape_new(&tape, err));
  LnStatus status = by_tape(value, dx, loss, tape, x, target, err);
  ln_tape_free(tape);
  return status;
}

START_TEST(is_differentiated_by_tapes) {
  LnError err;
  LnItem *loss = halves(custom(squares), test_item(&ln_loss_mse.type, "{}"));
  LnTensor *x = test_random(LN_SHAPE(3, 5), 1, 0, 1), *target = test_random(LN_SHAPE(3, 5), 2, 0, 1), *dx = NULL;
  double value, want = 0;
  CK_EVERY_ALLOCATION(by_own_tape(&value, &dx, loss, x, target, &err), ln_tensor_unref(dx));
  CK_OK(by_own_tape(&value, &dx, loss, x, target, &err));
  for (int i = 0; i < 15; i++) {
    double difference = 2 * (double)x->data[i] - (double)target->data[i];
    want += 3 * difference * difference / 15;
    ck_assert_double_eq_tol((double)dx->data[i], 3 * 2 * 2 * difference / 15, 1e-6);
  }
  ck_assert_double_eq_tol(value, want, 1e-6);
  ln_tensor_unref(x), ln_tensor_unref(target), ln_tensor_unref(dx), ln_item_unref(loss);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(failures_come_through) {
  LnError err;
  LnItem *loss = halves(test_item(&ln_loss_mae.type, "{}"), custom(fails)), *item = NULL, *copy = NULL;
  LnTensor *y = test_random(LN_SHAPE(3), 1, 0, 1), *grad = NULL;
  double value;
  CK_FAILS(ln_loss_apply(loss, &value, &grad, y, y, &err), LN_EARG, "the loss squares: of mine");
  CK_FAILS(ln_custom_loss_new(&item, "3d", squares, &err), LN_EARG,
           "the name must be 1 to 31 letters, digits or _, and begin with no digit; got '3d'");
  CK_EVERY_ALLOCATION(ln_custom_loss_new(&item, "of_mine", squares, &err), ln_item_unref(item));
  CK_OK(ln_custom_loss_new(&item, "of_mine", squares, &err));
  CK_OK(ln_item_copy(&copy, item, &err));
  CK_FAILS(ln_item_check(copy, &err), LN_EARG, "has no options to change");
  ln_tensor_unref(y), ln_item_unref(loss), ln_item_unref(item), ln_item_unref(copy);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, adds_to_built_in_losses);
  tcase_add_test(tests, gets_what_comes_out_of_an_absorbed_activation);
  tcase_add_test(tests, is_differentiated_by_tapes);
  tcase_add_test(tests, failures_come_through);
}
