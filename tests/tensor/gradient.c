/* See gradient.h. */
#include "tensor/gradient.h"

#include <stdio.h>

#include "base/memory.h"
#include "support/formula.h"
#include "tensor/tape.h"

enum { MOST_INPUTS = 8, SALT = 99 };

static double weighted_sum(const LnTensor *y) {
  int64_t n = ln_shape_count(y->shape);
  float *values = malloc((size_t)n * sizeof *values + 1);
  double sum = 0;
  ln_tensor_read(values, y);
  for (int64_t i = 0; i < n; i++) sum += (double)values[i] * (double)test_formula(i, SALT, -1, 1);
  free(values);
  return sum;
}

/* dx[k]: the gradients, as gradient.h says. All or nothing. */
static LnStatus gradients(LnTensor **dx, GradientOp *op, LnTensor *const *x, int n, LnError *err) {
  LnTape *tape = NULL;
  LnTensor *watched[MOST_INPUTS] = {NULL}, *y = NULL, *dy = NULL;
  LnStatus status = ln_tape_new(&tape, err);
  for (int k = 0; status == LN_OK && k < n; k++) status = ln_tape_watch(&watched[k], tape, x[k], err);
  if (status == LN_OK) status = op(&y, watched, err);
  if (status == LN_OK) status = ln_tensor_new(&dy, y->shape, err);
  if (status == LN_OK) {
    test_formula_fill(dy->data, ln_shape_count(dy->shape), SALT, -1, 1);
    status = ln_tape_backward(tape, y, dy, err);
  }
  for (int k = 0; status == LN_OK && k < n; k++) status = ln_tape_gradient(&dx[k], tape, watched[k], err);
  for (int k = 0; k < n; k++) ln_tensor_unref(watched[k]);
  for (int k = 0; status != LN_OK && k < n; k++) ln_tensor_unref(dx[k]), dx[k] = NULL;
  ln_tensor_unref(y), ln_tensor_unref(dy);
  ln_tape_free(tape);
  return status;
}

/* The derivative by one number, which lies at `at`; central differences of fourth order. */
static double difference(GradientOp *op, LnTensor *const *x, float *at, double step) {
  static const int points[] = {-2, -1, 1, 2};
  static const double weights[] = {1 / 12.0, -8 / 12.0, 8 / 12.0, -1 / 12.0};
  double sum = 0;
  float original = *at;
  LnError err;
  for (int i = 0; i < 4; i++) {
    LnTensor *y = NULL;
    *at = (float)(original + points[i] * step);
    CK_OK(op(&y, x, &err));
    sum += weights[i] * weighted_sum(y);
    ln_tensor_unref(y);
  }
  *at = original;
  return sum / step;
}

static void compare(GradientOp *op, LnTensor *const *x, int k, const LnTensor *dx, double step, double tolerance) {
  int64_t n = ln_shape_count(x[k]->shape);
  float *got = malloc((size_t)n * sizeof *got + 1);
  double *want = malloc((size_t)n * sizeof *want + 1);
  char what[32];
  ck_assert(ln_tensor_contiguous(x[k]));
  ck_assert(ln_shape_equal(dx->shape, x[k]->shape));
  ln_tensor_read(got, dx);
  for (int64_t i = 0; i < n; i++) want[i] = difference(op, x, &x[k]->data[i], step);
  snprintf(what, sizeof what, "gradient of input %d", k + 1);
  ck_assert_near(what, got, want, n, tolerance);
  free(got), free(want);
}

static void fail_every_allocation(GradientOp *op, LnTensor *const *x, int n) {
  int64_t before = ln_memory_live();
  LnStatus status = LN_EMEMORY;
  LnError err;
  for (int64_t i = 0; status != LN_OK; i++) {
    LnTensor *dx[MOST_INPUTS] = {NULL};
    ck_assert_int_lt(i, 10000);
    ln_memory_fail_after(i);
    status = gradients(dx, op, x, n, &err);
    ln_memory_fail_after(-1);
    if (status != LN_OK) ck_assert_msg(status == LN_EMEMORY, "allocation %lld failed: %s", (long long)i, err.msg);
    for (int k = 0; k < n; k++) ln_tensor_unref(dx[k]);
    ck_assert_int_eq(ln_memory_live(), before);
  }
}

void check_gradients(GradientOp *op, LnTensor *const *x, int n, double step, double tolerance) {
  LnTensor *dx[MOST_INPUTS] = {NULL};
  LnError err;
  ck_assert_int_le(n, MOST_INPUTS);
  CK_OK(gradients(dx, op, x, n, &err));
  for (int k = 0; k < n; k++) {
    compare(op, x, k, dx[k], step, tolerance);
    ln_tensor_unref(dx[k]);
  }
  fail_every_allocation(op, x, n);
}

LnTensor *gradient_of(GradientOp *op, LnTensor *const *x, int n, int which) {
  LnTensor *dx[MOST_INPUTS] = {NULL};
  LnError err;
  CK_OK(gradients(dx, op, x, n, &err));
  for (int k = 0; k < n; k++)
    if (k != which) ln_tensor_unref(dx[k]);
  return dx[which];
}
