/* Every operation, with each of its allocations failing once: an error, nothing leaked, *out left alone. */
#include "base/memory.h"

#include "tensor/reduce.h"
#include "tensor/suite.h"

static LnTensor *t, *turned; /* 4x4, and a view of it that is not contiguous */
static LnError err;

static void setup(void) {
  t = counting(LN_SHAPE(4, 4));
  CK_OK(ln_tensor_permute(&turned, t, (int[]){1, 0}, &err));
}

static void teardown(void) {
  ln_tensor_unref(t);
  ln_tensor_unref(turned);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnStatus op_new(LnTensor **out) {
  return ln_tensor_new(out, LN_SHAPE(3), &err);
}
static LnStatus op_select(LnTensor **out) {
  return ln_tensor_select(out, t, 0, 1, &err);
}
static LnStatus op_slice(LnTensor **out) {
  return ln_tensor_slice(out, t, 0, 1, 2, 1, &err);
}
static LnStatus op_permute(LnTensor **out) {
  return ln_tensor_permute(out, t, (int[]){1, 0}, &err);
}
static LnStatus op_expand(LnTensor **out) {
  return ln_tensor_expand(out, t, LN_SHAPE(2, 4, 4), &err);
}
static LnStatus op_reshape(LnTensor **out) {
  return ln_tensor_reshape(out, turned, LN_SHAPE(16), &err);
}
static LnStatus op_as_contiguous(LnTensor **out) {
  return ln_tensor_as_contiguous(out, turned, &err);
}
static LnStatus op_gather(LnTensor **out) {
  return ln_tensor_gather(out, t, (int64_t[]){1, 2}, 2, &err);
}
static LnStatus op_concat(LnTensor **out) {
  return ln_tensor_concat(out, (LnTensor *[]){t, t}, 2, 0, &err);
}
static LnStatus op_copy(LnTensor **out) {
  (void)out;
  return ln_tensor_copy(t, turned, &err);
}
static LnStatus op_binary(LnTensor **out) {
  return ln_tensor_binary(out, LN_ADD, t, turned, &err);
}
static LnStatus op_unary(LnTensor **out) {
  return ln_tensor_unary(out, LN_NEG, t, &err);
}
static LnStatus op_clamp(LnTensor **out) {
  return ln_tensor_clamp(out, t, 0, 1, &err);
}
static LnStatus op_reduce(LnTensor **out) {
  return ln_tensor_reduce(out, LN_SUM, t, 0, false, &err);
}
static LnStatus op_reduce_many(LnTensor **out) { /* more lines than fit into what it has by itself */
  LnTensor *wide = NULL;
  LN_TRY(ln_tensor_expand(&wide, t, LN_SHAPE(70, 4, 4), &err));
  LnStatus status = ln_tensor_reduce_over(out, (LnReduction){LN_VAR, .dims = 2}, wide, &err);
  ln_tensor_unref(wide);
  return status;
}
static LnStatus op_matmul(LnTensor **out) {
  LnTensor *back = NULL;
  LN_TRY(ln_tensor_slice(&back, t, 0, 3, 4, -1, &err)); /* BLAS cannot read it: copies are made */
  LnStatus status = ln_tensor_matmul(out, back, back, &err);
  ln_tensor_unref(back);
  return status;
}

static LnStatus (*const operations[])(LnTensor **out) = {
    op_new,    op_select, op_slice,  op_permute, op_expand, op_reshape, op_as_contiguous, op_gather,
    op_concat, op_copy,   op_binary, op_unary,   op_clamp,  op_reduce, op_reduce_many,  op_matmul,
};

START_TEST(any_allocation_may_fail) {
  LnStatus status = LN_EMEMORY;
  int64_t before = ln_memory_live(), n = 0;
  for (; status != LN_OK; n++) {
    LnTensor *out = NULL;
    ck_assert_int_lt(n, 100);
    ln_memory_fail_after(n);
    status = operations[_i](&out);
    ln_memory_fail_after(-1);
    if (status != LN_OK) {
      ck_assert_int_eq(status, LN_EMEMORY);
      ck_assert_ptr_null(out);
      ck_assert_ptr_nonnull(strstr(err.msg, "out of memory"));
    }
    ln_tensor_unref(out);
    ck_assert_int_eq(ln_memory_live(), before);
  }
  ck_assert_int_gt(n, 1);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, any_allocation_may_fail, 0, sizeof operations / sizeof *operations);
}
