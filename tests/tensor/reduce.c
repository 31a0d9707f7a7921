/* Reductions against NumPy's of the same numbers in float64 (tests/reference/tensor.py). */
#include "tensor/reduce.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "support/formula.h"
#include "tensor/gradient.h"
#include "tensor/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

/* x: 3,4,5 in [-1, 2). */
static const double all[] = {17.8105352693237, 0.296842254488729, 0.719422287691419, 0.848187648867524,
                             -0.957234144210815, 1.90973019599915, 47, 20};
static const float sum_1[15] = {
    1.74965329, 2.04274485, 3.38083705, 1.48946871, 1.67259568, 1.51269909, -0.861186773, 0.786760807, -0.780360103,
    2.01568681, 4.4294553, 0.0443711728, -0.937008251, 0.79920936, 0.465608284};
static const float mean_0[20] = {
    0.583856761, -0.20340319, 0.64440388, 0.461618276, 0.775929982, 0.668635259, 0.186901838, -0.370055251,
    -0.244879444, 0.114314616, 0.55205117, 0.0971609851, 0.759695558, -0.338795548, 0.0942029357, 0.759392704,
    0.327983449, 0.0428190132, 0.624829372, 0.400182724};
static const float std_2[12] = {
    0.474219857, 0.717142604, 0.937904214, 0.493652781, 0.861395482, 0.718707702, 0.456586857, 0.596906603, 0.470903077,
    0.842233639, 0.732619177, 0.641342384};
static const float var_0[20] = {
    0.590760751, 0.136272623, 0.355812213, 0.337484619, 0.692212892, 0.489515185, 1.21844757, 0.0597836366, 0.367871192,
    0.718016461, 0.781669289, 1.04598932, 0.641630881, 0.173457887, 1.04555147, 0.277071297, 0.240844541, 0.269633494,
    1.00714462, 1.14528897};
static const float min_1[15] = {
    -0.499052942, -0.442054003, -0.107364513, -0.584435582, -0.564521194, -0.285514981, -0.795522094, -0.696132839,
    -0.791918755, -0.691284359, 0.213065997, -0.957234144, -0.502738416, -0.750630438, -0.650439799};
static const float argmax_2[12] = {
    3, 2, 3, 5, 5, 5, 3, 2, 1, 1, 1, 4};
static const float argmin_0[20] = {
    1, 2, 3, 3, 3, 2, 3, 2, 3, 3, 1, 2, 3, 2, 2, 3, 3, 3, 2, 2};

START_TEST(all_elements) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(3, 4, 5), 1, -1, 2);
  for (int op = LN_SUM; op <= LN_ARGMAX; op++) {
    LnTensor *y = NULL;
    ck_assert_double_eq_tol(ln_tensor_reduce_all((LnReduce)op, x), all[op], 1e-12);
    CK_OK(ln_tensor_reduce(&y, (LnReduce)op, x, -1, false, &err));
    ck_assert_int_eq(y->shape.n, 0);
    ck_assert(y->data[0] == (float)ln_tensor_reduce_all((LnReduce)op, x));
    ln_tensor_unref(y);
    CK_OK(ln_tensor_reduce(&y, (LnReduce)op, x, -1, true, &err));
    ck_assert(ln_shape_equal(y->shape, LN_SHAPE(1, 1, 1)));
    ln_tensor_unref(y);
  }
  ln_tensor_unref(x);
}
END_TEST

static void check_reduce(LnTensor *x, LnReduce op, int dim, LnShape shape, const float *want) {
  LnTensor *y = NULL;
  CK_OK(ln_tensor_reduce(&y, op, x, dim, false, &err));
  ck_assert(ln_shape_equal(y->shape, shape));
  ck_assert_close(y->data, want, ln_shape_count(shape), 1e-7);
  ln_tensor_unref(y);
  CK_OK(ln_tensor_reduce(&y, op, x, dim, true, &err));
  ck_assert_int_eq(y->shape.n, x->shape.n);
  ck_assert_int_eq(y->shape.d[dim], 1);
  ck_assert_close(y->data, want, ln_shape_count(shape), 1e-7);
  ln_tensor_unref(y);
}

START_TEST(one_dimension) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(3, 4, 5), 1, -1, 2), *turned = NULL, *moved = NULL, *view = NULL;
  CK_OK(ln_tensor_permute(&turned, x, (int[]){2, 1, 0}, &err)); /* the same numbers, laid out otherwise */
  CK_OK(ln_tensor_clone(&moved, turned, &err));
  CK_OK(ln_tensor_permute(&view, moved, (int[]){2, 1, 0}, &err));
  for (int k = 0; k < 2; k++) {
    LnTensor *t = k == 0 ? x : view;
    check_reduce(t, LN_SUM, 1, LN_SHAPE(3, 5), sum_1);
    check_reduce(t, LN_MEAN, 0, LN_SHAPE(4, 5), mean_0);
    check_reduce(t, LN_STD, 2, LN_SHAPE(3, 4), std_2);
    check_reduce(t, LN_VAR, 0, LN_SHAPE(4, 5), var_0);
    check_reduce(t, LN_RMIN, 1, LN_SHAPE(3, 5), min_1);
    check_reduce(t, LN_ARGMAX, 2, LN_SHAPE(3, 4), argmax_2);
    check_reduce(t, LN_ARGMIN, 0, LN_SHAPE(4, 5), argmin_0);
  }
  ln_tensor_unref(x), ln_tensor_unref(turned), ln_tensor_unref(moved), ln_tensor_unref(view);
}
END_TEST

START_TEST(first_of_equals_and_nan) {
  LnTensor *x = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(2, 3), &err));
  ln_tensor_write(x, (float[]){1, 5, 5, 0, 0, 3});
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMAX, x), 2);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMIN, x), 4);
  ln_tensor_write(x, (float[]){1, 5, NAN, 0, NAN, 3});
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMAX, x), 3);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMIN, x), 3);
  ck_assert_double_nan(ln_tensor_reduce_all(LN_RMIN, x));
  ck_assert_double_nan(ln_tensor_reduce_all(LN_RMAX, x));
  ln_tensor_unref(x);
}
END_TEST

START_TEST(of_nothing) {
  LnTensor *x = NULL, *y = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(2, 0), &err));
  ck_assert_double_eq(ln_tensor_reduce_all(LN_SUM, x), 0);
  ck_assert_double_nan(ln_tensor_reduce_all(LN_MEAN, x));
  CK_OK(ln_tensor_reduce(&y, LN_SUM, x, 1, false, &err));
  float zeros[] = {0, 0};
  ck_assert_close(y->data, zeros, 2, 0);
  ln_tensor_unref(y);
  CK_OK(ln_tensor_reduce(&y, LN_RMAX, x, 0, false, &err));
  check_tensor(y, LN_SHAPE(0), NULL);
  CK_FAILS(ln_tensor_reduce(&y, LN_RMAX, x, 1, false, &err), LN_ESHAPE,
           "max: there are no elements to choose from in shape 2x0");
  CK_FAILS(ln_tensor_reduce(&y, LN_ARGMIN, x, -1, false, &err), LN_ESHAPE, "argmin: there are no elements");
  CK_FAILS(ln_tensor_reduce(&y, LN_SUM, x, 2, false, &err), LN_EARG, "no dimension 3 in shape 2x0");
  ln_tensor_unref(x);
}
END_TEST

/* A float sum would stop growing at 2^24. */
START_TEST(sums_are_in_double) {
  LnTensor *one = NULL, *many = NULL;
  CK_OK(ln_tensor_new(&one, LN_SHAPE(1), &err));
  ln_tensor_fill(one, 1, NULL);
  CK_OK(ln_tensor_expand(&many, one, LN_SHAPE(20000003), &err));
  ck_assert_double_eq(ln_tensor_reduce_all(LN_SUM, many), 20000003);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_VAR, many), 0);
  ln_tensor_unref(one), ln_tensor_unref(many);
}
END_TEST

START_TEST(finding_what_is_not_finite) {
  LnTensor *x = counting(LN_SHAPE(3, 4)), *turned = NULL;
  CK_OK(ln_tensor_permute(&turned, x, (int[]){1, 0}, &err));
  ck_assert_int_eq(ln_tensor_find_nonfinite(x), -1);
  x->data[7] = -INFINITY, x->data[9] = NAN; /* rows 2 and 3, columns 4 and 2 */
  ck_assert_int_eq(ln_tensor_find_nonfinite(x), 7);
  ck_assert_int_eq(ln_tensor_find_nonfinite(turned), 5);
  ln_tensor_unref(x), ln_tensor_unref(turned);
}
END_TEST

START_TEST(of_nothing_to_choose_from) {
  static const struct {
    LnReduce op;
    float want;
  } rows[] = {{LN_SUM, 0}, {LN_MEAN, NAN}, {LN_VAR, NAN}, {LN_STD, NAN},  {LN_PROD, 1},
              {LN_ANY, 0}, {LN_ALL, 1},    {LN_COUNT, 0}, {LN_NORM, 0}};
  LnTensor *x = NULL, *y = NULL;
  CK_OK(ln_tensor_new(&x, LN_SHAPE(2, 0), &err));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CK_OK(ln_tensor_reduce_over(&y, (LnReduction){rows[i].op, .dims = 2, .order = 2}, x, &err));
    CHECK_TENSOR(y, LN_SHAPE(2), rows[i].want, rows[i].want);
  }
  CK_FAILS(ln_tensor_reduce_over(&y, (LnReduction){LN_NORM, .dims = 2, .order = INFINITY}, x, &err), LN_ESHAPE,
           "norm: there are no elements to choose from in shape 2x0");
  CK_FAILS(ln_tensor_reduce_over(&y, (LnReduction){LN_NORM, .dims = 1, .order = 0}, x, &err), LN_EARG,
           "norm: the order must be above 0, got 0");
  CK_OK(ln_tensor_reduce_over(&y, (LnReduction){LN_VAR, .dims = 1, .unbiased = true}, x, &err));
  check_tensor(y, LN_SHAPE(0), NULL);
  ln_tensor_unref(x);
}
END_TEST

START_TEST(of_one_number) {
  LnTensor *x = counting((LnShape){0}), *y = NULL;
  x->data[0] = -3;
  static const float want[] = {-3, -3, 0, 0, -3, -3, 1, 1, -3, 3, 1, 1, 1};
  for (int op = LN_SUM; op <= LN_COUNT; op++) {
    CK_OK(ln_tensor_reduce_over(&y, (LnReduction){(LnReduce)op, .order = 2}, x, &err)); /* over no dimension */
    ck_assert(y->mask == (op == LN_ANY || op == LN_ALL));
    CHECK_TENSOR(y, (LnShape){0}, want[op]);
  }
  CK_OK(ln_tensor_reduce_over(&y, (LnReduction){LN_VAR, .unbiased = true}, x, &err));
  CHECK_TENSOR(y, (LnShape){0}, NAN);
  ln_tensor_unref(x);
}
END_TEST

START_TEST(positions_that_float_cannot_hold) {
  LnTensor *one = counting(LN_SHAPE(1)), *many = NULL, *y = NULL;
  CK_OK(ln_tensor_expand(&many, one, LN_SHAPE((1 << 24) + 1), &err));
  CK_FAILS(ln_tensor_reduce(&y, LN_ARGMAX, many, 0, false, &err), LN_ESHAPE,
           "argmax: among 16777217 elements; positions and counts are exact in float32 up to 16777216 only");
  CK_FAILS(ln_tensor_reduce(&y, LN_COUNT, many, 0, false, &err), LN_ESHAPE, "count_nonzero: among 16777217");
  ck_assert_double_eq(ln_tensor_reduce_all(LN_COUNT, many), 0);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMAX, many), 1);
  ln_tensor_unref(one), ln_tensor_unref(many);
}
END_TEST

/* ---- Sizes at which lines are cut and taken together, against the plainest loop ---- */

typedef struct Plain {
  double sum, squares, greatest, place;
} Plain;

/* Of line `line`, counted in element order. */
static Plain plain_line(const LnTensor *x, uint32_t dims, int64_t line) {
  Plain p = {.greatest = -INFINITY};
  int64_t n = ln_shape_count(x->shape), along = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t rest = i, own = 0, step = 1, offset = 0;
    for (int k = x->shape.n - 1; k >= 0; k--) {
      int64_t at = rest % x->shape.d[k];
      rest /= x->shape.d[k];
      offset += at * x->stride[k];
      if (dims >> k & 1) continue;
      own += at * step;
      step *= x->shape.d[k];
    }
    if (own != line) continue;
    double value = (double)x->data[offset];
    along++;
    p.sum += value, p.squares += value * value;
    if (value > p.greatest) p.greatest = value, p.place = (double)along;
  }
  return p;
}

static const struct {
  LnShape shape;
  uint32_t dims;
} sizes[] = {
    {{2, {3, 70001}}, 2},    {{2, {70001, 3}}, 1},     {{3, {7, 65, 1100}}, 2}, {{3, {7, 65, 1100}}, 5},
    {{3, {50, 3, 300}}, 6},  {{2, {2, 1 << 17}}, 3},   {{2, {5000, 2}}, 2},     {{3, {40, 5, 33}}, 4},
    {{3, {300, 40, 20}}, 7}, {{1, {1 << 16 | 17}}, 1}, {{2, {1300, 90}}, 1},    {{2, {1300, 90}}, 0},
};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void check_against_plain(LnTensor *x, uint32_t dims) {
  static const LnReduce ops[] = {LN_SUM, LN_NORM, LN_RMAX, LN_ARGMAX};
  int n_ops = (dims & (dims - 1)) == 0 ? 4 : 3; /* positions are along one dimension */
  LnTensor *y[4] = {NULL};
  for (int k = 0; k < n_ops; k++)
    CK_OK(ln_tensor_reduce_over(&y[k], (LnReduction){ops[k], .dims = dims, .order = 2}, x, &err));
  int64_t lines = ln_shape_count(y[0]->shape);
  for (int64_t i = 0; i < lines; i += 1 + lines / 5) {
    Plain p = plain_line(x, dims, i);
    double want[] = {p.sum, sqrt(p.squares), p.greatest, p.place}, scale[] = {want[1], want[1], 0, 0};
    for (int k = 0; k < n_ops; k++)
      ck_assert_msg(fabs((double)y[k]->data[i] - want[k]) <= 1e-6 * scale[k],
                    "%d of %s over %x, %s, line %lld: %.9g, not %.9g", k, LN_SHAPE_TEXT(x->shape), dims,
                    ln_kernels_name(ln_kernels()), (long long)i, (double)y[k]->data[i], want[k]);
  }
  for (int k = 0; k < n_ops; k++) ln_tensor_unref(y[k]);
}

START_TEST(any_size_on_any_instruction_set) {
  LnTensor *x = test_formula_tensor(sizes[_i].shape, 5, -1, 1), *wide = NULL, *view = NULL;
  LnShape twice = x->shape;
  twice.d[x->shape.n - 1] *= 2;
  CK_OK(ln_tensor_new(&wide, twice, &err));
  CK_OK(ln_tensor_slice(&view, wide, x->shape.n - 1, 1, x->shape.d[x->shape.n - 1], 2, &err));
  CK_OK(ln_tensor_copy(view, x, &err));
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    check_against_plain(x, sizes[_i].dims);
    check_against_plain(view, sizes[_i].dims);
  }
  CK_OK(ln_kernels_select(NULL, &err));
  ln_tensor_unref(x), ln_tensor_unref(wide), ln_tensor_unref(view);
}
END_TEST

START_TEST(same_bits_on_any_number_of_threads) {
  LnTensor *x = test_formula_tensor(sizes[_i].shape, 5, -1, 1), *y = NULL, *again = NULL;
  int before = ln_threads();
  for (int op = LN_SUM; op <= LN_COUNT; op++) {
    if ((op == LN_ARGMIN || op == LN_ARGMAX) && (sizes[_i].dims & (sizes[_i].dims - 1)) != 0) continue;
    LnReduction how = {(LnReduce)op, .dims = sizes[_i].dims, .order = 2};
    ln_set_threads(1);
    CK_OK(ln_tensor_reduce_over(&y, how, x, &err));
    ln_set_threads(3);
    CK_OK(ln_tensor_reduce_over(&again, how, x, &err));
    ck_assert(memcmp(y->data, again->data, (size_t)ln_shape_count(y->shape) * sizeof(float)) == 0);
    ln_tensor_unref(y), ln_tensor_unref(again);
  }
  ln_set_threads(before);
  ln_tensor_unref(x);
}
END_TEST

START_TEST(nan_and_infinity_anywhere) {
  static const float odd[] = {NAN, INFINITY, -INFINITY};
  LnTensor *x = NULL;
  for (int64_t n = 1; n < 80; n += 13)
    for (int64_t at = 0; at < n; at++)
      for (int k = 0; k < 3; k++) {
        CK_OK(ln_tensor_new(&x, LN_SHAPE(n), &err));
        x->data[at] = odd[k];
        double greatest = ln_tensor_reduce_all(LN_RMAX, x), least = ln_tensor_reduce_all(LN_RMIN, x);
        double sum = ln_tensor_reduce_all(LN_SUM, x), far;
        CK_OK(ln_tensor_reduce_to(&far, (LnReduction){LN_NORM, .order = INFINITY}, x, &err));
        if (k == 0) {
          ck_assert(isnan(greatest) && isnan(least) && isnan(sum) && isnan(far));
          ck_assert_double_eq(ln_tensor_reduce_all(LN_ARGMIN, x), (double)(at + 1));
        } else {
          ck_assert_double_eq(k == 1 ? greatest : least, (double)odd[k]);
          ck_assert_double_eq(k == 1 ? least : greatest, n == 1 ? (double)odd[k] : 0);
          ck_assert(sum == (double)odd[k] && far == INFINITY);
        }
        ck_assert_double_eq(ln_tensor_reduce_all(LN_COUNT, x), 1);
        ln_tensor_unref(x);
      }
}
END_TEST

static int64_t plain_place(const float *x, int64_t n, bool greatest) {
  int64_t place = 0;
  for (int64_t i = 1; i < n && !isnan(x[place]); i++)
    if (isnan(x[i]) || (greatest ? x[i] > x[place] : x[i] < x[place])) place = i;
  return place;
}

/* Few values, so that each extreme is there several times; then NaN. */
START_TEST(places_are_the_first) {
  float x[600];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (int n = 1; n <= 600; n += n < 40 ? 1 : 7)
      for (int round = 0; round < 4; round++) {
        int64_t least, greatest;
        for (int i = 0; i < n; i++) x[i] = floorf(test_formula(i, 7 * n + round, -3, 9.9 + round * 40));
        if (round == 3) x[n * 31 / 40] = x[n / 2] = NAN;
        float low = ln_kernels()->extreme_place(LN_LEAST, x, n, &least);
        float high = ln_kernels()->extreme_place(LN_GREATEST, x, n, &greatest);
        ck_assert_int_eq(least, plain_place(x, n, false));
        ck_assert_int_eq(greatest, plain_place(x, n, true));
        ck_assert((low == x[least] && high == x[greatest]) || (isnan(low) && isnan(high) && round == 3));
      }
  }
  CK_OK(ln_kernels_select(NULL, &err));
}
END_TEST

/* Squares are added in floats, but where these end. */
START_TEST(norms_of_any_size) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(1000), 5, -1, 1);
  double squares = 0;
  for (int i = 0; i < 1000; i++) squares += (double)x->data[i] * (double)x->data[i];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (int power = -120; power <= 120; power += 10) {
      LnTensor *scaled = counting(x->shape);
      for (int i = 0; i < 1000; i++) scaled->data[i] = ldexpf(x->data[i], power);
      double norm = ldexp(ln_tensor_reduce_all(LN_NORM, scaled), -power);
      ck_assert_double_eq_tol(norm, sqrt(squares), 3e-8 * sqrt(squares));
      ln_tensor_unref(scaled);
    }
  }
  CK_OK(ln_kernels_select(NULL, &err));
  ln_tensor_unref(x);
}
END_TEST

/* Powers are worked out in floats, but where these end. */
START_TEST(orders_that_are_not_whole) {
  LnTensor *x = test_formula_tensor(LN_SHAPE(700, 3), 5, -1, 1), *y = NULL;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (int k = 0; k < 3; k++) {
      double scale = k == 0 ? 1 : k == 1 ? 1e25 : 1e-25, sum[3] = {0};
      LnTensor *scaled = counting(x->shape);
      for (int64_t i = 0; i < 2100; i++) {
        scaled->data[i] = (float)((double)x->data[i] * scale);
        sum[i % 3] += pow(fabs((double)x->data[i]), 2.5);
      }
      CK_OK(ln_tensor_reduce_over(&y, (LnReduction){LN_NORM, .dims = 1, .order = 2.5}, scaled, &err));
      for (int i = 0; i < 3; i++) ck_assert_double_eq_tol((double)y->data[i] / scale, pow(sum[i], 1 / 2.5), 1e-5);
      ln_tensor_unref(y);
      CK_OK(ln_tensor_reduce_over(&y, (LnReduction){LN_NORM, .dims = 3, .order = 2.5}, scaled, &err));
      ck_assert_double_eq_tol((double)*y->data / scale, pow(sum[0] + sum[1] + sum[2], 1 / 2.5), 2e-5);
      ln_tensor_unref(y), ln_tensor_unref(scaled);
    }
  }
  CK_OK(ln_kernels_select(NULL, &err));
  ln_tensor_unref(x);
}
END_TEST

/* ---- Gradients ---- */

static LnReduction reduction;
static LnStatus reduced(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_reduce_over(y, reduction, in[0], e);
}

START_TEST(gradients) {
  static const LnReduction list[] = {
      {.op = LN_SUM},  {.op = LN_MEAN}, {.op = LN_VAR, .unbiased = true}, {.op = LN_STD, .unbiased = true},
      {.op = LN_RMIN}, {.op = LN_RMAX}, {.op = LN_VAR},                   {.op = LN_STD},
      {.op = LN_PROD}, {.op = LN_NORM, .order = 1},  {.op = LN_NORM, .order = 2},
      {.op = LN_NORM, .order = 3}, {.op = LN_NORM, .order = 0.5}, {.op = LN_NORM, .order = INFINITY},
  };
  static const uint32_t dims[] = {1, 2, 4, 5, LN_ALL_DIMS};
  LnTensor *x = test_formula_tensor(LN_SHAPE(2, 3, 2), 4, -2, 2);
  for (size_t i = 0; i < sizeof list / sizeof *list; i++)
    for (int k = 0; k < 10; k++) {
      reduction = list[i], reduction.dims = dims[k / 2], reduction.keep = k % 2;
      check_gradients(reduced, &x, 1, 1e-3, 4e-3);
    }
  ln_tensor_unref(x);
}
END_TEST

/* What PyTorch gives where there is no derivative, and for products with zeros. g: the gradient of the result. */
START_TEST(gradients_at_corners) {
  LnTensor *t = counting(LN_SHAPE(3));
  float g = test_formula(0, 99, -1, 1);
  static const LnReduction list[] = {{.op = LN_NORM, .order = 2}, {.op = LN_NORM, .order = 1}, {.op = LN_STD},
                                    {.op = LN_NORM, .order = 0.5}};
  for (size_t i = 0; i < 4; i++) {
    reduction = list[i], reduction.dims = LN_ALL_DIMS;
    ln_tensor_write(t, (float[]){0, 0, 0});
    CHECK_TENSOR(gradient_of(reduced, &t, 1, 0), LN_SHAPE(3), 0, 0, 0);
  }
  reduction = (LnReduction){.op = LN_NORM, .dims = LN_ALL_DIMS, .order = INFINITY};
  ln_tensor_write(t, (float[]){-2, 1, 2});
  CHECK_TENSOR(gradient_of(reduced, &t, 1, 0), LN_SHAPE(3), -g / 2, 0, g / 2);
  reduction = (LnReduction){.op = LN_PROD, .dims = LN_ALL_DIMS};
  ln_tensor_write(t, (float[]){4, 0, 2});
  CHECK_TENSOR(gradient_of(reduced, &t, 1, 0), LN_SHAPE(3), 0, 8 * g, 0);
  ln_tensor_write(t, (float[]){0, 0, 2});
  CHECK_TENSOR(gradient_of(reduced, &t, 1, 0), LN_SHAPE(3), 0, 0, 0);
  reduction = (LnReduction){.op = LN_COUNT, .dims = LN_ALL_DIMS};
  CHECK_TENSOR(gradient_of(reduced, &t, 1, 0), LN_SHAPE(3), 0, 0, 0);
  ln_tensor_unref(t);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, all_elements);
  tcase_add_test(tests, one_dimension);
  tcase_add_test(tests, first_of_equals_and_nan);
  tcase_add_test(tests, of_nothing);
  tcase_add_test(tests, of_nothing_to_choose_from);
  tcase_add_test(tests, of_one_number);
  tcase_add_test(tests, positions_that_float_cannot_hold);
  tcase_add_loop_test(tests, any_size_on_any_instruction_set, 0, SIZES);
  tcase_add_loop_test(tests, same_bits_on_any_number_of_threads, 0, SIZES);
  tcase_add_test(tests, nan_and_infinity_anywhere);
  tcase_add_test(tests, places_are_the_first);
  tcase_add_test(tests, norms_of_any_size);
  tcase_add_test(tests, orders_that_are_not_whole);
  tcase_add_test(tests, gradients);
  tcase_add_test(tests, gradients_at_corners);
  tcase_add_test(tests, sums_are_in_double);
  tcase_add_test(tests, finding_what_is_not_finite);
}
