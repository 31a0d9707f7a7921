/* Sums in double, and least and greatest elements, of rows and of columns; compiled once per instruction set.
 *
 * A row is added up in REDUCE_SUMS vectors of partial sums, a column from the top to the bottom. */

typedef int64_t vdi __attribute__((vector_size(LN_VL * 4)));

enum {
  REDUCE_LANES = LN_VL / 2, /* doubles in a vector */
  REDUCE_SUMS = 4,          /* enough to keep the adders busy */
  FEW_POWERS = 256,
};

LN_INLINE vd vd_load(const double *p) { return (vd) * (const vd_unaligned *)(const void *)p; }
LN_INLINE void vd_store(double *p, vd v) { *(vd_unaligned *)(void *)p = (vd_unaligned)v; }
LN_INLINE vd vd_abs(vd v) { return (vd)((vdi)v & INT64_MAX); }

/* |x|^order: whole orders, which are the common ones, by multiplying. */
LN_INLINE bool is_short_power(double order) {
  return order <= 16 && order == (double)(int)order;
}

LN_INLINE double power_of(double x, double order) {
  double power = x = __builtin_fabs(x);
  if (!is_short_power(order)) return __builtin_pow(x, order);
  for (int k = 1; k < (int)order; k++) power *= x;
  return power;
}

LN_INLINE vd powers_of(vd x, double order) {
  x = vd_abs(x);
  vd power = x;
  if (!is_short_power(order)) {
    for (int k = 0; k < REDUCE_LANES; k++) power[k] = __builtin_pow(x[k], order);
    return power;
  }
  for (int k = 1; k < (int)order; k++) power *= x;
  return power;
}

LN_INLINE double fold_one(const LnTerm term, double sum, double x, double number) {
  switch (term) {
    case LN_TERM_VALUE: return sum + x;
    case LN_TERM_SQUARE: return sum + (x - number) * (x - number);
    case LN_TERM_MAGNITUDE: return sum + __builtin_fabs(x);
    case LN_TERM_POWER: return sum + power_of(x, number);
    case LN_TERM_NONZERO: return sum + (x != 0 ? 1 : 0);
    case LN_TERM_FACTOR: return sum * x;
  }
  return sum;
}

LN_INLINE vd fold_vector(const LnTerm term, vd sum, vd x, vd number) {
  switch (term) {
    case LN_TERM_VALUE: return sum + x;
    case LN_TERM_SQUARE: return sum + (x - number) * (x - number);
    case LN_TERM_MAGNITUDE: return sum + vd_abs(x);
    case LN_TERM_POWER: return sum + powers_of(x, number[0]);
    case LN_TERM_NONZERO: return sum + (vd)((x != 0.0) & (vdi)(1.0 - (vd){}));
    case LN_TERM_FACTOR: return sum * x;
  }
  return sum;
}

/* CALL(term, ...) with a constant term, so that each has a loop of its own. */
#define TERM_CASE(code, CALL, ...) \
  case code: CALL(code, __VA_ARGS__); break
#define BY_TERM(term, CALL, ...)                      \
  switch (term) {                                     \
    TERM_CASE(LN_TERM_VALUE, CALL, __VA_ARGS__);      \
    TERM_CASE(LN_TERM_SQUARE, CALL, __VA_ARGS__);     \
    TERM_CASE(LN_TERM_MAGNITUDE, CALL, __VA_ARGS__);  \
    TERM_CASE(LN_TERM_POWER, CALL, __VA_ARGS__);      \
    TERM_CASE(LN_TERM_NONZERO, CALL, __VA_ARGS__);    \
    TERM_CASE(LN_TERM_FACTOR, CALL, __VA_ARGS__);     \
  }

LN_INLINE double reduce_row_by(const LnTerm term, const float *x, int64_t n, double number) {
  double start = term == LN_TERM_FACTOR ? 1 : 0, rest = start;
  vd sum[REDUCE_SUMS], numbers = number - (vd){};
  int64_t i = 0;
  for (int k = 0; k < REDUCE_SUMS; k++) sum[k] = start - (vd){};
  for (; i + REDUCE_SUMS * REDUCE_LANES <= n; i += REDUCE_SUMS * REDUCE_LANES)
    for (int k = 0; k < REDUCE_SUMS; k++)
      sum[k] = fold_vector(term, sum[k], vload_doubles(x + i + k * REDUCE_LANES), numbers);
  for (; i + REDUCE_LANES <= n; i += REDUCE_LANES) sum[0] = fold_vector(term, sum[0], vload_doubles(x + i), numbers);
  for (; i < n; i++) rest = fold_one(term, rest, (double)x[i], number);
  sum[0] = term == LN_TERM_FACTOR ? sum[0] * sum[1] * (sum[2] * sum[3]) : sum[0] + sum[1] + (sum[2] + sum[3]);
  for (int k = 0; k < REDUCE_LANES; k++) rest = term == LN_TERM_FACTOR ? rest * sum[0][k] : rest + sum[0][k];
  return rest;
}

/* out = |x|^order in floats; false where one of up to FEW_POWERS needs the range of double. */
LN_INLINE bool few_powers(float *out, const float *x, int64_t n, float order) {
  vi bad = {0};
  for (int64_t i = 0; i < n; i += LN_VL) {
    vf size = vabs(vload_n(x + i, n - i < LN_VL ? n - i : LN_VL)), power = math_pow(size, vset(order));
    bad |= ((power < 1e-37f) | (power > 3e38f)) & (size != 0.0f); /* NaN is none of these */
    vstore(out + i, power);
  }
  return !vany(bad);
}

/* Powers of orders that are not whole. */
static double sum_powers(const float *x, int64_t n, double order) {
  float power[FEW_POWERS];
  double sum = 0;
  for (int64_t i = 0; i < n; i += FEW_POWERS) {
    int64_t m = n - i < FEW_POWERS ? n - i : FEW_POWERS;
    if (few_powers(power, x + i, m, (float)order))
      sum += reduce_row_by(LN_TERM_VALUE, power, m, 0);
    else
      sum += reduce_row_by(LN_TERM_POWER, x + i, m, order);
  }
  return sum;
}

static double count_nonzero(const float *x, int64_t n) {
  vi counts[REDUCE_SUMS] = {{0}};
  int64_t i = 0, count = 0;
  for (; i + REDUCE_SUMS * LN_VL <= n; i += REDUCE_SUMS * LN_VL)
    for (int k = 0; k < REDUCE_SUMS; k++) counts[k] -= vload(x + i + k * LN_VL) != 0; /* true is -1 */
  for (; i < n; i++) count += x[i] != 0;
  for (int k = 0; k < REDUCE_SUMS; k++)
    for (int lane = 0; lane < LN_VL; lane++) count += counts[k][lane];
  return (double)count;
}

/* Squares in floats, by fours, and these sums in double: the error is that of a float, divided by the root of their
 * number. Where they leave the range of floats, everything in double. */
static double sum_squares(const float *x, int64_t n) {
  enum { TOGETHER = 4 * LN_VL };
  vd low = {0}, high = {0};
  int64_t i = 0;
  for (; i + TOGETHER <= n; i += TOGETHER) {
    vf a = vload(x + i), b = vload(x + i + LN_VL), c = vload(x + i + 2 * LN_VL), d = vload(x + i + 3 * LN_VL);
    vf four = (a * a + b * b) + (c * c + d * d);
    low += vwiden_low(four), high += vwiden_high(four);
  }
  double sum = 0;
  for (int k = 0; k < REDUCE_LANES; k++) sum += low[k] + high[k];
  bool within = sum < (double)INFINITY && (i == 0 || sum > (double)i * 0x1p-124); /* squares may be denormal below */
  if (!within) sum = 0, i = 0;
  return sum + reduce_row_by(LN_TERM_SQUARE, x + i, n - i, 0);
}

static double reduce_row(LnTerm term, const float *x, int64_t n, double number) {
  if (term == LN_TERM_POWER && !is_short_power(number)) return sum_powers(x, n, number);
  if (term == LN_TERM_SQUARE && number == 0) return sum_squares(x, n);
  if (term == LN_TERM_NONZERO) return count_nonzero(x, n);
  BY_TERM(term, return reduce_row_by, x, n, number)
  return 0;
}

/* Rows are taken by `count` at a time, so that the sums come and go less often. */
LN_INLINE void fold_rows(const LnTerm term, const int count, double *sums, const float *x, int64_t row_step, int64_t n,
                         const double *numbers) {
  int64_t i = 0;
  for (; i + REDUCE_LANES <= n; i += REDUCE_LANES) {
    vd sum = vd_load(sums + i), number = numbers != NULL ? vd_load(numbers + i) : (vd){};
    for (int k = 0; k < count; k++) sum = fold_vector(term, sum, vload_doubles(x + k * row_step + i), number);
    vd_store(sums + i, sum);
  }
  for (; i < n; i++)
    for (int k = 0; k < count; k++)
      sums[i] = fold_one(term, sums[i], (double)x[k * row_step + i], numbers != NULL ? numbers[i] : 0);
}

LN_INLINE void reduce_columns_by(const LnTerm term, double *sums, const float *x, int64_t rows, int64_t row_step,
                                 int64_t n, const double *numbers) {
  for (; rows >= 8; rows -= 8, x += 8 * row_step) fold_rows(term, 8, sums, x, row_step, n, numbers);
  for (; rows >= 4; rows -= 4, x += 4 * row_step) fold_rows(term, 4, sums, x, row_step, n, numbers);
  for (; rows > 0; rows--, x += row_step) fold_rows(term, 1, sums, x, row_step, n, numbers);
}

static void add_powers(double *sums, const float *x, int64_t n, const double *numbers) {
  float power[FEW_POWERS];
  for (int64_t i = 0; i < n; i += FEW_POWERS) {
    int64_t m = n - i < FEW_POWERS ? n - i : FEW_POWERS;
    if (few_powers(power, x + i, m, (float)numbers[i]))
      reduce_columns_by(LN_TERM_VALUE, sums + i, power, 1, 0, m, NULL);
    else
      reduce_columns_by(LN_TERM_POWER, sums + i, x + i, 1, 0, m, numbers + i);
  }
}

static void reduce_columns(LnTerm term, double *sums, const float *x, int64_t rows, int64_t row_step, int64_t n,
                           const double *numbers) {
  if (term == LN_TERM_POWER && !is_short_power(numbers[0])) {
    for (int64_t r = 0; r < rows; r++) add_powers(sums, x + r * row_step, n, numbers);
    return;
  }
  BY_TERM(term, reduce_columns_by, sums, x, rows, row_step, n, numbers)
}

/* ---- Least and greatest ---- */

/* NaN in x is left out, and marked in *bad. */
LN_INLINE vf extreme_of(const LnExtreme which, vf best, vf x, vi *bad) {
  *bad |= x != x;
  if (which == LN_FARTHEST) x = vabs(x);
  return which == LN_LEAST ? vmin(x, best) : vmax(x, best);
}

LN_INLINE float extreme_row_by(const LnExtreme which, const float *x, int64_t n) {
  float start = which == LN_LEAST ? __builtin_inff() : which == LN_GREATEST ? -__builtin_inff() : 0;
  vf best[REDUCE_SUMS];
  vi bad[REDUCE_SUMS] = {{0}};
  int64_t i = 0;
  for (int k = 0; k < REDUCE_SUMS; k++) best[k] = vset(start);
  for (; i + REDUCE_SUMS * LN_VL <= n; i += REDUCE_SUMS * LN_VL)
    for (int k = 0; k < REDUCE_SUMS; k++) best[k] = extreme_of(which, best[k], vload(x + i + k * LN_VL), &bad[k]);
  for (; i + LN_VL <= n; i += LN_VL) best[0] = extreme_of(which, best[0], vload(x + i), &bad[0]);
  if (i < n && n >= LN_VL) { /* some once more: it changes nothing */
    best[1] = extreme_of(which, best[1], vload(x + n - LN_VL), &bad[1]);
    i = n;
  }
  for (; i < n; i++) best[1] = extreme_of(which, best[1], vset(x[i]), &bad[1]);
  for (int k = 1; k < REDUCE_SUMS; k++) best[0] = extreme_of(which, best[0], best[k], &bad[0]), bad[0] |= bad[k];
  if (vany(bad[0])) return __builtin_nanf("");
  return which == LN_LEAST ? vleast(best[0]) : vgreatest(best[0]);
}

static float extreme_row(LnExtreme which, const float *x, int64_t n) {
  if (which == LN_LEAST) return extreme_row_by(LN_LEAST, x, n);
  return which == LN_GREATEST ? extreme_row_by(LN_GREATEST, x, n) : extreme_row_by(LN_FARTHEST, x, n);
}

LN_INLINE void extreme_place_at(const LnExtreme which, float *best, float *places, const float *x, float place,
                                int64_t m) {
  vf value = vload_n(x, m), old = vload_n(best, m);
  if (which == LN_FARTHEST) value = vabs(value);
  vi wins = (which == LN_LEAST ? value < old : value > old) | ((value != value) & (old == old));
  vstore_n(best, vselect(wins, value, old), m);
  vstore_n(places, vselect(wins, vset(place), vload_n(places, m)), m);
}

/* `count` rows at a time, so that the best come and go less often. NaN wins, and stays: vmin and vmax give the second
 * of what cannot be compared. */
LN_INLINE void extreme_at(const LnExtreme which, const int count, float *best, const float *x, int64_t row_step,
                          int64_t m) {
  vf old = vload_n(best, m);
  for (int r = 0; r < count; r++) {
    vf value = vload_n(x + r * row_step, m);
    if (which == LN_FARTHEST) value = vabs(value);
    old = vselect(value == value, which == LN_LEAST ? vmin(value, old) : vmax(value, old), value);
  }
  vstore_n(best, old, m);
}

LN_INLINE void extreme_columns_by(const LnExtreme which, float *best, float *places, const float *x, int64_t rows,
                                  int64_t row_step, int64_t n, float place) {
  if (places != NULL) {
    for (; rows > 0; rows--, x += row_step, place += 1)
      FOR_VECTORS(n, extreme_place_at(which, best + at, places + at, x + at, place, m));
    return;
  }
  for (; rows >= 4; rows -= 4, x += 4 * row_step) FOR_VECTORS(n, extreme_at(which, 4, best + at, x + at, row_step, m));
  for (; rows > 0; rows--, x += row_step) FOR_VECTORS(n, extreme_at(which, 1, best + at, x + at, row_step, m));
}

static void extreme_columns(LnExtreme which, float *best, float *places, const float *x, int64_t rows, int64_t row_step,
                            int64_t n, float place) {
  if (which == LN_LEAST)
    extreme_columns_by(LN_LEAST, best, places, x, rows, row_step, n, place);
  else if (which == LN_GREATEST)
    extreme_columns_by(LN_GREATEST, best, places, x, rows, row_step, n, place);
  else
    extreme_columns_by(LN_FARTHEST, best, places, x, rows, row_step, n, place);
}

/* ---- Where the extreme is ---- */

enum { PLACE_VECTORS = 8, PLACE_BLOCK = PLACE_VECTORS * LN_VL };

LN_INLINE vi is_value(const bool nan, const float *x, float value) {
  vf here = vload(x);
  return nan ? here != here : here == vset(value);
}

/* n if it is nowhere. */
LN_INLINE int64_t find_value(const bool nan, const float *x, int64_t n, float value) {
  int64_t i = 0;
  for (; i + 2 * LN_VL <= n; i += 2 * LN_VL)
    if (vany(is_value(nan, x + i, value) | is_value(nan, x + i + LN_VL, value))) break;
  for (; i + LN_VL <= n; i += LN_VL) {
    unsigned found = vbits(is_value(nan, x + i, value));
    if (found != 0) return i + __builtin_ctz(found);
  }
  while (i < n && !(nan ? x[i] != x[i] : x[i] == value)) i++;
  return i;
}

LN_INLINE vf extreme_of_two(const LnExtreme which, vf a, vf b) {
  return which == LN_LEAST ? vmin(a, b) : vmax(a, b);
}

/* The best of each lane, and where the block begins in which it first was. */
typedef struct LanesBest {
  vf value, block;
  vi bad; /* NaN was there */
} LanesBest;

LN_INLINE void join_block(const LnExtreme which, LanesBest *best, const float *x, int64_t at) {
  vf two[PLACE_VECTORS / 2];
  for (int k = 0; k < PLACE_VECTORS / 2; k++) {
    vf a = vload(x + at + 2 * k * LN_VL), b = vload(x + at + (2 * k + 1) * LN_VL);
    best->bad |= (a != a) | (b != b);
    two[k] = extreme_of_two(which, a, b);
  }
  vf left = extreme_of_two(which, two[0], two[1]), right = extreme_of_two(which, two[2], two[3]);
  vf value = extreme_of_two(which, left, right);
  best->block = which == LN_LEAST ? vselect_less(value, best->value, vset((float)at), best->block)
                                  : vselect_less(best->value, value, vset((float)at), best->block);
  best->value = extreme_of_two(which, value, best->value);
}

/* In blocks, of which that with the first of the extremes is searched again. The last one may begin within the one
 * before. */
LN_INLINE float extreme_place_by(const LnExtreme which, const float *x, int64_t n, int64_t *place) {
  LanesBest best = {.value = vset(x[0])};
  int64_t block = 0, wide = n < PLACE_BLOCK ? n : PLACE_BLOCK;
  float value = x[0];
  if (n < PLACE_BLOCK) {
    value = extreme_row_by(which, x, n);
  } else {
    for (int64_t at = 0; at < n; at += PLACE_BLOCK) join_block(which, &best, x, at < n - wide ? at : n - wide);
    value = which == LN_LEAST ? vleast(best.value) : vgreatest(best.value);
    block = (int64_t)vleast(vselect_equal(best.value, vset(value), best.block, vset((float)n)));
  }
  if (vany(best.bad) || value != value) {
    *place = find_value(true, x, n, 0);
    return x[*place];
  }
  *place = block + find_value(false, x + block, wide, value);
  return value;
}

static float extreme_place(LnExtreme which, const float *x, int64_t n, int64_t *place) {
  return which == LN_LEAST ? extreme_place_by(LN_LEAST, x, n, place) : extreme_place_by(LN_GREATEST, x, n, place);
}
