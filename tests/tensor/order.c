/* Sorting, selecting, running sums, quantiles and histograms: what the known numbers of line_cases.c leave out. */
#include "tensor/order.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "support/formula.h"
#include "tensor/gradient.h"
#include "tensor/statistics.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnTensor *tensor_of(const float *values, int64_t n) {
  LnTensor *t = counting(LN_SHAPE(n));
  ln_tensor_write(t, values);
  return t;
}
#define TENSOR(...) \
  tensor_of((const float[]){__VA_ARGS__}, (int64_t)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)))

START_TEST(nan_last_and_equal_ones_in_order) {
  LnTensor *t = TENSOR(2, NAN, -INFINITY, 0, -0.0f, NAN, INFINITY, 2), *values = NULL, *places = NULL;
  CK_OK(ln_tensor_sort(&values, &places, t, 0, false, &err));
  ck_assert(!signbit(values->data[1]) && signbit(values->data[2])); /* as they were */
  CHECK_TENSOR(values, LN_SHAPE(8), -INFINITY, 0, 0, 2, 2, INFINITY, NAN, NAN);
  CHECK_TENSOR(places, LN_SHAPE(8), 3, 4, 5, 1, 8, 7, 2, 6);
  CK_OK(ln_tensor_sort(&values, &places, t, 0, true, &err));
  CHECK_TENSOR(values, LN_SHAPE(8), INFINITY, 2, 2, 0, 0, -INFINITY, NAN, NAN);
  CHECK_TENSOR(places, LN_SHAPE(8), 7, 1, 8, 4, 5, 3, 2, 6);
  CK_OK(ln_tensor_topk(&values, &places, t, 3, 0, false, &err));
  CHECK_TENSOR(values, LN_SHAPE(3), INFINITY, 2, 2);
  CHECK_TENSOR(places, LN_SHAPE(3), 7, 1, 8);
  CK_OK(ln_tensor_topk(&values, &places, t, 7, 0, true, &err));
  CHECK_TENSOR(values, LN_SHAPE(7), -INFINITY, 0, 0, 2, 2, INFINITY, NAN);
  CHECK_TENSOR(places, LN_SHAPE(7), 3, 4, 5, 1, 8, 7, 2);
  CK_OK(ln_tensor_topk(&values, &places, t, 0, 0, true, &err));
  check_tensor(values, LN_SHAPE(0), NULL), check_tensor(places, LN_SHAPE(0), NULL);
  ln_tensor_unref(t);
}
END_TEST

/* ---- Lengths at which sorting goes other ways ---- */

static const int64_t lengths[] = {1, 2, 47, 48, 49, 300, 4097, 32768, 32769, 200000};
enum { LENGTHS = sizeof lengths / sizeof *lengths, KINDS = 6 };

/* kind 0: uniform, 1: few different, 2: of any magnitude and both signs, with infinities and NaN; 3: all equal; 4: most
 * of them close together, beside what the range is; 5: uniform but for NaN and zeros of both signs. */
static LnTensor *numbers_of(int64_t n, int kind) {
  LnTensor *t = test_formula_tensor(LN_SHAPE(n), (uint32_t)kind + 3, -1, 1);
  for (int64_t i = 0; i < n; i++) {
    if (kind == 1) t->data[i] = roundf(t->data[i] * 5);
    if (kind == 2) t->data[i] = copysignf(expf(80 * t->data[i]), sinf(1e4f * t->data[i]));
    if (kind == 2 && i % 97 == 5) t->data[i] = i % 2 ? NAN : i % 4 ? INFINITY : -INFINITY;
    if (kind == 3) t->data[i] = 0.25f;
    if (kind == 4) t->data[i] = expf(20 * t->data[i]);
    if (kind == 5 && i % 50 == 7) t->data[i] = i % 4 == 0 ? NAN : i % 3 == 0 ? 0.0f : -0.0f;
  }
  return t;
}

/* Whether a may stand before b. */
static bool ordered(float a, float b, bool descending) {
  if (isnan(a) || isnan(b)) return isnan(b);
  return descending ? a >= b : a <= b;
}

/* Every place once, elements as they were there, in order, and equal ones as they stood. */
static bool is_sorted(const LnTensor *t, LnTensor *values, LnTensor *places, bool descending) {
  int64_t n = t->shape.d[0];
  char *seen = calloc((size_t)n, 1);
  bool right = true;
  for (int64_t i = 0; i < n && right; i++) {
    int64_t place = (int64_t)places->data[i] - 1;
    float value = values->data[i];
    right = place >= 0 && place < n && !seen[place];
    if (!right) break;
    seen[place] = 1;
    right = value == t->data[place] || (isnan(value) && isnan(t->data[place]));
    if (i == 0) continue;
    right &= ordered(values->data[i - 1], value, descending);
    if (ordered(value, values->data[i - 1], descending)) right &= places->data[i - 1] < places->data[i];
  }
  free(seen);
  return right;
}

static void check_selected(LnTensor *t, const LnTensor *sorted) {
  static const double many[] = {0, 0.125, 0.25, 0.5, 0.75, 0.875, 1};
  int64_t n = t->shape.d[0];
  for (int count = 1; count <= 7; count += 6) { /* selected one by one; or sorted */
    LnTensor *y = NULL;
    LnQuantiles how = {.q = count == 1 ? many + 3 : many, .n = count, .list = true, .dims = 1, .name = "quantile"};
    CK_OK(ln_tensor_quantile(&y, how, t, &err));
    for (int k = 0; k < count; k++) {
      double at = how.q[k] * (double)(n - 1);
      double a = (double)sorted->data[(int64_t)floor(at)], b = (double)sorted->data[(int64_t)ceil(at)];
      double want = a == b ? a : a + (b - a) * (at - floor(at));
      if (isnan(sorted->data[n - 1])) ck_assert(isnan(y->data[k]));
      else ck_assert((double)y->data[k] == want || fabs((double)y->data[k] - want) <= 1e-6 * fmax(fabs(a), fabs(b)));
    }
    ln_tensor_unref(y);
  }
}

START_TEST(any_length) {
  int before = ln_threads();
  for (int kind = 0; kind < KINDS; kind++)
    for (int threads = 1; threads < 4; threads += 2) {
      LnTensor *t = numbers_of(lengths[_i], kind), *values = NULL, *places = NULL;
      ln_set_threads(threads);
      for (int descending = 1; descending >= 0; descending--) {
        ln_tensor_unref(values), ln_tensor_unref(places);
        CK_OK(ln_tensor_sort(&values, &places, t, 0, descending, &err));
        ck_assert(is_sorted(t, values, places, descending));
      }
      check_selected(t, values);
      ln_tensor_unref(t), ln_tensor_unref(values), ln_tensor_unref(places);
    }
  ln_set_threads(before);
}
END_TEST

START_TEST(sorting_on_every_instruction_set) {
  LnTensor *t = numbers_of(100000, 0);
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    LnTensor *values = NULL, *places = NULL;
    CK_OK(ln_kernels_select(*isa, &err));
    CK_OK(ln_tensor_sort(&values, &places, t, 0, false, &err));
    ck_assert_msg(is_sorted(t, values, places, false), "%s", *isa);
    ln_tensor_unref(values), ln_tensor_unref(places);
  }
  ln_tensor_unref(t);
  CK_OK(ln_kernels_select(NULL, &err));
}
END_TEST

START_TEST(greatest_of_any_length) {
  for (int kind = 0; kind < KINDS; kind++) {
    LnTensor *t = numbers_of(lengths[_i], kind), *values = NULL, *places = NULL, *all = NULL, *all_places = NULL;
    int64_t k = lengths[_i] < 70 ? lengths[_i] / 2 : 70;
    CK_OK(ln_tensor_topk(&values, &places, t, k, 0, false, &err));
    CK_OK(ln_tensor_sort(&all, &all_places, t, 0, true, &err));
    ck_assert(memcmp(places->data, all_places->data, (size_t)k * sizeof(float)) == 0);
    ln_tensor_unref(t), ln_tensor_unref(values), ln_tensor_unref(places), ln_tensor_unref(all);
    ln_tensor_unref(all_places);
  }
}
END_TEST

/* ---- Different elements, and searching ---- */

START_TEST(different_elements) {
  LnTensor *t = TENSOR(3, 1, NAN, 3, -2, NAN), *square = NULL, *turned = NULL, *v = NULL, *c = NULL, *i = NULL;
  CK_OK(ln_tensor_unique(&v, &c, &i, t, &err));
  CHECK_TENSOR(v, LN_SHAPE(4), -2, 1, 3, NAN);
  CHECK_TENSOR(c, LN_SHAPE(4), 1, 1, 2, 2);
  CHECK_TENSOR(i, LN_SHAPE(6), 3, 2, 4, 3, 1, 4);
  CK_OK(ln_tensor_reshape(&square, t, LN_SHAPE(2, 3), &err));
  CK_OK(ln_tensor_permute(&turned, square, (const int[]){1, 0}, &err)); /* 3 3, 1 -2, nan nan */
  CK_OK(ln_tensor_unique(&v, &c, &i, turned, &err));
  CHECK_TENSOR(i, LN_SHAPE(3, 2), 3, 3, 2, 1, 4, 4);
  ln_tensor_unref(v), ln_tensor_unref(c), ln_tensor_unref(t), ln_tensor_unref(square), ln_tensor_unref(turned);
  CK_OK(ln_tensor_new(&t, LN_SHAPE(0, 2), &err));
  CK_OK(ln_tensor_unique(&v, &c, &i, t, &err));
  check_tensor(v, LN_SHAPE(0), NULL), check_tensor(c, LN_SHAPE(0), NULL), check_tensor(i, LN_SHAPE(0, 2), NULL);
  ln_tensor_unref(t);
}
END_TEST

START_TEST(searching) { /* np.searchsorted, plus 1 */
  LnTensor *s = TENSOR(1, 3, 3, 7), *v = TENSOR(0, 1, 2, 3, 7, 8, NAN), *y = NULL, *back = NULL;
  CK_OK(ln_tensor_searchsorted(&y, s, v, false, &err));
  CHECK_TENSOR(y, LN_SHAPE(7), 1, 1, 2, 2, 4, 5, 5);
  CK_OK(ln_tensor_searchsorted(&y, s, v, true, &err));
  CHECK_TENSOR(y, LN_SHAPE(7), 1, 2, 2, 4, 5, 5, 5);
  CK_OK(ln_tensor_slice(&back, v, 0, 6, 7, -1, &err));
  CK_OK(ln_tensor_searchsorted(&y, s, back, true, &err));
  CHECK_TENSOR(y, LN_SHAPE(7), 5, 5, 5, 4, 2, 2, 1);
  ln_tensor_unref(s);
  CK_OK(ln_tensor_new(&s, LN_SHAPE(2, 2), &err));
  CK_FAILS(ln_tensor_searchsorted(&y, s, v, true, &err), LN_ESHAPE,
           "searchsorted: what is searched must have one dimension, got shape 2x2");
  ln_tensor_unref(s), ln_tensor_unref(v), ln_tensor_unref(back);
}
END_TEST

/* ---- Running sums ---- */

START_TEST(sums_of_long_lines) {
  enum { N = 100003 };
  LnTensor *t = test_formula_tensor(LN_SHAPE(2 * N), 8, -1, 1), *view = NULL, *y = NULL, *again = NULL;
  CK_OK(ln_tensor_slice(&view, t, 0, 1, N, 2, &err));
  for (int k = 0; k < 2; k++) {
    LnTensor *x = k == 0 ? t : view;
    double sum = 0;
    ln_set_threads(1);
    CK_OK(ln_tensor_cumsum(&y, x, 0, &err));
    ln_set_threads(3);
    CK_OK(ln_tensor_cumsum(&again, x, 0, &err));
    ck_assert(memcmp(y->data, again->data, (size_t)x->shape.d[0] * sizeof(float)) == 0);
    for (int64_t i = 0; i < x->shape.d[0]; i++) {
      sum += (double)x->data[i * x->stride[0]];
      ck_assert(fabs((double)y->data[i] - sum) <= 1e-6 * fmax(1, fabs(sum)));
    }
    ln_tensor_unref(y), ln_tensor_unref(again);
  }
  ln_tensor_unref(t), ln_tensor_unref(view);
}
END_TEST

START_TEST(of_nothing) {
  LnTensor *none = NULL, *a = NULL, *b = NULL;
  CK_OK(ln_tensor_new(&none, LN_SHAPE(3, 0), &err));
  CK_OK(ln_tensor_sort(&a, &b, none, 1, false, &err));
  check_tensor(a, LN_SHAPE(3, 0), NULL), check_tensor(b, LN_SHAPE(3, 0), NULL);
  CK_OK(ln_tensor_sort(&a, &b, none, 0, false, &err));
  check_tensor(a, LN_SHAPE(3, 0), NULL), check_tensor(b, LN_SHAPE(3, 0), NULL);
  CK_OK(ln_tensor_cumsum(&a, none, 1, &err));
  check_tensor(a, LN_SHAPE(3, 0), NULL);
  CK_OK(ln_tensor_diff(&a, none, 2, 0, &err));
  check_tensor(a, LN_SHAPE(1, 0), NULL);
  CK_OK(ln_tensor_diff(&a, none, 5, 1, &err));
  check_tensor(a, LN_SHAPE(3, 0), NULL);
  LnQuantiles half = {.q = (const double[]){0.5}, .n = 1, .dims = 2, .name = "median"};
  CK_FAILS(ln_tensor_quantile(&a, half, none, &err), LN_ESHAPE, "median: there are no elements in shape 3x0");
  half.dims = 1;
  CK_OK(ln_tensor_quantile(&a, half, none, &err));
  check_tensor(a, LN_SHAPE(0), NULL);
  CK_OK(ln_tensor_histogram(&a, &b, none, 2, 1, 0, &err));
  CHECK_TENSOR(a, LN_SHAPE(2), 0, 0), CHECK_TENSOR(b, LN_SHAPE(3), 0, 0.5, 1);
  CK_OK(ln_tensor_bincount(&a, none, 2, &err));
  CHECK_TENSOR(a, LN_SHAPE(2), 0, 0);
  ln_tensor_unref(none);
}
END_TEST

START_TEST(refusals) {
  LnTensor *one = counting(LN_SHAPE(1)), *many = NULL, *a = NULL, *b = NULL, *c = NULL;
  CK_OK(ln_tensor_expand(&many, one, LN_SHAPE((1 << 24) + 1), &err));
  CK_FAILS(ln_tensor_sort(&a, &b, many, 0, false, &err), LN_ESHAPE,
           "sort: dimension 1 of shape 16777217 has more than 16777216 elements");
  CK_FAILS(ln_tensor_unique(&a, &b, &c, many, &err), LN_ESHAPE,
           "unique: shape 16777217 has more than 16777216 elements");
  CK_FAILS(ln_tensor_searchsorted(&a, many, one, false, &err), LN_ESHAPE, "searchsorted: shape 16777217 has");
  CK_FAILS(ln_tensor_histogram(&a, &b, many, 1, 1, 0, &err), LN_ENUMERIC,
           "histogram: 16777217 elements in bin 1; counts are exact in float32 up to 16777216");
  CK_FAILS(ln_tensor_topk(&a, &b, one, 2, 0, false, &err), LN_EARG, "topk: 2 of dimension 1 of shape 1, which has 1");
  CK_FAILS(ln_tensor_sort(&a, &b, one, 1, false, &err), LN_EARG, "sort: no dimension 2 in shape 1");
  CK_FAILS(ln_tensor_diff(&a, one, -1, 0, &err), LN_EARG, "diff: -1 times; at least 0 are possible");
  LnQuantiles how = {.q = (const double[]){1.5}, .n = 1, .dims = 1, .name = "quantile"};
  CK_FAILS(ln_tensor_quantile(&a, how, one, &err), LN_EARG, "quantile: a quantile is from 0 to 1, got 1.5");
  CK_FAILS(ln_tensor_bincount(&a, one, 0, &err), LN_ENUMERIC,
           "bincount: element 1 is 0; elements must be whole numbers from 1 to 16777216");
  CK_FAILS(ln_tensor_histogram(&a, &b, one, 0, 1, 0, &err), LN_EARG,
           "the number of bins must be from 1 to 16777216, got 0");
  one->data[0] = NAN;
  CK_FAILS(ln_tensor_histogram(&a, &b, one, 1, 1, 0, &err), LN_ENUMERIC, "histogram: elements from nan to nan");
  CK_FAILS(ln_tensor_bincount(&a, one, 0, &err), LN_ENUMERIC, "bincount: element 1 is nan");
  ln_tensor_unref(one), ln_tensor_unref(many);
}
END_TEST

/* ---- Counting ---- */

START_TEST(bins) { /* np.histogram */
  LnTensor *t = TENSOR(0, 0.25f, 0.5f, 0.75f, 1, 1.5f, NAN, -1), *counts = NULL, *edges = NULL, *same = TENSOR(3, 3);
  CK_OK(ln_tensor_histogram(&counts, &edges, t, 4, 0, 1, &err));
  CHECK_TENSOR(counts, LN_SHAPE(4), 1, 1, 1, 2);
  CHECK_TENSOR(edges, LN_SHAPE(5), 0, 0.25f, 0.5f, 0.75f, 1);
  CK_OK(ln_tensor_histogram(&counts, &edges, same, 2, 1, 0, &err));
  CHECK_TENSOR(counts, LN_SHAPE(2), 0, 2);
  CHECK_TENSOR(edges, LN_SHAPE(3), 2.5f, 3, 3.5f);
  ln_tensor_unref(t), ln_tensor_unref(same);
  t = TENSOR(1, 4, 4, 2);
  CK_OK(ln_tensor_bincount(&counts, t, 0, &err));
  CHECK_TENSOR(counts, LN_SHAPE(4), 1, 1, 0, 2);
  CK_OK(ln_tensor_bincount(&counts, t, 6, &err));
  CHECK_TENSOR(counts, LN_SHAPE(6), 1, 1, 0, 2, 0, 0);
  ln_tensor_unref(t);
}
END_TEST

/* Every element where the edges say, also where the distance from the first one is rounded across one. */
START_TEST(bins_are_by_edges) {
  LnTensor *t = test_formula_tensor(LN_SHAPE(200000), 9, -3, 7), *counts = NULL, *edges = NULL;
  enum { BINS = 37 };
  double want[BINS] = {0};
  CK_OK(ln_tensor_histogram(&counts, &edges, t, BINS, 1, 0, &err));
  for (int64_t i = 0; i <= BINS; i++) t->data[1000 + i] = edges->data[i]; /* on the edges */
  ln_tensor_unref(counts), ln_tensor_unref(edges);
  CK_OK(ln_tensor_histogram(&counts, &edges, t, BINS, 1, 0, &err));
  for (int64_t i = 0; i < t->shape.d[0]; i++) {
    int bin = 0;
    while (bin < BINS - 1 && t->data[i] >= edges->data[bin + 1]) bin++;
    want[bin] += 1;
  }
  ck_assert_near("counts", counts->data, want, BINS, 0);
  ln_tensor_unref(t), ln_tensor_unref(counts), ln_tensor_unref(edges);
}
END_TEST

START_TEST(any_allocation_may_fail) {
  static const double q[] = {0, 0.1, 0.2, 0.4, 0.6, 0.8, 1};
  LnQuantiles many = {.q = q, .n = 7, .list = true, .dims = 3, .name = "quantile"};
  LnTensor *t = counting(LN_SHAPE(4, 4)), *turned = NULL, *row = NULL, *tall = NULL, *y = NULL, *z = NULL, *third = NULL;
  CK_OK(ln_tensor_permute(&turned, t, (const int[]){1, 0}, &err));
  CK_OK(ln_tensor_slice(&row, t, 0, 1, 1, 1, &err));
  CK_OK(ln_tensor_reshape(&tall, row, LN_SHAPE(4), &err));
  ln_tensor_unref(row), row = tall;
  CK_OK(ln_tensor_new(&tall, LN_SHAPE(1 << 16), &err)); /* one long line */
  CK_EVERY_ALLOCATION(ln_tensor_sort(&y, &z, t, 0, false, &err), (ln_tensor_unref(y), ln_tensor_unref(z)));
  CK_EVERY_ALLOCATION(ln_tensor_sort(NULL, &z, tall, 0, false, &err), ln_tensor_unref(z));
  CK_EVERY_ALLOCATION(ln_tensor_topk(&y, &z, turned, 2, 0, true, &err), (ln_tensor_unref(y), ln_tensor_unref(z)));
  CK_EVERY_ALLOCATION(ln_tensor_unique(&y, &z, &third, turned, &err),
                      (ln_tensor_unref(y), ln_tensor_unref(z), ln_tensor_unref(third)));
  CK_EVERY_ALLOCATION(ln_tensor_searchsorted(&y, row, turned, true, &err), ln_tensor_unref(y));
  CK_EVERY_ALLOCATION(ln_tensor_cumsum(&y, tall, 0, &err), ln_tensor_unref(y));
  CK_EVERY_ALLOCATION(ln_tensor_cumprod(&y, t, 0, &err), ln_tensor_unref(y));
  CK_EVERY_ALLOCATION(ln_tensor_diff(&y, t, 2, 0, &err), ln_tensor_unref(y));
  CK_EVERY_ALLOCATION(ln_tensor_quantile(&y, many, turned, &err), ln_tensor_unref(y));
  CK_EVERY_ALLOCATION(ln_tensor_histogram(&y, &z, turned, 4, 1, 0, &err), (ln_tensor_unref(y), ln_tensor_unref(z)));
  CK_EVERY_ALLOCATION(ln_tensor_bincount(&y, row, 0, &err), ln_tensor_unref(y));
  ln_tensor_unref(t), ln_tensor_unref(turned), ln_tensor_unref(row), ln_tensor_unref(tall);
}
END_TEST

/* ---- Gradients ---- */

static int along;
static LnStatus sorted(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *places = NULL;
  LN_TRY(ln_tensor_sort(y, &places, in[0], along, false, e));
  ln_tensor_unref(places);
  return LN_OK;
}
static LnStatus greatest(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *places = NULL;
  LN_TRY(ln_tensor_topk(y, &places, in[0], 2, along, false, e));
  ln_tensor_unref(places);
  return LN_OK;
}
static LnStatus running_sum(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_cumsum(y, in[0], along, e);
}
static LnStatus running_product(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_cumprod(y, in[0], along, e);
}
static LnStatus differences(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_diff(y, in[0], 1 + along % 2, along, e);
}
static LnQuantiles quantiles;
static LnStatus some_quantiles(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_quantile(y, quantiles, in[0], e);
}

static GradientOp *operation;
static LnStatus of_turned(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *turned = NULL;
  LN_TRY(ln_tensor_permute(&turned, in[0], (const int[]){2, 0, 1}, e));
  LnStatus status = operation(y, &turned, e);
  ln_tensor_unref(turned);
  return status;
}

START_TEST(gradients) {
  static GradientOp *const operations[] = {sorted, greatest, running_sum, running_product, differences};
  LnTensor *x = test_formula_tensor(LN_SHAPE(3, 4, 2), 6, -2, 2);
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    for (along = 0; along < 3; along++) {
      check_gradients(operations[i], &x, 1, 1e-3, 4e-3);
      operation = operations[i];
      check_gradients(of_turned, &x, 1, 1e-3, 4e-3);
    }
  static const double q[] = {0.5, 0.1, 0.77};
  operation = some_quantiles;
  for (uint32_t dims = 1; dims < 8; dims++)
    for (int n = 1; n < 4; n += 2) {
      quantiles = (LnQuantiles){.q = q, .n = n, .list = n > 1, .dims = dims, .keep = dims % 2, .name = "quantile"};
      check_gradients(some_quantiles, &x, 1, 1e-3, 4e-3);
      check_gradients(of_turned, &x, 1, 1e-3, 4e-3);
    }
  ln_tensor_unref(x);
}
END_TEST

/* torch.cumprod with zeros, torch.sort(stable=True) of equal elements, and quantiles of those in that order. */
START_TEST(gradients_at_corners) {
  float g[6];
  test_formula_fill(g, 6, 99, -1, 1);
  along = 0;
  LnTensor *x = TENSOR(2, 0, 3, 0, 5, 1);
  CHECK_TENSOR(gradient_of(running_product, &x, 1, 0), LN_SHAPE(6), g[0],
               (float)(2.0 * (double)g[1] + 6.0 * (double)g[2]), 0, 0, 0, 0);
  ln_tensor_unref(x);
  x = TENSOR(1, 1, 0, 1);
  CHECK_TENSOR(gradient_of(sorted, &x, 1, 0), LN_SHAPE(4), g[1], g[2], g[0], g[3]);
  quantiles = (LnQuantiles){.q = (const double[]){0.5}, .n = 1, .dims = 1, .name = "median"};
  CHECK_TENSOR(gradient_of(some_quantiles, &x, 1, 0), LN_SHAPE(4), 0.5f * g[0], 0.5f * g[0], 0, 0);
  ln_tensor_unref(x);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, nan_last_and_equal_ones_in_order);
  tcase_add_loop_test(tests, any_length, 0, LENGTHS);
  tcase_add_test(tests, sorting_on_every_instruction_set);
  tcase_add_loop_test(tests, greatest_of_any_length, 0, LENGTHS);
  tcase_add_test(tests, different_elements);
  tcase_add_test(tests, searching);
  tcase_add_test(tests, sums_of_long_lines);
  tcase_add_test(tests, of_nothing);
  tcase_add_test(tests, refusals);
  tcase_add_test(tests, bins);
  tcase_add_test(tests, bins_are_by_edges);
  tcase_add_test(tests, any_allocation_may_fail);
  tcase_add_test(tests, gradients);
  tcase_add_test(tests, gradients_at_corners);
}
