/* Gradients of matrix products, decompositions and equations: finite differences, and PyTorch's numbers. Vectors come
 * with either sign, so what is asked of them does not depend on it: their squares. */
#include "support/formula.h"
#include "tensor/decompose.h"
#include "tensor/gradient.h"
#include "tensor/linalg_values.h"
#include "tensor/solve.h"
#include "tensor/tape.h"
#include "tensor/terms.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

/* All elements of several results, in one row. */
static LnTensor *row_of(LnTerms *t, int n, LnTensor *const *list) {
  LnTensor *rows[3], *row = NULL;
  for (int i = 0; i < n; i++) {
    rows[i] = list[i] == NULL ? NULL : ln_shaped(t, list[i], LN_SHAPE(ln_shape_count(list[i]->shape)));
    if (rows[i] == NULL) return NULL;
  }
  return ln_term(t, ln_tensor_concat(&row, rows, n, 0, t->err), &row);
}

static LnTensor *square(LnTerms *t, LnTensor *a) {
  return ln_times(t, a, a);
}

static LnStatus multiplied(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_matmul(y, in[0], in[1], e);
}

static LnStatus svd(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTerms t = {.err = e};
  LnTensor *u = NULL, *s = NULL, *vt = NULL;
  LnStatus status = ln_tensor_svd(&u, &s, &vt, in[0], e);
  u = ln_term(&t, status, &u), s = ln_term(&t, status, &s), vt = ln_term(&t, status, &vt);
  return ln_terms_end(&t, y, row_of(&t, 3, (LnTensor *[]){square(&t, u), s, square(&t, vt)}));
}

static LnStatus singular(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *u = NULL, *vt = NULL;
  LN_TRY(ln_tensor_svd(&u, y, &vt, in[0], e));
  ln_tensor_unref(u), ln_tensor_unref(vt);
  return LN_OK;
}

static LnStatus qr(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTerms t = {.err = e};
  LnTensor *q = NULL, *r = NULL;
  LnStatus status = ln_tensor_qr(&q, &r, in[0], e);
  q = ln_term(&t, status, &q), r = ln_term(&t, status, &r);
  return ln_terms_end(&t, y, row_of(&t, 2, (LnTensor *[]){square(&t, q), square(&t, r)}));
}

static LnStatus eigh(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTerms t = {.err = e};
  LnTensor *w = NULL, *v = NULL, *a = ln_plus(&t, in[0], ln_turn(&t, in[0]));
  LnStatus status = a == NULL ? t.status : ln_tensor_eigh(&w, &v, a, e);
  w = ln_term(&t, status, &w), v = ln_term(&t, status, &v);
  return ln_terms_end(&t, y, row_of(&t, 2, (LnTensor *[]){w, square(&t, v)}));
}

static LnStatus cholesky(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTerms t = {.err = e};
  LnTensor *l = NULL, *one = NULL, *a = ln_product(&t, in[0], ln_turn(&t, in[0]));
  int64_t n = in[0]->shape.d[in[0]->shape.n - 1];
  one = ln_blank(&t, LN_SHAPE(n, n));
  for (int64_t i = 0; one != NULL && i < n; i++) one->data[i * n + i] = 1;
  a = ln_plus(&t, a, one);
  LnStatus status = a == NULL ? t.status : ln_tensor_cholesky(&l, a, e);
  return ln_terms_end(&t, y, ln_term(&t, status, &l));
}

static LnStatus solve(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_solve(y, in[0], in[1], e);
}
static LnStatus lstsq(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_lstsq(y, in[0], in[1], e);
}
static LnStatus inv(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_inv(y, in[0], e);
}
static LnStatus det(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_det(y, in[0], e);
}

/* want: PyTorch's gradients by a, and by b. diagonal: what is added to a's, so that it is well conditioned. */
static const struct {
  const char *name;
  GradientOp *op;
  LnShape a, b;
  double diagonal;
  const double *want[2];
  double step, tolerance;
} cases[] = {
    {"matmul 0", multiplied, {1, {3}}, {1, {3}}, 0, {d0_product_0, d1_product_0}, 1e-2, 1e-4},
    {"matmul 1", multiplied, {1, {3}}, {2, {3, 4}}, 0, {d0_product_1, d1_product_1}, 1e-2, 1e-4},
    {"matmul 2", multiplied, {2, {2, 3}}, {1, {3}}, 0, {d0_product_2, d1_product_2}, 1e-2, 1e-4},
    {"matmul 3", multiplied, {1, {3}}, {3, {2, 3, 4}}, 0, {d0_product_3, d1_product_3}, 1e-2, 1e-4},
    {"matmul 4", multiplied, {3, {2, 4, 3}}, {1, {3}}, 0, {d0_product_4, d1_product_4}, 1e-2, 1e-4},
    {"matmul 5", multiplied, {4, {2, 1, 3, 4}}, {3, {5, 4, 2}}, 0, {d0_product_5, d1_product_5}, 1e-2, 1e-4},
    {"matmul 6", multiplied, {3, {3, 2, 4}}, {2, {4, 3}}, 0, {d0_product_6, d1_product_6}, 1e-2, 1e-4},
    {"matmul 7", multiplied, {2, {2, 4}}, {3, {3, 4, 2}}, 0, {d0_product_7, d1_product_7}, 1e-2, 1e-4},
    {"svd of a square", svd, {2, {3, 3}}, {0}, 0, {d_svd_square}, 1e-2, 2e-3},
    {"svd of tall ones", svd, {3, {2, 5, 3}}, {0}, 0, {d_svd_tall}, 1e-2, 2e-3},
    {"svd of a wide one", svd, {2, {2, 4}}, {0}, 0, {d_svd_wide}, 1e-2, 2e-3},
    {"singular values", singular, {2, {4, 3}}, {0}, 0, {d_singular}, 1e-2, 1e-3},
    {"qr of a square", qr, {2, {3, 3}}, {0}, 2, {d_qr_square}, 1e-3, 5e-3},
    {"qr of tall ones", qr, {3, {2, 5, 3}}, {0}, 0, {d_qr_tall}, 1e-3, 5e-3},
    {"qr of a wide one", qr, {2, {2, 4}}, {0}, 0, {d_qr_wide}, 1e-3, 5e-3},
    {"eigh", eigh, {3, {2, 3, 3}}, {0}, 0, {d_eigh}, 1e-2, 2e-3},
    {"cholesky", cholesky, {3, {2, 3, 3}}, {0}, 0, {d_cholesky}, 1e-2, 1e-3},
    {"solve", solve, {3, {2, 3, 3}}, {2, {3, 2}}, 2, {d0_solve, d1_solve}, 1e-2, 1e-3},
    {"solve of a vector", solve, {3, {2, 3, 3}}, {1, {3}}, 2, {d0_solve_vector, d1_solve_vector}, 1e-2, 1e-3},
    {"solve of many", solve, {2, {3, 3}}, {3, {2, 3, 1}}, 2, {d0_solve_many, d1_solve_many}, 1e-2, 1e-3},
    {"inv", inv, {3, {2, 3, 3}}, {0}, 2, {d_inv}, 1e-2, 1e-3},
    {"det", det, {3, {2, 3, 3}}, {0}, 2, {d_det}, 1e-2, 1e-3},
    {"lstsq", lstsq, {2, {5, 3}}, {2, {5, 2}}, 1, {d0_lstsq, d1_lstsq}, 1e-2, 1e-3},
    {"lstsq of a vector", lstsq, {3, {2, 3, 4}}, {1, {3}}, 1, {d0_lstsq_wide, d1_lstsq_wide}, 1e-2, 1e-3},
};

START_TEST(gradients) {
  int n = cases[_i].want[1] == NULL ? 1 : 2;
  LnTensor *x[2] = {test_formula_tensor(cases[_i].a, 21, -1, 1), test_formula_tensor(cases[_i].b, 22, -1, 1)};
  int64_t rows = x[0]->shape.d[x[0]->shape.n - 2 < 0 ? 0 : x[0]->shape.n - 2],
          columns = x[0]->shape.d[x[0]->shape.n - 1];
  for (int64_t at = 0; cases[_i].diagonal > 0 && at < ln_shape_count(x[0]->shape); at++)
    if (at / columns % rows == at % columns) x[0]->data[at] += (float)cases[_i].diagonal;
  for (int k = 0; k < n; k++) {
    LnTensor *got = gradient_of(cases[_i].op, x, n, k);
    ck_assert_near(cases[_i].name, got->data, cases[_i].want[k], ln_shape_count(got->shape), 2e-5);
    ln_tensor_unref(got);
  }
  check_gradients(cases[_i].op, x, n, cases[_i].step, cases[_i].tolerance);
  ln_tensor_unref(x[0]), ln_tensor_unref(x[1]);
}
END_TEST

/* The gradients that do not exist are refused, and those beside them are not. */
START_TEST(equal_values) {
  LnTensor *eye = test_formula_tensor(LN_SHAPE(2, 2), 1, 0, 0), *got;
  eye->data[0] = eye->data[3] = 2;
  got = gradient_of(singular, &eye, 1, 0);
  ck_assert(isfinite(got->data[0]));
  LnTape *tape = NULL;
  LnTensor *w = NULL, *y = NULL, *sum = NULL;
  for (int i = 0; i < 2; i++) {
    CK_OK(ln_tape_new(&tape, &err));
    CK_OK(ln_tape_watch(&w, tape, eye, &err));
    CK_OK((i == 0 ? svd : eigh)(&y, &w, &err));
    CK_OK(ln_tensor_reduce(&sum, LN_STD, y, -1, false, &err));
    CK_FAILS(ln_tape_backward(tape, sum, NULL, &err), LN_ENUMERIC,
             i == 0 ? "svd: no gradient of u and vt exists where singular values are equal, here both 2"
                    : "eigh: no gradient of v exists where eigenvalues are equal, here both 4");
    ln_tape_free(tape);
    ln_tensor_unref(w), ln_tensor_unref(y), ln_tensor_unref(sum);
  }
  ln_tensor_unref(eye), ln_tensor_unref(got);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, gradients, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tests, equal_values);
}
