/* Decompositions and linear equations: what they reconstruct, NumPy's numbers, and the refusals. */
#include "tensor/decompose.h"

#include "base/interrupt.h"
#include "support/formula.h"
#include "tensor/linalg_values.h"
#include "tensor/pca.h"
#include "tensor/solve.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

/* ---- Helpers: plain loops over contiguous matrices ---- */

static LnTensor *turned(LnTensor *t) {
  int dims[LN_MAX_DIMS], n = t->shape.n;
  LnTensor *view = NULL;
  for (int i = 0; i < n; i++) dims[i] = i < n - 2 ? i : n - 1 - (i - (n - 2));
  CK_OK(ln_tensor_permute(&view, t, dims, &err));
  return view;
}

static LnTensor *product(LnTensor *a, LnTensor *b) {
  LnTensor *y = NULL;
  CK_OK(ln_tensor_matmul(&y, a, b, &err));
  return y;
}

/* |got - want| <= tolerance * the largest |want|. */
static void check_same(const char *what, const LnTensor *got, const LnTensor *want, double tolerance) {
  int64_t n = ln_shape_count(want->shape);
  ck_assert(ln_shape_equal(got->shape, want->shape));
  float *g = malloc((size_t)n * sizeof *g + 1), *w = malloc((size_t)n * sizeof *w + 1);
  double *exact = malloc((size_t)n * sizeof *exact + 1);
  ln_tensor_read(g, got), ln_tensor_read(w, want);
  for (int64_t i = 0; i < n; i++) exact[i] = w[i];
  ck_assert_near(what, g, exact, n, tolerance);
  free(g), free(w), free(exact);
}

static void check_values(const char *what, const LnTensor *got, const double *want, double tolerance) {
  int64_t n = ln_shape_count(got->shape);
  float *g = malloc((size_t)n * sizeof *g + 1);
  ln_tensor_read(g, got);
  ck_assert_near(what, g, want, n, tolerance);
  free(g);
}

/* Columns of length 1 at right angles: q' q = 1. */
static void check_orthonormal(LnTensor *q) {
  LnTensor *across = turned(q), *square = product(across, q);
  int64_t k = square->shape.d[square->shape.n - 1];
  for (int64_t i = 0; i < ln_shape_count(square->shape); i++)
    ck_assert_double_eq_tol((double)square->data[i], i / k % k == i % k, 1e-5);
  ln_tensor_unref(across), ln_tensor_unref(square);
}

static LnTensor *symmetric(int64_t n, uint32_t salt, bool positive) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(n, n), salt, -1, 1), *across = turned(x), *y = NULL;
  if (positive) {
    y = product(x, across);
    for (int64_t i = 0; i < n; i++) y->data[i * n + i] += 1;
  } else {
    CK_OK(ln_tensor_binary(&y, LN_ADD, x, across, &err));
  }
  ln_tensor_unref(x), ln_tensor_unref(across);
  return y;
}

/* ---- svd ---- */

static void check_svd(LnTensor *a) {
  LnTensor *u = NULL, *s = NULL, *vt = NULL, *v, *scaled = NULL, *row = NULL, *again;
  CK_OK(ln_tensor_svd(&u, &s, &vt, a, &err));
  v = turned(vt);
  check_orthonormal(u), check_orthonormal(v);
  int64_t k = s->shape.d[s->shape.n - 1];
  for (int64_t i = 0; i < ln_shape_count(s->shape); i++) {
    ck_assert_float_ge(s->data[i], 0);
    if (i % k > 0) ck_assert_float_le(s->data[i], s->data[i - 1]);
  }
  LnShape shape = s->shape;
  shape.d[shape.n] = k, shape.d[shape.n++ - 1] = 1;
  CK_OK(ln_tensor_reshape(&row, s, shape, &err));
  CK_OK(ln_tensor_binary(&scaled, LN_MUL, u, row, &err));
  again = product(scaled, vt);
  check_same("u diag(s) vt", again, a, 1e-5);
  ln_tensor_unref(u), ln_tensor_unref(s), ln_tensor_unref(vt), ln_tensor_unref(v), ln_tensor_unref(scaled);
  ln_tensor_unref(row), ln_tensor_unref(again);
}

START_TEST(svd_reconstructs) {
  static const LnShape shapes[] = {{2, {4, 4}},    {2, {7, 3}},       {2, {3, 7}},  {2, {1, 5}},
                                   {3, {2, 4, 3}}, {4, {2, 3, 5, 6}}, {2, {60, 40}}};
  LnTensor *a = test_formula_tensor(shapes[_i], 3, -1, 1), *across = turned(a);
  check_svd(a);
  check_svd(across);
  ln_tensor_unref(a), ln_tensor_unref(across);
}
END_TEST

START_TEST(svd_values) {
  LnTensor *a = test_formula_tensor(LN_SHAPE(2, 4, 3), 3, -1, 1), *u = NULL, *s = NULL, *vt = NULL;
  CK_OK(ln_tensor_svd(&u, &s, &vt, a, &err));
  check_values("s", s, singular_values, 1e-6);
  ck_assert(ln_shape_equal(u->shape, LN_SHAPE(2, 4, 3)) && ln_shape_equal(vt->shape, LN_SHAPE(2, 3, 3)));
  ln_tensor_unref(a), ln_tensor_unref(u), ln_tensor_unref(s), ln_tensor_unref(vt);
}
END_TEST

/* ---- qr ---- */

static void check_qr(LnTensor *a) {
  LnTensor *q = NULL, *r = NULL, *again;
  CK_OK(ln_tensor_qr(&q, &r, a, &err));
  check_orthonormal(q);
  again = product(q, r);
  check_same("q r", again, a, 1e-5);
  int64_t k = r->shape.d[r->shape.n - 2], n = r->shape.d[r->shape.n - 1];
  for (int64_t i = 0; i < ln_shape_count(r->shape); i++)
    if (i / n % k > i % n) ck_assert(r->data[i] == 0);
  ln_tensor_unref(q), ln_tensor_unref(r), ln_tensor_unref(again);
}

START_TEST(qr_reconstructs) {
  static const LnShape shapes[] = {{2, {4, 4}},    {2, {7, 3}},    {2, {3, 7}},  {2, {5, 1}},
                                   {3, {2, 4, 3}}, {3, {2, 3, 5}}, {2, {60, 40}}};
  LnTensor *a = test_formula_tensor(shapes[_i], 3, -1, 1), *across = turned(a);
  check_qr(a);
  check_qr(across);
  ln_tensor_unref(a), ln_tensor_unref(across);
}
END_TEST

START_TEST(qr_values) {
  LnTensor *a = test_formula_tensor(LN_SHAPE(4, 3), 3, -1, 1), *q = NULL, *r = NULL, *size = NULL;
  CK_OK(ln_tensor_qr(&q, &r, a, &err));
  CK_OK(ln_tensor_unary(&size, LN_ABS, r, &err));
  check_values("|r|", size, r_magnitudes, 1e-6);
  ln_tensor_unref(a), ln_tensor_unref(q), ln_tensor_unref(r), ln_tensor_unref(size);
}
END_TEST

/* ---- eigh ---- */

static void check_eigh(LnTensor *a) {
  LnTensor *w = NULL, *v = NULL, *across, *scaled = NULL, *again;
  CK_OK(ln_tensor_eigh(&w, &v, a, &err));
  check_orthonormal(v);
  for (int64_t i = 1; i < w->shape.d[0]; i++) ck_assert_float_ge(w->data[i], w->data[i - 1]);
  CK_OK(ln_tensor_binary(&scaled, LN_MUL, v, w, &err));
  across = turned(v);
  again = product(scaled, across);
  check_same("v diag(w) v'", again, a, 1e-5);
  ln_tensor_unref(w), ln_tensor_unref(v), ln_tensor_unref(across), ln_tensor_unref(scaled), ln_tensor_unref(again);
}

START_TEST(eigh_reconstructs) {
  static const int64_t sizes[] = {1, 2, 5, 40};
  LnTensor *a = symmetric(sizes[_i], 4, false), *across = turned(a);
  check_eigh(a);
  check_eigh(across);
  ln_tensor_unref(a), ln_tensor_unref(across);
}
END_TEST

START_TEST(eigh_values) {
  LnTensor *a = symmetric(5, 4, false), *both = NULL, *w = NULL, *v = NULL;
  CK_OK(ln_tensor_expand(&both, a, LN_SHAPE(2, 5, 5), &err));
  CK_OK(ln_tensor_eigh(&w, &v, both, &err));
  check_values("w", w,
               (const double[]){eigenvalues[0], eigenvalues[1], eigenvalues[2], eigenvalues[3], eigenvalues[4],
                                eigenvalues[0], eigenvalues[1], eigenvalues[2], eigenvalues[3], eigenvalues[4]},
               1e-6);
  ck_assert(ln_shape_equal(v->shape, LN_SHAPE(2, 5, 5)));
  ln_tensor_unref(a), ln_tensor_unref(both), ln_tensor_unref(w), ln_tensor_unref(v);
}
END_TEST

/* ---- cholesky, solve, inv, det, lstsq ---- */

START_TEST(cholesky_values) {
  LnTensor *a = symmetric(4, 5, true), *l = NULL, *across, *again;
  CK_OK(ln_tensor_cholesky(&l, a, &err));
  check_values("l", l, lower, 1e-6);
  across = turned(l);
  again = product(l, across);
  check_same("l l'", again, a, 1e-6);
  ln_tensor_unref(a), ln_tensor_unref(l), ln_tensor_unref(across), ln_tensor_unref(again);
}
END_TEST

START_TEST(equations) {
  LnTensor *a = test_formula_tensor(LN_SHAPE(2, 4, 4), 6, -1, 1), *b = test_formula_tensor(LN_SHAPE(4, 2), 7, -1, 1);
  LnTensor *vector = test_formula_tensor(LN_SHAPE(4), 7, -1, 1), *x = NULL, *y = NULL, *inverted = NULL, *sizes = NULL;
  CK_OK(ln_tensor_solve(&x, a, b, &err));
  ck_assert(ln_shape_equal(x->shape, LN_SHAPE(2, 4, 2)));
  check_values("solve", x, solution, 1e-5);
  CK_OK(ln_tensor_solve(&y, a, vector, &err));
  ck_assert(ln_shape_equal(y->shape, LN_SHAPE(2, 4)));
  check_values("solve for a vector", y, solution_of_vector, 1e-5);
  CK_OK(ln_tensor_inv(&inverted, a, &err));
  check_values("inv", inverted, inverse, 1e-5);
  CK_OK(ln_tensor_det(&sizes, a, &err));
  check_values("det", sizes, determinants, 1e-5);
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(vector), ln_tensor_unref(x), ln_tensor_unref(y);
  ln_tensor_unref(inverted), ln_tensor_unref(sizes);
}
END_TEST

static void check_lstsq(LnShape shape, LnShape side, LnShape want_shape, const double *want, bool deficient) {
  LnTensor *a = test_formula_tensor(shape, 8, -1, 1), *b = test_formula_tensor(side, 9, -1, 1), *x = NULL;
  for (int64_t i = 0; i < shape.d[0] && deficient; i++) a->data[i * shape.d[1] + 2] = a->data[i * shape.d[1]];
  CK_OK(ln_tensor_lstsq(&x, a, b, &err));
  ck_assert(ln_shape_equal(x->shape, want_shape));
  check_values("lstsq", x, want, 1e-5);
  ln_tensor_unref(a), ln_tensor_unref(b), ln_tensor_unref(x);
}

START_TEST(least_squares) {
  check_lstsq(LN_SHAPE(6, 3), LN_SHAPE(6, 2), LN_SHAPE(3, 2), fit, false);
  check_lstsq(LN_SHAPE(3, 6), LN_SHAPE(3), LN_SHAPE(6), fit_wide, false);
  check_lstsq(LN_SHAPE(6, 3), LN_SHAPE(6), LN_SHAPE(3), fit_deficient, true);
}
END_TEST

/* ---- pca ---- */

static void check_pca(LnShape shape, int64_t k, const double *components, const double *variances, const double *mean) {
  LnTensor *x = test_formula_tensor(shape, 10, -1, 1), *c = NULL, *v = NULL, *m = NULL;
  CK_OK(ln_tensor_pca(&c, &v, &m, x, k, &err));
  ck_assert(ln_shape_equal(c->shape, LN_SHAPE(k, 2, 3)) && ln_shape_equal(v->shape, LN_SHAPE(k)) &&
            ln_shape_equal(m->shape, LN_SHAPE(2, 3)));
  check_values("components", c, components, 1e-5);
  check_values("variances", v, variances, 1e-5);
  check_values("mean", m, mean, 1e-5);
  ln_tensor_unref(x), ln_tensor_unref(c), ln_tensor_unref(v), ln_tensor_unref(m);
}

START_TEST(principal_components) {
  check_pca(LN_SHAPE(20, 2, 3), 4, components_many, variances_many, mean_many);
  check_pca(LN_SHAPE(4, 2, 3), 3, components_few, variances_few, mean_few);
}
END_TEST

/* ---- Refusals ---- */

START_TEST(empty_matrices) {
  LnTensor *a = counting(LN_SHAPE(0, 3)), *none = counting(LN_SHAPE(0, 2, 2)), *square = counting(LN_SHAPE(0, 0));
  LnTensor *u = NULL, *s = NULL, *vt = NULL, *q = NULL, *r = NULL, *x = NULL, *size = NULL;
  CK_OK(ln_tensor_svd(&u, &s, &vt, a, &err));
  ck_assert(ln_shape_equal(u->shape, LN_SHAPE(0, 0)) && ln_shape_equal(vt->shape, LN_SHAPE(0, 3)));
  CK_OK(ln_tensor_qr(&q, &r, none, &err));
  ck_assert(ln_shape_equal(q->shape, LN_SHAPE(0, 2, 2)));
  CK_OK(ln_tensor_inv(&x, none, &err));
  CK_OK(ln_tensor_det(&size, square, &err));
  ck_assert(size->data[0] == 1);
  ln_tensor_unref(a), ln_tensor_unref(none), ln_tensor_unref(square), ln_tensor_unref(u), ln_tensor_unref(s);
  ln_tensor_unref(vt), ln_tensor_unref(q), ln_tensor_unref(r), ln_tensor_unref(x), ln_tensor_unref(size);
}
END_TEST

START_TEST(matrices_that_are_refused) {
  LnTensor *a = test_formula_tensor(LN_SHAPE(2, 3, 3), 3, -1, 1), *wide = counting(LN_SHAPE(2, 3)),
           *vector = counting(LN_SHAPE(3));
  LnTensor *x = NULL, *y = NULL, *z = NULL, *five = counting(LN_SHAPE(5)), *one = NULL;
  CK_FAILS(ln_tensor_svd(&x, &y, &z, vector, &err), LN_ESHAPE, "svd: needs a matrix, or several, got shape 3");
  CK_FAILS(ln_tensor_eigh(&x, &y, wide, &err), LN_ESHAPE,
           "eigh: needs square matrices, got shape 2x3, whose last two sizes differ");
  CK_FAILS(ln_tensor_solve(&x, a, five, &err), LN_ESHAPE,
           "solve: shapes 2x3x3 and 5 do not fit: 3 equations and 5 right sides");
  LnTensor *row = counting(LN_SHAPE(1, 20000)), *none = NULL;
  CK_FAILS(ln_tensor_lstsq(&none, row, row, &err), LN_ESHAPE,
           "lstsq: shapes 1x20000 and 1x20000 do not fit: too many elements");
  ln_tensor_unref(row);
  for (int i = 0; i < 9; i++) a->data[9 + i] = (float)(i == 0 || i == 4 || i == 8);
  for (int i = 0; i < 9; i++) a->data[i] = a->data[9 + i];
  a->data[9 + 8] = -2;
  CK_FAILS(
      ln_tensor_cholesky(&x, a, &err), LN_ENUMERIC,
      "cholesky: matrix {2} of a tensor of shape 2x3x3 is not positive definite: its first 3 rows and columns are not");
  a->data[9 + 8] = 0;
  CK_FAILS(ln_tensor_inv(&x, a, &err), LN_ENUMERIC,
           "inv: matrix {2} of a tensor of shape 2x3x3 is singular: pivot 3 of its LU decomposition is zero");
  CK_FAILS(ln_tensor_solve(&x, a, vector, &err), LN_ENUMERIC,
           "solve: matrix {2} of a tensor of shape 2x3x3 is singular");
  CK_OK(ln_tensor_select(&one, a, 0, 1, &err));
  CK_FAILS(ln_tensor_inv(&x, one, &err), LN_ENUMERIC, "inv: the matrix of shape 3x3 is singular");
  a->data[9 + 5] = 0.5f;
  CK_FAILS(ln_tensor_eigh(&x, &y, a, &err), LN_ENUMERIC,
           "eigh: matrix {2} of a tensor of shape 2x3x3 is not symmetric: entry {3, 2} is 0, {2, 3} is 0.5");
  a->data[9 + 5] = NAN;
  CK_FAILS(ln_tensor_qr(&x, &y, a, &err), LN_ENUMERIC,
           "qr: needs finite numbers; element {2, 2, 3} of the tensor 2x3x3 is nan");
  CK_FAILS(ln_tensor_pca(&x, &y, &z, a, 1, &err), LN_ENUMERIC, "pca: needs finite numbers; element {2, 2, 3}");
  CK_FAILS(
      ln_tensor_pca(&x, &y, &z, wide, 3, &err), LN_EARG,
      "pca: the number of components must be from 1 to 2, the lesser of 2 samples and the 3 elements of each, got 3");
  CK_FAILS(ln_tensor_pca(&x, &y, &z, vector, 1, &err), LN_ESHAPE,
           "pca: needs at least 2 samples along dimension 1, got shape 3");
  ck_assert(x == NULL && y == NULL && z == NULL);
  ln_tensor_unref(a), ln_tensor_unref(wide), ln_tensor_unref(vector), ln_tensor_unref(five), ln_tensor_unref(one);
}
END_TEST

/* Every function on one symmetric matrix, for what all have in common. */
static LnStatus op_svd(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_svd(&out[0], &out[1], &out[2], a, &err);
}
static LnStatus op_qr(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_qr(&out[0], &out[1], a, &err);
}
static LnStatus op_eigh(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_eigh(&out[0], &out[1], a, &err);
}
static LnStatus op_cholesky(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_cholesky(&out[0], a, &err);
}
static LnStatus op_solve(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_solve(&out[0], a, a, &err);
}
static LnStatus op_inv(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_inv(&out[0], a, &err);
}
static LnStatus op_det(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_det(&out[0], a, &err);
}
static LnStatus op_lstsq(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_lstsq(&out[0], a, a, &err);
}
static LnStatus op_pca(LnTensor *out[3], LnTensor *a) {
  return ln_tensor_pca(&out[0], &out[1], &out[2], a, 2, &err);
}
static LnStatus (*const operations[])(LnTensor *out[3], LnTensor *a) = {op_svd, op_qr,  op_eigh,  op_cholesky, op_solve,
                                                                        op_inv, op_det, op_lstsq, op_pca};

static void unref_all(LnTensor *out[3]) {
  for (int i = 0; i < 3; i++) ln_tensor_unref(out[i]);
}

START_TEST(any_allocation_may_fail) {
  LnTensor *a = symmetric(4, 5, true), *across = turned(a);
  LnStatus status = LN_EMEMORY;
  int64_t before = ln_memory_live();
  for (int64_t n = 0; status != LN_OK; n++) {
    LnTensor *out[3] = {NULL};
    ck_assert_int_lt(n, 100);
    ln_memory_fail_after(n);
    status = operations[_i](out, across);
    ln_memory_fail_after(-1);
    if (status != LN_OK) {
      ck_assert_int_eq(status, LN_EMEMORY);
      ck_assert(out[0] == NULL && out[1] == NULL && out[2] == NULL);
    }
    unref_all(out);
    ck_assert_int_eq(ln_memory_live(), before);
  }
  ln_tensor_unref(a), ln_tensor_unref(across);
}
END_TEST

START_TEST(interrupted) {
  LnTensor *a = symmetric(4, 5, true), *out[3] = {NULL};
  int64_t before = ln_memory_live();
  ln_interrupt();
  CK_FAILS(operations[_i](out, a), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  ck_assert_int_eq(ln_memory_live(), before);
  ck_assert(out[0] == NULL && out[1] == NULL && out[2] == NULL);
  ln_tensor_unref(a);
}
END_TEST

TESTS {
  const int n = sizeof operations / sizeof *operations;
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, svd_reconstructs, 0, 7);
  tcase_add_test(tests, svd_values);
  tcase_add_loop_test(tests, qr_reconstructs, 0, 7);
  tcase_add_test(tests, qr_values);
  tcase_add_loop_test(tests, eigh_reconstructs, 0, 4);
  tcase_add_test(tests, eigh_values);
  tcase_add_test(tests, cholesky_values);
  tcase_add_test(tests, equations);
  tcase_add_test(tests, least_squares);
  tcase_add_test(tests, principal_components);
  tcase_add_test(tests, empty_matrices);
  tcase_add_test(tests, matrices_that_are_refused);
  tcase_add_loop_test(tests, any_allocation_may_fail, 0, n);
  tcase_add_loop_test(tests, interrupted, 0, n);
}
