/* conv2d of tensors: PyTorch's numbers and gradients, strips and threads, refusals. */
#include "model/tensor_conv2d.h"

#include "base/interrupt.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "support/formula.h"
#include "tensor/conv2d_values.h"
#include "tensor/gradient.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static const struct {
  LnShape x, w, y;
  LnConv2d how;
  const double *want, *gradients[3]; /* by x, w, bias */
} cases[] = {
    {{4, {2, 1, 5, 6}}, {4, {1, 1, 3, 3}}, {4, {2, 1, 5, 6}}, {{1, 1}, {1, 1}, {1, 1}, false, 1}, y_0, {dx_0, dw_0}},
    {{4, {2, 3, 5, 7}},
     {4, {2, 3, 3, 2}},
     {4, {2, 2, 3, 5}},
     {{2, 1}, {1, 2}, {1, 0}, false, 1},
     y_1,
     {dx_1, dw_1, db_1}},
    {{4, {1, 6, 4, 5}},
     {4, {4, 3, 2, 3}},
     {4, {1, 4, 3, 4}},
     {{1, 2}, {1, 1}, {0, 2}, false, 2},
     y_2,
     {dx_2, dw_2, db_2}},
    {{4, {2, 5, 4, 4}},
     {4, {6, 5, 3, 3}},
     {4, {2, 6, 4, 4}},
     {{1, 1}, {1, 1}, {1, 1}, false, 1},
     y_3,
     {dx_3, dw_3, db_3}},
    {{4, {1, 7, 6, 5}}, {4, {3, 7, 1, 3}}, {4, {1, 3, 4, 3}}, {{3, 2}, {1, 1}, {2, 1}, false, 1}, y_4, {dx_4, dw_4}},
    {{4, {1, 3, 4, 4}}, {4, {6, 1, 3, 3}}, {4, {1, 6, 4, 4}}, {{1, 1}, {1, 1}, {1, 1}, false, 3}, y_5, {dx_5, dw_5}},
    {{4, {1, 2, 3, 3}},
     {4, {5, 2, 2, 2}},
     {4, {1, 5, 4, 2}},
     {{2, 3}, {2, 1}, {3, 2}, false, 1},
     y_6,
     {dx_6, dw_6, db_6}},
};
static const LnConv2d *how;

static LnStatus convolved(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_conv2d(y, in[0], in[1], NULL, how, e);
}
static LnStatus biased(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_conv2d(y, in[0], in[1], in[2], how, e);
}

START_TEST(values_and_gradients) {
  int n = cases[_i].gradients[2] == NULL ? 2 : 3;
  GradientOp *op = n == 2 ? convolved : biased;
  LnTensor *in[3] = {test_formula_tensor(cases[_i].x, 21, -1, 1), test_formula_tensor(cases[_i].w, 22, -1, 1),
                     test_formula_tensor(LN_SHAPE(cases[_i].w.d[0]), 23, -1, 1)};
  LnTensor *y = NULL;
  how = &cases[_i].how;
  CK_OK(op(&y, in, &err));
  ck_assert_msg(ln_shape_equal(y->shape, cases[_i].y), "shape %s", LN_SHAPE_TEXT(y->shape));
  ck_assert_near("conv2d", y->data, cases[_i].want, ln_shape_count(y->shape), 2e-6);
  for (int k = 0; k < n; k++) {
    LnTensor *got = gradient_of(op, in, n, k);
    ck_assert_near("gradient", got->data, cases[_i].gradients[k], ln_shape_count(got->shape), 2e-6);
    ln_tensor_unref(got);
  }
  check_gradients(op, in, n, 1e-2, 1e-4);
  ln_tensor_unref(y), ln_tensor_unref(in[0]), ln_tensor_unref(in[1]), ln_tensor_unref(in[2]);
}
END_TEST

/* The sum over a plain window, for images that are cut into strips; stride 1 and 2, `same`. */
static void check_large(int64_t channels, int64_t filters, int64_t stride) {
  const LnConv2d geometry = {{stride, stride}, {1, 1}, {0, 0}, true, 1};
  const int64_t h = 403, w = 301, rows = (h + stride - 1) / stride, columns = (w + stride - 1) / stride;
  LnTensor *x = test_formula_tensor(LN_SHAPE(channels, h, w), 1, -1, 1), *y[2] = {NULL};
  LnTensor *f = test_formula_tensor(LN_SHAPE(filters, channels, 3, 3), 2, -1, 1);
  int threads = ln_threads();
  int64_t pad = ((rows - 1) * stride + 3 - h) / 2, left = ((columns - 1) * stride + 3 - w) / 2;
  for (int i = 0; i < 2; i++) {
    ln_set_threads(1 + 2 * i);
    CK_OK(ln_tensor_conv2d(&y[i], x, f, NULL, &geometry, &err));
  }
  ln_set_threads(threads);
  ck_assert(ln_shape_equal(y[0]->shape, LN_SHAPE(filters, rows, columns)));
  ck_assert_mem_eq(y[0]->data, y[1]->data, (size_t)(filters * rows * columns) * sizeof(float));
  for (int64_t at = 0; at < filters * rows * columns; at += 97) {
    int64_t o = at / (rows * columns), p = at / columns % rows, q = at % columns;
    double want = 0;
    for (int64_t k = 0; k < channels * 9; k++) {
      int64_t r = p * stride - pad + k / 3 % 3, c = q * stride - left + k % 3;
      if (r >= 0 && r < h && c >= 0 && c < w)
        want += (double)x->data[(k / 9 * h + r) * w + c] * (double)f->data[o * channels * 9 + k];
    }
    ck_assert_double_eq_tol((double)y[0]->data[at], want, 1e-5);
  }
  ln_tensor_unref(x), ln_tensor_unref(f), ln_tensor_unref(y[0]), ln_tensor_unref(y[1]);
}

START_TEST(strips) { /* with each instruction set that the processor has */
  const char *const *isa = ln_kernels_available(), *used = ln_kernels_name(ln_kernels());
  for (; *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    check_large(1, 1, 1);
    check_large(5, 6, 1);
    check_large(6, 2, 2);
  }
  CK_OK(ln_kernels_select(used, &err));
}
END_TEST

/* Gradients of images of several strips, one thread or more. */
START_TEST(strips_of_gradients) {
  static const LnConv2d geometry = {{2, 2}, {1, 1}, {1, 1}, false, 1};
  LnTensor *in[2] = {test_formula_tensor(LN_SHAPE(3, 5, 160, 120), 1, -1, 1),
                     test_formula_tensor(LN_SHAPE(6, 5, 3, 3), 2, -1, 1)};
  int threads = ln_threads();
  how = &geometry;
  for (int k = 0; k < 2; k++) {
    ln_set_threads(1);
    LnTensor *one = gradient_of(convolved, in, 2, k);
    ln_set_threads(3);
    LnTensor *more = gradient_of(convolved, in, 2, k);
    ck_assert_mem_eq(one->data, more->data, (size_t)ln_shape_count(one->shape) * sizeof(float));
    ln_tensor_unref(one), ln_tensor_unref(more);
  }
  ln_set_threads(threads);
  ln_tensor_unref(in[0]), ln_tensor_unref(in[1]);
}
END_TEST

/* One filter for every channel, and dimensions that are left out. */
START_TEST(dimensions) {
  static const LnConv2d plain = {{1, 1}, {1, 1}, {0, 0}, false, 1};
  LnTensor *x = test_formula_tensor(LN_SHAPE(2, 3, 6, 5), 1, -1, 1), *w = test_formula_tensor(LN_SHAPE(3, 2), 2, -1, 1);
  LnTensor *wide = NULL, *y = NULL, *one = NULL, *image = NULL;
  how = &plain;
  CK_OK(ln_tensor_conv2d(&y, x, w, NULL, &plain, &err));
  ck_assert(ln_shape_equal(y->shape, LN_SHAPE(2, 3, 4, 4)));
  CK_OK(ln_tensor_select(&one, x, 0, 1, &err));
  CK_OK(ln_tensor_select(&image, one, 0, 2, &err));
  ln_tensor_unref(one), one = NULL;
  CK_OK(ln_tensor_conv2d(&one, image, w, NULL, &plain, &err));
  ck_assert(ln_shape_equal(one->shape, LN_SHAPE(4, 4)));
  ck_assert_mem_eq(one->data, y->data + 5 * 16, 16 * sizeof(float));
  CK_OK(ln_tensor_reshape(&wide, w, LN_SHAPE(1, 1, 3, 2), &err));
  ln_tensor_unref(one), one = NULL;
  CK_OK(ln_tensor_conv2d(&one, image, wide, NULL, &plain, &err));
  ck_assert(ln_shape_equal(one->shape, LN_SHAPE(1, 4, 4)));
  check_gradients(convolved, (LnTensor *[]){x, w}, 2, 1e-2, 1e-4);
  ln_tensor_unref(x), ln_tensor_unref(w), ln_tensor_unref(wide), ln_tensor_unref(y), ln_tensor_unref(one);
  ln_tensor_unref(image);
}
END_TEST

START_TEST(views_of_images) {
  static const LnConv2d plain = {{1, 1}, {1, 1}, {1, 1}, false, 1};
  LnTensor *base = test_formula_tensor(LN_SHAPE(7, 6, 2, 3), 1, -1, 1), *x = NULL, *copy = NULL, *y[2] = {NULL};
  LnTensor *filters = test_formula_tensor(LN_SHAPE(3, 3, 2, 4), 2, -1, 1), *w = NULL;
  CK_OK(ln_tensor_permute(&x, base, (const int[]){3, 2, 1, 0}, &err)); /* 3,2,6,7 */
  CK_OK(ln_tensor_permute(&w, filters, (const int[]){3, 2, 1, 0}, &err));
  CK_OK(ln_tensor_clone(&copy, x, &err));
  CK_OK(ln_tensor_conv2d(&y[0], x, w, NULL, &plain, &err));
  CK_OK(ln_tensor_conv2d(&y[1], copy, w, NULL, &plain, &err));
  ck_assert_mem_eq(y[0]->data, y[1]->data, (size_t)ln_shape_count(y[0]->shape) * sizeof(float));
  ln_tensor_unref(base), ln_tensor_unref(x), ln_tensor_unref(copy), ln_tensor_unref(y[0]), ln_tensor_unref(y[1]);
  ln_tensor_unref(filters), ln_tensor_unref(w);
}
END_TEST

START_TEST(what_is_refused) {
  LnConv2d g = {{1, 1}, {1, 1}, {0, 0}, false, 1};
  LnTensor *x = counting(LN_SHAPE(1, 4, 5, 5)), *w = counting(LN_SHAPE(2, 3, 3, 3)),
           *fit = counting(LN_SHAPE(2, 4, 3, 3));
  LnTensor *row = counting(LN_SHAPE(5)), *large = counting(LN_SHAPE(2, 4, 7, 3)),
           *huge = counting(LN_SHAPE(1, 4, 1, 33));
  LnTensor *flat = counting(LN_SHAPE(3, 3)), *none = counting(LN_SHAPE(0, 4, 3, 3)), *y = NULL;
  CK_FAILS(ln_tensor_conv2d(&y, x, w, NULL, &g, &err), LN_ESHAPE,
           "conv2d: shapes 1x4x5x5 and 2x3x3x3 do not fit: filters of 3 channels, and 4 channels");
  CK_FAILS(ln_tensor_conv2d(&y, row, w, NULL, &g, &err), LN_ESHAPE,
           "conv2d: needs images HxW, CxHxW or NxCxHxW, got shape 5");
  CK_FAILS(ln_tensor_conv2d(&y, x, row, NULL, &g, &err), LN_ESHAPE, "conv2d: filters are KxL, or OxCxKxL, got shape 5");
  CK_FAILS(ln_tensor_conv2d(&y, x, none, NULL, &g, &err), LN_ESHAPE, "conv2d: there are no filters in shape 0x4x3x3");
  CK_FAILS(ln_tensor_conv2d(&y, x, fit, row, &g, &err), LN_ESHAPE,
           "conv2d: the bias has shape 5, but there are 2 filters");
  CK_FAILS(ln_tensor_conv2d(&y, x, flat, row, &g, &err), LN_EARG, "for every channel takes no bias and no groups");
  CK_FAILS(ln_tensor_conv2d(&y, x, large, NULL, &g, &err), LN_ESHAPE,
           "conv2d: a kernel of 7 rows, over 7 of them with its dilation, does not fit into the 5 of 1x4x5x5");
  CK_FAILS(ln_tensor_conv2d(&y, x, huge, NULL, &g, &err), LN_ESHAPE,
           "conv2d: kernels have 1 to 32 rows and columns, got 1x4x1x33; larger ones go by ln.fft2");
  g.groups = 3;
  CK_FAILS(ln_tensor_conv2d(&y, x, fit, NULL, &g, &err), LN_EARG, "conv2d: option 'groups' must divide the 4 channels");
  g.groups = 2;
  CK_FAILS(ln_tensor_conv2d(&y, x, fit, NULL, &g, &err), LN_ESHAPE,
           "filters of 4 channels, and 2 channels in each group");
  g = (LnConv2d){{0, 1}, {1, 1}, {0, 0}, false, 1};
  CK_FAILS(ln_tensor_conv2d(&y, x, fit, NULL, &g, &err), LN_EARG,
           "conv2d: option 'stride' must be from 1 to 64, got 0");
  g = (LnConv2d){{1, 1}, {1, 1}, {0, 0}, false, 1};
  ln_interrupt();
  CK_FAILS(ln_tensor_conv2d(&y, x, fit, NULL, &g, &err), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  ck_assert_ptr_null(y);
  ln_tensor_unref(x), ln_tensor_unref(w), ln_tensor_unref(fit), ln_tensor_unref(row), ln_tensor_unref(large);
  ln_tensor_unref(huge), ln_tensor_unref(flat), ln_tensor_unref(none);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, values_and_gradients, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tests, strips);
  tcase_add_test(tests, strips_of_gradients);
  tcase_add_test(tests, dimensions);
  tcase_add_test(tests, views_of_images);
  tcase_add_test(tests, what_is_refused);
}
