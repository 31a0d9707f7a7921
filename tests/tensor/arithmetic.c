/* The kernels of elementwise operations, of every instruction set: numbers from elsewhere over the whole range of
 * floats, in units in the last place, lengths around those of vectors, and gradients. */
#include <float.h>

#include "kernels/kernels.h"
#include "support/formula.h"
#include "tensor/elementwise.h"
#include "tensor/gradient.h"

static LnError err;

enum { LONGEST = 2 * 16 + 3, MOST_ULP = 3 };

#define NAME(name, ...) #name,
#define NOTHING(...)
static const char *const unary_names[] = {
#define LN_UNARY_OP NAME
#define LN_BINARY_OP NOTHING
#include "kernels/arithmetic.def"
#undef LN_UNARY_OP
#undef LN_BINARY_OP
};
static const char *const binary_names[] = {
#define LN_UNARY_OP NOTHING
#define LN_BINARY_OP NAME
#include "kernels/arithmetic.def"
#undef LN_UNARY_OP
#undef LN_BINARY_OP
};

static void select_best(void) {
  ln_kernels_select(NULL, NULL);
}

/* The distance between neighbouring floats at x. */
static double unit(double x) {
  int exponent;
  frexp(x, &exponent);
  return ldexp(1, exponent < -125 ? -149 : exponent - 24);
}

/* Equal, signs of zeros too, or apart by at most so many units in the last place. What rounds to infinity may also be
 * the largest float, and the other way round. */
static bool agrees(float got, double want, double units) {
  if (isnan(want)) return isnan(got);
  if (isnan(got)) return false;
  if (fabs(want) < (double)FLT_MAX && (double)fabsf(got) <= (double)FLT_MAX)
    return fabs((double)got - want) <= units * unit(want) && (want != 0 || !signbit(got) == !signbit(want));
  const double large = 0.9999999 * (double)FLT_MAX;
  return fabs(want) >= large && fabs((double)got) >= large && !signbit(got) == !signbit(want);
}

/* Stored numbers have ten digits. The quotient of polynomials that is tanh takes some more roundings. */
static double units_of(LnUnary op) {
  if (op == LN_TANH) return 5;
  return ln_unary_kind(op) != LN_OP_SMOOTH || op == LN_NEG || op == LN_ABS || op == LN_RELU ? 0.01 : MOST_ULP;
}

START_TEST(unary_values) {
  const UnaryKnown *known = &unary_known[_i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    float got[UNARY_N];
    CK_OK(ln_kernels_select(*isa, &err));
    ln_kernels()->unary(got, unary_x, UNARY_N, known->op);
    for (int i = 0; i < UNARY_N; i++)
      ck_assert_msg(agrees(got[i], known->want[i], units_of(known->op)) || (known->op == LN_RELU && got[i] == 0),
                    "%s, %s of %.9g: %.9g, not %.10g", *isa, unary_names[known->op], (double)unary_x[i], (double)got[i], known->want[i]);
  }
}
END_TEST

/* Signs of zeros differ where operands are equal: NumPy takes either. */
static bool either_zero(LnBinary op, double want) {
  return (op == LN_MIN || op == LN_MAX) && want == 0;
}

START_TEST(binary_values) {
  const BinaryKnown *known = &binary_known[_i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    float got[BINARY_N];
    CK_OK(ln_kernels_select(*isa, &err));
    ln_kernels()->binary(got, binary_x, false, binary_y, false, BINARY_N, known->op);
    for (int i = 0; i < BINARY_N; i++)
      ck_assert_msg(agrees(got[i], known->want[i], MOST_ULP) || (either_zero(known->op, known->want[i]) && got[i] == 0),
                    "%s, %s of %.9g and %.9g: %.9g, not %.10g", *isa, binary_names[known->op], (double)binary_x[i],
                    (double)binary_y[i], (double)got[i], known->want[i]);
  }
}
END_TEST

static void check_equal(const float *got, const float *want, int n, const char *what, const char *isa) {
  for (int i = 0; i < LONGEST + 1; i++)
    ck_assert_msg(i < n ? got[i] == want[i] || (isnan(got[i]) && isnan(want[i])) : got[i] == 77.0f,
                  "%s, %s, %d elements: number %d is %.9g", isa, what, n, i + 1, (double)got[i]);
}

#define EMPTY(name) \
  float name[LONGEST + 1]; \
  for (int filled = 0; filled <= LONGEST; filled++) name[filled] = 77

/* Any length gives the same numbers, and writes no more; single operands are like repeated ones; results may take the
 * place of operands. */
START_TEST(lengths) {
  float x[LONGEST], y[LONGEST], ones[LONGEST];
  for (int i = 0; i < LONGEST; i++) x[i] = test_formula(i, 1, -2, 2), y[i] = test_formula(i, 2, -3, 3), ones[i] = y[0];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    const LnKernels *k = ln_kernels();
    for (LnUnary op = 0; op < LN_UNARY_COUNT; op++) {
      EMPTY(all);
      k->unary(all, x, LONGEST, op);
      for (int n = 0; n <= LONGEST; n++) {
        EMPTY(got);
        memcpy(got, x, (size_t)n * sizeof *x);
        k->unary(got, got, n, op);
        check_equal(got, all, n, unary_names[op], *isa);
      }
    }
    for (LnBinary op = 0; op < LN_BINARY_COUNT; op++) {
      EMPTY(all);
      EMPTY(right);
      EMPTY(left);
      k->binary(all, x, false, y, false, LONGEST, op);
      k->binary(right, x, false, ones, false, LONGEST, op);
      k->binary(left, ones, false, x, false, LONGEST, op);
      for (int n = 0; n <= LONGEST; n++) {
        EMPTY(got);
        memcpy(got, y, (size_t)n * sizeof *y);
        k->binary(got, x, false, got, false, n, op);
        check_equal(got, all, n, binary_names[op], *isa);
        k->binary(got, x, false, y, true, n, op);
        check_equal(got, right, n, binary_names[op], *isa);
        k->binary(got, y, true, x, false, n, op);
        check_equal(got, left, n, binary_names[op], *isa);
      }
    }
  }
}
END_TEST

/* ---- Gradients, by a tape ---- */

static LnUnary unary_op;
static LnStatus unary(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_unary(y, unary_op, in[0], e);
}
static LnBinary binary_op;
static LnStatus binary(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_binary(y, binary_op, in[0], in[1], e);
}

static LnTensor *tensor_of(const double *values) {
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(GRADIENT_N), &err));
  for (int i = 0; i < GRADIENT_N; i++) t->data[i] = (float)values[i];
  return t;
}

static void check_gradient(LnTensor *got, const double *want, const char *what) {
  for (int i = 0; i < GRADIENT_N; i++)
    ck_assert_msg(fabs((double)got->data[i] - want[i]) <= 1e-6 * fmax(1, fabs(want[i])), "%s, %d: %.9g, not %.9g", what,
                  i + 1, (double)got->data[i], want[i]);
  ln_tensor_unref(got);
}

START_TEST(unary_gradients_are_known) {
  const UnaryGradient *known = &unary_gradients[_i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    LnTensor *x = tensor_of(known->x);
    unary_op = known->op;
    check_gradient(gradient_of(unary, &x, 1, 0), known->dx, unary_names[known->op]);
    ln_tensor_unref(x);
  }
}
END_TEST

START_TEST(binary_gradients_are_known) {
  const BinaryGradient *known = &binary_gradients[_i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    LnTensor *in[2] = {tensor_of(known->x), tensor_of(known->y)};
    binary_op = known->op;
    check_gradient(gradient_of(binary, in, 2, 0), known->dx, binary_names[known->op]);
    check_gradient(gradient_of(binary, in, 2, 1), known->dy, binary_names[known->op]);
    ln_tensor_unref(in[0]), ln_tensor_unref(in[1]);
  }
}
END_TEST

/* Every smooth function, in (0.05, 0.95), where all of them are. */
START_TEST(finite_differences) {
  LnTensor *in[2] = {test_formula_tensor(LN_SHAPE(3, 1, 7), 5, 0.05, 0.95),
                     test_formula_tensor(LN_SHAPE(2, 7), 6, 0.05, 0.95)};
  for (unary_op = 0; unary_op < LN_UNARY_COUNT; unary_op++)
    if (ln_unary_kind(unary_op) == LN_OP_SMOOTH) check_gradients(unary, in, 1, 1e-3, 3e-3);
  for (binary_op = 0; binary_op < LN_BINARY_COUNT; binary_op++)
    if (ln_binary_kind(binary_op) == LN_OP_SMOOTH && binary_op != LN_FMOD && binary_op != LN_MOD)
      check_gradients(binary, in, 2, 1e-3, 3e-3);
  ln_tensor_unref(in[0]), ln_tensor_unref(in[1]);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 30);
  tcase_add_checked_fixture(tests, NULL, select_best);
  tcase_add_loop_test(tests, unary_values, 0, unary_known_count);
  tcase_add_loop_test(tests, binary_values, 0, binary_known_count);
  tcase_add_test(tests, lengths);
  tcase_add_loop_test(tests, unary_gradients_are_known, 0, unary_gradients_count);
  tcase_add_loop_test(tests, binary_gradients_are_known, 0, binary_gradients_count);
  tcase_add_test(tests, finite_differences);
}
