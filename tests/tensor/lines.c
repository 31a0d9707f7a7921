/* Operations on lines of tensors against known numbers (lines.h), for several layouts of the same elements. */
#include "tensor/lines.h"

#include <stdio.h>

#include "base/memory.h"
#include "support/formula.h"
#include "tensor/reduce.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnTensor *input_of(const LinesCase *c) {
  LnTensor *x = test_formula_tensor(c->shape, 1, -1, 2);
  for (int64_t i = 0; c->ties && i < ln_shape_count(x->shape); i++) x->data[i] = floorf(x->data[i] * 4) / 4;
  return x;
}

/* ---- Layouts: the same elements elsewhere ---- */

static LnTensor *as_it_is(LnTensor *x) {
  return ln_tensor_ref(x);
}

static LnTensor *backwards_in_memory(LnTensor *x) {
  int dims[LN_MAX_DIMS];
  LnTensor *turned = NULL, *moved = NULL, *view = NULL;
  for (int i = 0; i < x->shape.n; i++) dims[i] = x->shape.n - 1 - i;
  CK_OK(ln_tensor_permute(&turned, x, dims, &err));
  CK_OK(ln_tensor_clone(&moved, turned, &err));
  CK_OK(ln_tensor_permute(&view, moved, dims, &err));
  ln_tensor_unref(turned), ln_tensor_unref(moved);
  return view;
}

static LnTensor *every_second_reversed(LnTensor *x) {
  int last = x->shape.n - 1;
  LnShape wide = x->shape;
  LnTensor *room = NULL, *view = NULL;
  wide.d[last] *= 2;
  CK_OK(ln_tensor_new(&room, wide, &err));
  CK_OK(ln_tensor_slice(&view, room, last, wide.d[last] - 1, x->shape.d[last], -2, &err));
  CK_OK(ln_tensor_copy(view, x, &err));
  ln_tensor_unref(room);
  return view;
}

static LnTensor *(*const layouts[])(LnTensor *x) = {as_it_is, backwards_in_memory, every_second_reversed};

/* ---- Operations ---- */

static const struct {
  const char *name;
  LnReduce op;
} reductions[] = {
    {"sum", LN_SUM},       {"mean", LN_MEAN},     {"var", LN_VAR},   {"std", LN_STD},   {"min", LN_RMIN},
    {"max", LN_RMAX},      {"argmin", LN_ARGMIN}, {"argmax", LN_ARGMAX}, {"prod", LN_PROD}, {"norm", LN_NORM},
    {"any", LN_ANY},       {"all", LN_ALL},       {"count_nonzero", LN_COUNT},
};

static LnStatus apply(LnTensor **y, const LinesCase *c, LnTensor *x) {
  for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
    if (strcmp(c->op, reductions[i].name) == 0)
      return ln_tensor_reduce_over(y, (LnReduction){reductions[i].op, .dims = c->dims, .unbiased = c->number == 1,
                                                    .order = c->number}, x, &err);
  return ln_fail(&err, LN_EARG, "no operation %s", c->op);
}

static bool selects(const LinesCase *c) {
  return c->ties && strcmp(c->op, "quantile") != 0;
}

START_TEST(known_numbers) {
  const LinesCase *c = &lines_cases[_i];
  char what[300];
  snprintf(what, sizeof what, "%s (%g) of %s along %x", c->op, c->number, LN_SHAPE_TEXT(c->shape), c->dims);
  LnTensor *x = input_of(c);
  for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++) {
    LnTensor *laid = layouts[k](x), *y = NULL;
    CK_OK(apply(&y, c, laid));
    ck_assert_msg(ln_shape_equal(y->shape, c->out), "%s: shape %s", what, LN_SHAPE_TEXT(y->shape));
    ck_assert_near(what, y->data, c->want, ln_shape_count(c->out), selects(c) ? 0 : 1e-6);
    ln_tensor_unref(laid), ln_tensor_unref(y);
  }
  ln_tensor_unref(x);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, known_numbers, 0, lines_cases_count);
}
