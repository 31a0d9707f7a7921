/* Tapes: the gradients of every operation that stands in elementwise.c, view.c, copy.c, reduce.c and linalg.c, against
 * finite differences; what is followed, held and refused. */
#include "tensor/tape.h"

#include "base/memory.h"
#include "support/formula.h"
#include "tensor/gradient.h"

static LnError err;
static LnTensor *x[2]; /* 3x4 from -0.9 to 0.9, and 4x3 from 0.5 to 2 */

static void setup(void) {
  x[0] = test_formula_tensor(LN_SHAPE(3, 4), 1, -0.9, 0.9);
  x[1] = test_formula_tensor(LN_SHAPE(4, 3), 2, 0.5, 2);
}

static void teardown(void) {
  ln_tensor_unref(x[0]), ln_tensor_unref(x[1]);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnUnary unary_op;
static LnStatus unary(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_unary(y, unary_op, in[0], e);
}

START_TEST(unary_functions) {
  static const LnUnary anywhere[] = {LN_NEG, LN_ABS, LN_EXP, LN_SIN, LN_COS, LN_TANH}, positive[] = {LN_SQRT, LN_LOG};
  for (size_t i = 0; i < sizeof anywhere / sizeof *anywhere; i++)
    unary_op = anywhere[i], check_gradients(unary, x, 1, 1e-2, 1e-3);
  for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
    unary_op = positive[i], check_gradients(unary, x + 1, 1, 1e-2, 1e-3);
}
END_TEST

static LnBinary binary_op;
static LnStatus binary(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_binary(y, binary_op, in[0], in[1], e);
}

/* y = (3x1x4) op (4x3 turned), so both are broadcast. */
static LnStatus binary_broadcast(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *a = NULL, *b = NULL;
  LN_TRY(ln_tensor_reshape(&a, in[0], LN_SHAPE(3, 1, 4), e));
  LnStatus status = ln_tensor_permute(&b, in[1], (const int[]){1, 0}, e);
  if (status == LN_OK) status = ln_tensor_binary(y, binary_op, b, a, e);
  ln_tensor_unref(a), ln_tensor_unref(b);
  return status;
}

START_TEST(binary_functions) {
  static const LnBinary all[] = {LN_ADD, LN_SUB, LN_MUL, LN_DIV, LN_POW, LN_MIN, LN_MAX};
  LnTensor *positive[2] = {x[1], test_formula_tensor(LN_SHAPE(3), 3, 0.6, 1.9)};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    binary_op = all[i];
    check_gradients(binary, positive, 2, 1e-3, 3e-3);
    if (binary_op != LN_DIV && binary_op != LN_POW) check_gradients(binary_broadcast, x, 2, 1e-3, 3e-3);
  }
  ln_tensor_unref(positive[1]);
}
END_TEST

static LnStatus clamped(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_clamp(y, in[0], -0.5, 0.5, e);
}
static LnStatus selected(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_select(y, in[0], 1, 2, e);
}
static LnStatus sliced_backwards(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_slice(y, in[0], 1, 3, 2, -2, e);
}
static LnStatus permuted(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_permute(y, in[0], (const int[]){1, 0}, e);
}
static LnStatus expanded(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_expand(y, in[0], LN_SHAPE(2, 3, 4), e);
}
static LnStatus reshaped_copy(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *turned = NULL;
  LN_TRY(ln_tensor_permute(&turned, in[0], (const int[]){1, 0}, e));
  LnStatus status = ln_tensor_reshape(y, turned, LN_SHAPE(12), e);
  ln_tensor_unref(turned);
  return status;
}
static LnStatus cloned(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_clone(y, in[0], e);
}
static LnStatus concatenated(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_concat(y, (LnTensor *const[]){in[0], in[0], in[0]}, 3, 1, e);
}
static LnStatus multiplied(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_matmul(y, in[0], in[1], e);
}
static LnStatus used_twice(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *square = NULL;
  LN_TRY(ln_tensor_binary(&square, LN_MUL, in[0], in[0], e));
  LnStatus status = ln_tensor_binary(y, LN_MUL, square, in[0], e);
  ln_tensor_unref(square);
  return status;
}

START_TEST(moving_and_products) {
  static GradientOp *const operations[] = {clamped, selected, sliced_backwards, permuted, expanded, reshaped_copy,
                                           cloned, concatenated, used_twice};
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    check_gradients(operations[i], x, 1, 1e-3, 3e-3);
  check_gradients(multiplied, x, 2, 1e-2, 1e-3);
}
END_TEST

static LnReduce reduce_op;
static int reduce_dim;
static LnStatus reduced(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_reduce(y, reduce_op, in[0], reduce_dim, reduce_dim == 0, e);
}

START_TEST(reductions) {
  for (reduce_dim = -1; reduce_dim < 2; reduce_dim++)
    for (reduce_op = LN_SUM; reduce_op <= LN_RMAX; reduce_op++) check_gradients(reduced, x, 1, 1e-3, 2e-3);
}
END_TEST

START_TEST(extremes_share_their_gradient) { /* as torch.amax does */
  LnTensor *t = counting(LN_SHAPE(4));
  t->data[0] = 3;
  reduce_op = LN_RMAX, reduce_dim = -1;
  float half = test_formula(0, 99, -1, 1) / 2;
  CHECK_TENSOR(gradient_of(reduced, &t, 1, 0), LN_SHAPE(4), half, 0, 0, half);
  ln_tensor_unref(t);
}
END_TEST

START_TEST(what_is_followed) {
  LnTape *tape = NULL;
  LnTensor *w = NULL, *y = NULL, *sign = NULL, *constant = NULL, *dx = NULL;
  CK_OK(ln_tape_new(&tape, &err));
  CK_OK(ln_tape_watch(&w, tape, x[0], &err));
  ck_assert(ln_tensor_followed(w) && !ln_tensor_followed(x[0]));
  CK_OK(ln_tensor_unary(&sign, LN_SIGN, w, &err));
  CK_OK(ln_tensor_detach(&constant, w, &err));
  ck_assert(ln_tensor_followed(sign) && !ln_tensor_followed(constant));
  CK_OK(ln_tensor_reduce(&y, LN_SUM, sign, -1, false, &err));
  CK_FAILS(ln_tape_backward(tape, constant, NULL, &err), LN_EARG, "does not derive from what is watched");
  CK_FAILS(ln_tape_backward(tape, w, NULL, &err), LN_ESHAPE, "a gradient is of one number, the result has shape 3x4");
  CK_OK(ln_tape_backward(tape, y, NULL, &err));
  ck_assert(!ln_tensor_followed(w) && !ln_tape_reached(tape, w));
  CK_OK(ln_tape_gradient(&dx, tape, w, &err));
  CHECK_TENSOR(dx, x[0]->shape, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  CK_FAILS(ln_tape_backward(tape, y, NULL, &err), LN_EARG, "once");
  ln_tape_free(tape);
  ln_tensor_unref(w), ln_tensor_unref(y), ln_tensor_unref(sign), ln_tensor_unref(constant);
}
END_TEST

START_TEST(what_is_held_cannot_be_written_to) {
  LnTape *tape = NULL, *inner = NULL;
  LnTensor *w = NULL, *y = NULL, *other = NULL;
  CK_OK(ln_tape_new(&tape, &err));
  CK_OK(ln_tape_watch(&w, tape, x[0], &err));
  CK_OK(ln_tensor_fill(x[0], 1, &err)); /* no operation has used it */
  CK_FAILS(ln_tensor_fill(w, 1, &err), LN_EARG, "fill: a gradient that is being worked out needs");
  CK_OK(ln_tensor_matmul(&y, w, x[1], &err));
  CK_FAILS(ln_tensor_fill(x[0], 1, &err), LN_EARG, "write to a clone() of it");
  CK_FAILS(ln_tensor_copy(x[1], x[1], &err), LN_EARG, "copy: a gradient");
  CK_OK(ln_tensor_new(&other, LN_SHAPE(3, 3), &err));
  CK_FAILS(ln_tensor_copy(other, y, &err), LN_EARG, "would be lost here");
  CK_OK(ln_tape_new(&inner, &err));
  ln_tensor_unref(other), other = NULL;
  CK_FAILS(ln_tape_watch(&other, inner, y, &err), LN_EARG, "second derivatives are not supported");
  CK_OK(ln_tape_watch(&other, inner, x[1], &err));
  LnTensor *none = NULL;
  CK_FAILS(ln_tensor_matmul(&none, other, y, &err), LN_EARG, "matmul: its inputs belong to two gradients");
  ln_tape_free(inner);
  ln_tape_free(tape);
  CK_OK(ln_tensor_fill(x[0], 2, &err));
  CK_OK(ln_tensor_fill(y, 2, &err)); /* followed no more */
  ln_tensor_unref(w), ln_tensor_unref(y), ln_tensor_unref(other);
}
END_TEST

START_TEST(masks) {
  LnTensor *m = NULL, *view = NULL, *copy = NULL, *both = NULL, *sum = NULL;
  CK_OK(ln_tensor_binary(&m, LN_GT, x[0], x[0], &err));
  CK_OK(ln_tensor_permute(&view, m, (const int[]){1, 0}, &err));
  CK_OK(ln_tensor_clone(&copy, view, &err));
  CK_OK(ln_tensor_concat(&both, (LnTensor *const[]){view, copy}, 2, 0, &err));
  CK_OK(ln_tensor_binary(&sum, LN_ADD, m, m, &err));
  ck_assert(m->mask && view->mask && copy->mask && both->mask && !sum->mask && !x[0]->mask);
  ln_tensor_unref(m), ln_tensor_unref(view), ln_tensor_unref(copy), ln_tensor_unref(both), ln_tensor_unref(sum);
}
END_TEST

/* Full reductions stay tensors, nothing is held for long, and there are no gradients. */
START_TEST(a_tape_may_only_follow) {
  LnTape *tape = NULL;
  LnTensor *watched = NULL, *square = NULL, *sum = NULL;
  CK_OK(ln_tape_new(&tape, &err));
  ln_tape_only_follow(tape);
  CK_OK(ln_tape_watch(&watched, tape, x[0], &err));
  CK_OK(ln_tensor_binary(&square, LN_MUL, watched, watched, &err));
  CK_OK(ln_tensor_reduce(&sum, LN_SUM, square, -1, false, &err));
  ck_assert(ln_tape_follows(tape, square) && ln_tape_follows(tape, sum));
  ln_tensor_unref(square);
  int64_t live = ln_memory_live();
  CK_OK(ln_tensor_binary(&square, LN_MUL, watched, watched, &err));
  ln_tensor_unref(square);
  ck_assert_int_eq(ln_memory_live(), live);
  CK_OK(ln_tape_backward(tape, sum, NULL, &err));
  ck_assert(!ln_tape_reached(tape, watched));
  ln_tape_free(tape);
  ln_tensor_unref(watched), ln_tensor_unref(sum);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, unary_functions);
  tcase_add_test(tests, binary_functions);
  tcase_add_test(tests, moving_and_products);
  tcase_add_test(tests, reductions);
  tcase_add_test(tests, extremes_share_their_gradient);
  tcase_add_test(tests, what_is_followed);
  tcase_add_test(tests, what_is_held_cannot_be_written_to);
  tcase_add_test(tests, masks);
  tcase_add_test(tests, a_tape_may_only_follow);
}
