/* Rows of the classical filters and of SSIM, compiled once per instruction set. */

/* Vectors of which only n < LN_VL elements are there. */
LN_INLINE vf vload_n(const float *p, int64_t n) {
  if (n >= LN_VL) return vload(p);
  float lane[LN_VL] = {0};
  memcpy(lane, p, (size_t)n * sizeof(float));
  return vload(lane);
}

LN_INLINE void vstore_n(float *p, vf v, int64_t n) {
  float lane[LN_VL];
  vstore(n >= LN_VL ? p : lane, v);
  if (n < LN_VL) memcpy(p, lane, (size_t)n * sizeof(float));
}

/* CALL for the m elements at `at`, until all n are done: whole vectors, the last one overlapping the one before, or,
 * where there is less than one vector, all elements at once. For calls that may be made twice on the same element. */
#define FOR_VECTORS(n, CALL)                                              \
  do {                                                                    \
    if ((n) < LN_VL) {                                                    \
      const int64_t at = 0, m = (n);                                      \
      CALL;                                                               \
      break;                                                              \
    }                                                                     \
    for (int64_t i_ = 0; i_ < (n); i_ += LN_VL) {                         \
      const int64_t at = i_ + LN_VL <= (n) ? i_ : (n) - LN_VL, m = LN_VL; \
      CALL;                                                               \
    }                                                                     \
  } while (0)

/* CALL with COUNT a constant where it is one of the usual small numbers, so that its loop is unrolled and its pointers
 * and weights stay in registers. */
#define WITH_COUNT(count, CALL)                                      \
  switch (count) {                                                   \
    case 4: { enum { COUNT = 4 }; CALL; break; }                     \
    case 5: { enum { COUNT = 5 }; CALL; break; }                     \
    case 6: { enum { COUNT = 6 }; CALL; break; }                     \
    case 7: { enum { COUNT = 7 }; CALL; break; }                     \
    case 9: { enum { COUNT = 9 }; CALL; break; }                     \
    case 11: { enum { COUNT = 11 }; CALL; break; }                   \
    default: { const int COUNT = (count); CALL; }                    \
  }

/* ---- Weighted sums of rows ---- */

LN_INLINE void sum_rows_at(float *restrict out, const float *const *rows, const float *weights, int count, int64_t at,
                           int64_t m) {
  vf sum = weights[0] * vload_n(rows[0] + at, m);
  for (int k = 1; k < count; k++) sum += weights[k] * vload_n(rows[k] + at, m);
  vstore_n(out + at, sum, m);
}

LN_INLINE void sum_rows_of(float *restrict out, const float *const *rows, const float *weights, int count, int64_t n) {
  int64_t i = 0;
  for (; i + 4 * LN_VL <= n; i += 4 * LN_VL) {
    vf a = vset(0), b = vset(0), c = vset(0), d = vset(0);
    for (int k = 0; k < count; k++) {
      const float *row = rows[k] + i;
      vf weight = vset(weights[k]);
      a += weight * vload(row), b += weight * vload(row + LN_VL);
      c += weight * vload(row + 2 * LN_VL), d += weight * vload(row + 3 * LN_VL);
    }
    vstore(out + i, a), vstore(out + i + LN_VL, b), vstore(out + i + 2 * LN_VL, c), vstore(out + i + 3 * LN_VL, d);
  }
  if (n < LN_VL) sum_rows_at(out, rows, weights, count, 0, n);
  for (; i < n && n >= LN_VL; i += LN_VL)
    sum_rows_at(out, rows, weights, count, i + LN_VL <= n ? i : n - LN_VL, LN_VL);
}

static void sum_rows(float *restrict out, const float *const *rows, const float *weights, int count, int64_t n) {
  WITH_COUNT(count, sum_rows_of(out, rows, weights, COUNT, n));
}

enum { DOUBLES = 8 }; /* rows of doubles come in multiples of this */
typedef double vd __attribute__((vector_size(LN_VL * 4)));
typedef double vd_unaligned __attribute__((vector_size(LN_VL * 4), aligned(8), may_alias));

/* `width` numbers of out. */
LN_INLINE void sum_doubles_at(double *restrict out, const double *const *rows, const double *weights, int count,
                              int width, int64_t at) {
  enum { VL = LN_VL / 2 };
  vd sums[4 * DOUBLES / VL] = {{0}};
  for (int k = 0; k < count; k++)
    for (int j = 0; j < width / VL; j++)
      sums[j] += weights[k] * *(const vd_unaligned *)(const void *)(rows[k] + at + j * VL);
  for (int j = 0; j < width / VL; j++) *(vd_unaligned *)(void *)(out + at + j * VL) = sums[j];
}

LN_INLINE void sum_doubles_of(double *restrict out, const double *const *rows, const double *weights, int count,
                              int64_t n) {
  enum { WIDE = LN_VL == 4 ? DOUBLES : LN_VL == 8 ? 2 * DOUBLES : 4 * DOUBLES }; /* four vectors */
  int64_t i = 0;
  for (; i + WIDE <= n; i += WIDE) sum_doubles_at(out, rows, weights, count, WIDE, i);
  for (; i < n; i += DOUBLES) sum_doubles_at(out, rows, weights, count, DOUBLES, i);
}

static void sum_rows_double(double *restrict out, const double *const *rows, const double *weights, int count,
                            int64_t n) {
  WITH_COUNT(count, sum_doubles_of(out, rows, weights, COUNT, n));
}

/* ---- SSIM ---- */

static void ssim_moments(double *restrict s, double *restrict d, double *restrict ss, double *restrict dd,
                         const float *restrict x, const float *restrict y, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    double sum = (double)x[i] + (double)y[i], difference = (double)x[i] - (double)y[i];
    s[i] = sum, d[i] = difference, ss[i] = sum * sum, dd[i] = difference * difference;
  }
}

static double ssim_row(const double *s, const double *d, const double *ss, const double *dd, double c1, double c2,
                       double correction, int64_t n) {
  double total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; i++) {
    double s2 = s[i] * s[i], d2 = d[i] * d[i];
    double s_var = correction * (ss[i] - s2), d_var = correction * (dd[i] - d2);
    double top = (0.5 * (s2 - d2) + c1) * (0.5 * (s_var - d_var) + c2);
    double bottom = (0.5 * (s2 + d2) + c1) * (0.5 * (s_var + d_var) + c2);
    total += top / bottom;
  }
  return total;
}

/* ---- Non-local means ---- */

#define PATCH_CUTOFF 5.0f
#define PATCH_NEGLIGIBLE 80.0f /* exp(-80) is still a normal float */

static void patch_differences(float *restrict out, const float *a, const float *b, float less, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = (a[i] - b[i]) * (a[i] - b[i]) - less;
}

/* exp(-d) for 0 <= d <= 80: Schraudolph's approximation in the bits of a double's upper word, as scikit-image computes
 * it, moved to the bits of a float: 2^20 / ln 2 steps per unit, and 1023 * 2^20 - 60801 moved by 127 - 1023 in the
 * exponent. */
LN_INLINE vf patch_exp(vf d) {
  vi steps = __builtin_convertvector(d * -1512775.3951951856938f, vi);
  return (vf)((steps + (1072632447 - ((1023 - 127) << 20))) << 3);
}

LN_INLINE void patch_weights_at(float *restrict out, const float *const *rows, const float *weights, int count,
                                bool partial, int64_t at, int64_t m) {
  vf sum = weights[0] * vload_n(rows[0] + at, m), worst = sum;
  for (int k = 1; k < count; k++) {
    sum += weights[k] * vload_n(rows[k] + at, m);
    if (partial && k < count - 1) worst = vmax(worst, sum);
  }
  vi near = (partial ? worst : sum) <= vset(PATCH_CUTOFF);
  vf weight = patch_exp(vmin(vmax(sum, vset(0)), vset(PATCH_NEGLIGIBLE)));
  vstore_n(out + at, (vf)((vi)weight & near), m);
}

static void patch_weights(float *restrict out, const float *const *rows, const float *weights, int count, bool partial,
                          int64_t n) {
  if (partial)
    WITH_COUNT(count, FOR_VECTORS(n, patch_weights_at(out, rows, weights, COUNT, true, at, m)))
  else
    WITH_COUNT(count, FOR_VECTORS(n, patch_weights_at(out, rows, weights, COUNT, false, at, m)))
}

static void add_weighted(float *restrict values, float *restrict totals, const float *restrict a,
                         const float *restrict x, const float *restrict b, const float *restrict y, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    totals[i] += a[i] + b[i];
    values[i] += a[i] * x[i] + b[i] * y[i];
  }
}
