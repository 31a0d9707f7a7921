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

static void ssim_moments(double *restrict s, int64_t stride, const float *restrict x, const float *restrict y,
                         int64_t n) {
  double *restrict d = s + stride, *restrict ss = d + stride, *restrict dd = ss + stride;
  for (int64_t i = 0; i < n; i++) {
    double sum = (double)x[i] + (double)y[i], difference = (double)x[i] - (double)y[i];
    s[i] = sum, d[i] = difference, ss[i] = sum * sum, dd[i] = difference * difference;
  }
}

LN_INLINE void ssim_slide_as(double *restrict s, int64_t stride, const float *restrict x, const float *restrict y,
                             const float *restrict old_x, const float *restrict old_y, int64_t n, const bool leaves) {
  double *restrict d = s + stride, *restrict ss = d + stride, *restrict dd = ss + stride;
  for (int64_t i = 0; i < n; i++) {
    double sum = (double)x[i] + (double)y[i], difference = (double)x[i] - (double)y[i];
    double old_sum = leaves ? (double)old_x[i] + (double)old_y[i] : 0;
    double old_difference = leaves ? (double)old_x[i] - (double)old_y[i] : 0;
    s[i] += sum - old_sum, d[i] += difference - old_difference;
    ss[i] += sum * sum - old_sum * old_sum, dd[i] += difference * difference - old_difference * old_difference;
  }
}

static void ssim_slide(double *sums, int64_t stride, const float *x, const float *y, const float *old_x,
                       const float *old_y, int64_t n) {
  if (old_x != NULL)
    ssim_slide_as(sums, stride, x, y, old_x, old_y, n, true);
  else
    ssim_slide_as(sums, stride, x, y, x, y, n, false); /* the old ones are not read */
}

/* SSIM of as many windows as a vector has doubles, from the sums down their columns. */
LN_INLINE vd ssim_at(const double *sums, int64_t stride, const double *weights, int count, double c1, double c2,
                     double correction) {
  vd mean[4] = {{0}}; /* of s, d, s^2, d^2 */
  for (int k = 0; k < count; k++)
    for (int m = 0; m < 4; m++) mean[m] += weights[k] * *(const vd_unaligned *)(const void *)(sums + m * stride + k);
  vd s2 = mean[0] * mean[0], d2 = mean[1] * mean[1];
  vd s_var = correction * (mean[2] - s2), d_var = correction * (mean[3] - d2);
  return (0.5 * (s2 - d2) + c1) * (0.5 * (s_var - d_var) + c2) /
         ((0.5 * (s2 + d2) + c1) * (0.5 * (s_var + d_var) + c2));
}

LN_INLINE double ssim_row_of(const double *sums, int64_t stride, const double *weights, int count, double c1, double c2,
                             double correction, int64_t n) {
  enum { VL = LN_VL / 2 };
  vd total = {0};
  int64_t i = 0;
  for (; i + VL <= n; i += VL) total += ssim_at(sums + i, stride, weights, count, c1, c2, correction);
  vd rest = i < n ? ssim_at(sums + i, stride, weights, count, c1, c2, correction) : total;
  double sum = 0;
  for (int lane = 0; lane < VL; lane++) sum += i + lane < n ? total[lane] + rest[lane] : total[lane];
  return sum;
}

static double ssim_row(const double *sums, int64_t stride, const double *weights, int count, double c1, double c2,
                       double correction, int64_t n) {
  WITH_COUNT(count, return ssim_row_of(sums, stride, weights, COUNT, c1, c2, correction, n));
}

LN_INLINE void ssim_values_of(double *values, const double *sums, int64_t stride, const double *weights, int count,
                              double c1, double c2, double correction, int64_t n) {
  for (int64_t i = 0; i < n; i += LN_VL / 2)
    *(vd_unaligned *)(void *)(values + i) = ssim_at(sums + i, stride, weights, count, c1, c2, correction);
}

static void ssim_values(double *values, const double *sums, int64_t stride, const double *weights, int count, double c1,
                        double c2, double correction, int64_t n) {
  WITH_COUNT(count, ssim_values_of(values, sums, stride, weights, COUNT, c1, c2, correction, n));
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
