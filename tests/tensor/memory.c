/* Every operation, with each of its allocations failing once: an error, nothing leaked, *out left alone. */
#include "base/memory.h"

#include "tensor/reduce.h"
#include "tensor/create.h"
#include "tensor/layout.h"
#include "tensor/pad.h"
#include "tensor/patches.h"
#include "tensor/scatter.h"
#include "tensor/suite.h"
#include "tensor/take.h"
#include "tensor/where.h"

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

static const int64_t two_entries[] = {2, -1};
static const LnIndex index_list = {.list = two_entries, .n = 2};

static LnStatus op_take(LnTensor **out) {
  return ln_tensor_take(out, turned, &index_list, 1, "take", &err);
}
/* Two that are no neighbours of a 2x4x4, one of them a mask. */
static LnStatus op_take_paired(LnTensor **out) {
  LnTensor *wide = NULL, *mask = NULL;
  LnStatus status = ln_tensor_expand(&wide, turned, LN_SHAPE(2, 4, 4), &err);
  if (status == LN_OK) status = ln_tensor_new(&mask, LN_SHAPE(2), &err);
  if (status == LN_OK) {
    mask->mask = true, mask->data[0] = mask->data[1] = 1;
    const LnIndex both[] = {{.tensor = mask}, {.list = two_entries, .n = 2, .dim = 2}};
    status = ln_tensor_take(out, wide, both, 2, "take", &err);
  }
  ln_tensor_unref(wide), ln_tensor_unref(mask);
  return status;
}
static LnStatus op_put(LnTensor **out) {
  LnTensor *rows = NULL;
  (void)out;
  LN_TRY(ln_tensor_slice(&rows, turned, 0, 0, 2, 1, &err));
  LnStatus status = ln_tensor_put(t, &index_list, 1, rows, "put", &err);
  ln_tensor_unref(rows);
  return status;
}
static LnStatus op_gather(LnTensor **out) {
  LnTensor *ones = NULL;
  LN_TRY(ln_tensor_eye(&ones, 2, 2, 5, &err));
  LnStatus status = ln_tensor_fill(ones, 1, &err);
  if (status == LN_OK) status = ln_tensor_gather(out, turned, 1, ones, &err);
  ln_tensor_unref(ones);
  return status;
}
static LnStatus op_scatter(LnTensor **out) {
  LnTensor *ones = NULL;
  LN_TRY(ln_tensor_new(&ones, LN_SHAPE(2, 2), &err));
  LnStatus status = ln_tensor_fill(ones, 1, &err);
  if (status == LN_OK) status = ln_tensor_scatter(out, turned, 1, ones, t, false, &err);
  ln_tensor_unref(ones);
  return status;
}
static LnStatus op_where(LnTensor **out) {
  return ln_tensor_where(out, t, t, turned, &err);
}
static LnStatus op_nonzero(LnTensor **out) {
  return ln_tensor_nonzero(out, turned, &err);
}
static LnStatus op_stack(LnTensor **out) {
  return ln_tensor_stack(out, (LnTensor *[]){t, turned}, 2, 1, &err);
}
static LnStatus op_flip(LnTensor **out) {
  return ln_tensor_flip(out, t, &(LnDims){2, {0, 1}}, &err);
}
static LnStatus op_rot90(LnTensor **out) {
  return ln_tensor_rot90(out, t, 3, 0, 1, &err);
}
static LnStatus op_roll(LnTensor **out) {
  return ln_tensor_roll(out, turned, 3, -1, &err);
}
static LnStatus op_tile(LnTensor **out) {
  return ln_tensor_tile(out, t, LN_SHAPE(2, 1, 3), &err);
}
static LnStatus op_tile_once(LnTensor **out) {
  return ln_tensor_tile(out, t, LN_SHAPE(1, 1), &err);
}
static LnStatus op_repeat(LnTensor **out) {
  return ln_tensor_repeat(out, turned, 2, 1, &err);
}
static LnStatus op_triangle(LnTensor **out) {
  return ln_tensor_triangle(out, turned, 1, true, &err);
}
static LnStatus op_diag(LnTensor **out) {
  LnTensor *line = NULL;
  LN_TRY(ln_tensor_diagonal(&line, t, 0, 0, 1, &err));
  LnStatus status = ln_tensor_diag(out, line, 1, &err);
  ln_tensor_unref(line);
  return status;
}
static LnStatus op_meshgrid(LnTensor **out) {
  LnTensor *line = NULL;
  LN_TRY(ln_tensor_diagonal(&line, t, 0, 0, 1, &err));
  LnStatus status = ln_tensor_meshgrid(out, (LnTensor *[]){line, line}, 2, 1, true, &err);
  ln_tensor_unref(line);
  return status;
}
static LnStatus op_pad(LnTensor **out) {
  return ln_tensor_pad(out, turned, &(LnPads){{1, 2}, {0, 1}}, LN_PAD_CONSTANT, 3, &err);
}
static LnStatus op_pad_mirrored(LnTensor **out) {
  return ln_tensor_pad(out, turned, &(LnPads){{1, 2}, {0, 1}}, LN_PAD_REFLECT, 0, &err);
}
static LnStatus op_patches(LnTensor **out) {
  const LnPatches patches = {{2, 2}, {1, 1}, {1, 1}, {1, 1}};
  LnTensor *image = NULL, *columns = NULL;
  LN_TRY(ln_tensor_expand(&image, turned, LN_SHAPE(2, 4, 4), &err));
  LnStatus status = ln_tensor_unfold(&columns, image, &patches, &err);
  if (status == LN_OK) status = ln_tensor_fold(out, columns, &patches, (const int64_t[]){4, 4}, true, &err);
  ln_tensor_unref(image), ln_tensor_unref(columns);
  return status;
}
static LnStatus op_randperm(LnTensor **out) {
  return ln_tensor_randperm(out, 5, 1, &err);
}
static LnStatus op_randint(LnTensor **out) {
  return ln_tensor_randint(out, LN_SHAPE(5), 1, 6, 1, &err);
}

static LnStatus (*const operations[])(LnTensor **out) = {
    op_take,    op_take_paired, op_put,      op_gather,   op_scatter,  op_where, op_nonzero, op_stack,
    op_flip,    op_rot90,       op_roll,     op_tile,     op_repeat,   op_triangle, op_diag, op_meshgrid,
    op_tile_once, op_pad,       op_pad_mirrored, op_patches, op_randperm, op_randint,
    op_new,    op_select, op_slice,  op_permute, op_expand, op_reshape, op_as_contiguous,
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
