/* Fourier transforms: NumPy's numbers, there and back, gradients, refusals. */
#include "tensor/fft.h"

#include "base/interrupt.h"
#include "base/parallel.h"
#include "support/formula.h"
#include "tensor/fft_values.h"
#include "tensor/gradient.h"
#include "tensor/terms.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

#define KNOWN(i) \
  { {real_re_##i, real_im_##i}, {complex_re_##i, complex_im_##i}, inverse_##i }
static const struct {
  LnShape shape;
  struct {
    const double *real[2], *complex[2], *inverse;
  } want;
} known[] = {
    {{2, {4, 6}}, KNOWN(0)}, {{2, {3, 5}}, KNOWN(1)}, {{4, {2, 2, 5, 4}}, KNOWN(2)},
    {{2, {1, 7}}, KNOWN(3)}, {{2, {6, 1}}, KNOWN(4)}, {{3, {2, 1, 1}}, KNOWN(5)},
};

static void check_fft2(const double *const want[2], LnTensor *re, LnTensor *im) {
  LnTensor *y[2] = {NULL};
  double largest = 0;
  int64_t n = ln_shape_count(re->shape);
  CK_OK(ln_tensor_fft2(&y[0], &y[1], re, im, &err));
  for (int64_t i = 0; i < n; i++) largest = fmax(largest, hypot(want[0][i], want[1][i]));
  for (int part = 0; part < 2; part++) {
    ck_assert(ln_shape_equal(y[part]->shape, re->shape));
    for (int64_t i = 0; i < n; i++) ck_assert_double_eq_tol((double)y[part]->data[i], want[part][i], 1e-6 * largest);
    ln_tensor_unref(y[part]);
  }
}

START_TEST(transforms) {
  LnTensor *re = test_formula_tensor(known[_i].shape, 1, -1, 1), *im = test_formula_tensor(known[_i].shape, 2, -1, 1);
  LnTensor *x = NULL;
  check_fft2(known[_i].want.real, re, NULL);
  check_fft2(known[_i].want.complex, re, im);
  CK_OK(ln_tensor_ifft2(&x, re, im, &err));
  ck_assert_near("ifft2", x->data, known[_i].want.inverse, ln_shape_count(x->shape), 1e-6);
  ln_tensor_unref(re), ln_tensor_unref(im), ln_tensor_unref(x);
}
END_TEST

/* Also of views, whatever the number of threads. */
START_TEST(there_and_back) {
  LnTensor *base = test_formula_tensor(LN_SHAPE(31, 24, 5), 1, -1, 1), *x = NULL, *re[2] = {NULL}, *im[2] = {NULL};
  LnTensor *again = NULL;
  int threads = ln_threads();
  CK_OK(ln_tensor_permute(&x, base, (const int[]){2, 1, 0}, &err));
  for (int i = 0; i < 2; i++) {
    ln_set_threads(1 + 2 * i);
    CK_OK(ln_tensor_fft2(&re[i], &im[i], x, NULL, &err));
  }
  ln_set_threads(threads);
  ck_assert_mem_eq(re[0]->data, re[1]->data, 5 * 24 * 31 * sizeof(float));
  ck_assert_mem_eq(im[0]->data, im[1]->data, 5 * 24 * 31 * sizeof(float));
  CK_OK(ln_tensor_ifft2(&again, re[0], im[0], &err));
  for (int64_t i = 0; i < 5 * 24 * 31; i++)
    ck_assert_float_eq_tol(again->data[i], x->data[i % 31 * x->stride[2] + i / 31 % 24 * x->stride[1] + i / 31 / 24],
                           1e-6f);
  for (int i = 0; i < 2; i++) ln_tensor_unref(re[i]), ln_tensor_unref(im[i]);
  ln_tensor_unref(base), ln_tensor_unref(x), ln_tensor_unref(again);
}
END_TEST

static LnStatus parts(LnTensor **y, LnTensor *re, LnTensor *im, LnError *e) {
  LnTerms t = {.err = e};
  LnTensor *made[2] = {NULL}, *both = NULL;
  LnStatus status = ln_tensor_fft2(&made[0], &made[1], re, im, e);
  made[0] = ln_term(&t, status, &made[0]), made[1] = ln_term(&t, status, &made[1]);
  if (status == LN_OK) both = ln_term(&t, ln_tensor_concat(&both, made, 2, 0, e), &both);
  return ln_terms_end(&t, y, both);
}
static LnStatus real(LnTensor **y, LnTensor *const *in, LnError *e) {
  return parts(y, in[0], NULL, e);
}
static LnStatus complex_(LnTensor **y, LnTensor *const *in, LnError *e) {
  return parts(y, in[0], in[1], e);
}
static LnStatus inverse(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_ifft2(y, in[0], in[1], e);
}

static void check_known(GradientOp *op, LnTensor *const *x, int n, const double *const *want) {
  for (int k = 0; k < n; k++) {
    LnTensor *got = gradient_of(op, x, n, k);
    ck_assert_near("gradient", got->data, want[k], ln_shape_count(got->shape), 1e-6);
    ln_tensor_unref(got);
  }
  check_gradients(op, x, n, 1e-2, 1e-4);
}

START_TEST(gradients) {
  LnTensor *x[2] = {test_formula_tensor(LN_SHAPE(2, 3, 4), 21, -1, 1),
                    test_formula_tensor(LN_SHAPE(2, 3, 4), 22, -1, 1)};
  check_known(real, x, 1, (const double *const[]){d_real});
  check_known(complex_, x, 2, (const double *const[]){d_re, d_im});
  check_known(inverse, x, 2, (const double *const[]){d_inverse_re, d_inverse_im});
  ln_tensor_unref(x[0]), ln_tensor_unref(x[1]);
}
END_TEST

START_TEST(what_is_refused) {
  LnTensor *row = counting(LN_SHAPE(4)), *none = counting(LN_SHAPE(2, 0, 3)), *a = counting(LN_SHAPE(2, 3));
  LnTensor *b = counting(LN_SHAPE(3, 2)), *re = NULL, *im = NULL;
  CK_FAILS(ln_tensor_fft2(&re, &im, row, NULL, &err), LN_ESHAPE,
           "fft2: needs images of 1 to 2^30 pixels, the last two dimensions, got shape 4");
  CK_FAILS(ln_tensor_fft2(&re, &im, none, NULL, &err), LN_ESHAPE, "got shape 2x0x3");
  CK_FAILS(ln_tensor_ifft2(&re, a, b, &err), LN_ESHAPE, "ifft2: the real part has shape 2x3, the imaginary part 3x2");
  ln_interrupt();
  CK_FAILS(ln_tensor_fft2(&re, &im, a, NULL, &err), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  ck_assert(re == NULL && im == NULL);
  ln_tensor_unref(row), ln_tensor_unref(none), ln_tensor_unref(a), ln_tensor_unref(b);
}
END_TEST

static void add_transforms(TCase *tests) {
  tcase_add_loop_test(tests, transforms, 0, sizeof known / sizeof *known);
  tcase_add_test(tests, there_and_back);
  tcase_add_test(tests, gradients);
  tcase_add_test(tests, what_is_refused);
}

START_TEST(built_without) {
  LnTensor *x = counting(LN_SHAPE(2, 3)), *re = NULL, *im = NULL;
  CK_FAILS(ln_tensor_fft2(&re, &im, x, NULL, &err), LN_EUNSUPPORTED, "this lunet was built without FFTW");
  ln_tensor_unref(x);
}
END_TEST

TESTS {
#ifdef HAVE_FFTW
  const bool built_with = true;
#else
  const bool built_with = false;
#endif
  tcase_add_checked_fixture(tests, NULL, teardown);
  if (built_with)
    add_transforms(tests);
  else
    tcase_add_test(tests, built_without);
}
