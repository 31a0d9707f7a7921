/* Operations on lines of tensors against known numbers (line_cases.h), for several layouts of the same elements. */
#include "tensor/line_cases.h"

#include <stdio.h>

#include "base/memory.h"
#include "support/formula.h"
#include "tensor/gradient.h"
#include "tensor/order.h"
#include "tensor/reduce.h"
#include "tensor/statistics.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnTensor *input_of(const LineCase *c) {
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

static LnStatus quantile(LnTensor **y, const LineCase *c, LnTensor *x) {
  double q = strcmp(c->op, "median") == 0 ? 0.5 : c->number;
  return ln_tensor_quantile(y, (LnQuantiles){.q = &q, .n = 1, .dims = c->dims, .name = c->op}, x, &err);
}

/* One of the two results of operations along one dimension. */
static LnStatus ordered(LnTensor **y, const LineCase *c, LnTensor *x, int dim, bool *known) {
  LnTensor *values = NULL, *places = NULL;
  bool sorts = strstr(c->op, "sort") != NULL,
       second = strcmp(c->op, "argsort") == 0 || strcmp(c->op, "topk_places") == 0;
  *known = sorts || strncmp(c->op, "topk", 4) == 0;
  if (!*known) return LN_OK;
  if (sorts) LN_TRY(ln_tensor_sort(&values, &places, x, dim, c->number == 1, &err));
  else LN_TRY(ln_tensor_topk(&values, &places, x, (int64_t)c->number, dim, false, &err));
  *y = second ? places : values;
  ln_tensor_unref(second ? values : places);
  return LN_OK;
}

static LnStatus apply(LnTensor **y, const LineCase *c, LnTensor *x) {
  int dim = __builtin_ctz(c->dims);
  bool known;
  for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
    if (strcmp(c->op, reductions[i].name) == 0)
      return ln_tensor_reduce_over(y, (LnReduction){reductions[i].op, .dims = c->dims, .unbiased = c->number == 1,
                                                    .order = c->number}, x, &err);
  if (strcmp(c->op, "cumsum") == 0) return ln_tensor_cumsum(y, x, dim, &err);
  if (strcmp(c->op, "cumprod") == 0) return ln_tensor_cumprod(y, x, dim, &err);
  if (strcmp(c->op, "diff") == 0) return ln_tensor_diff(y, x, (int64_t)c->number, dim, &err);
  if (strcmp(c->op, "median") == 0 || strcmp(c->op, "quantile") == 0) return quantile(y, c, x);
  LN_TRY(ordered(y, c, x, dim, &known));
  return known ? LN_OK : ln_fail(&err, LN_EARG, "no operation %s", c->op);
}

static bool selects(const LineCase *c) {
  return c->ties && strcmp(c->op, "quantile") != 0;
}

START_TEST(known_numbers) {
  const LineCase *c = &line_cases[_i];
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

static const LineCase *differentiated;
static LnStatus apply_differentiated(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnStatus status = apply(y, differentiated, in[0]);
  *e = err;
  return status;
}

START_TEST(known_gradients) {
  const LineCase *c = differentiated = &line_gradients[_i];
  char what[300];
  snprintf(what, sizeof what, "gradient of %s (%g) of %s along %x", c->op, c->number, LN_SHAPE_TEXT(c->shape), c->dims);
  LnTensor *x = input_of(c), *dx = gradient_of(apply_differentiated, &x, 1, 0);
  ck_assert_near(what, dx->data, c->want, ln_shape_count(c->shape), 1e-5);
  ln_tensor_unref(x), ln_tensor_unref(dx);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, known_numbers, 0, line_cases_count);
  tcase_add_loop_test(tests, known_gradients, 0, line_gradients_count);
}
