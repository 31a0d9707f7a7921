/* Medians of 3x3 and 5x5 windows by minima and maxima, compiled once per instruction set.
 *
 * Two rows of medians are made at a time, as their windows share all rows but one each. What can be put in order
 * without knowing the rest is: first each column of the shared rows, once for all windows that hold it. The idea of sharing
 * sorted parts: Adams, "Fast median filters using separable sorting networks", ACM Trans. Graphics 40(4), 2021. */

/* Put two values in order. */
LN_INLINE void order(vf *low, vf *high) {
  vf a = *low, b = *high;
  *low = vmin(a, b);
  *high = vmax(a, b);
}

LN_INLINE vf middle(vf a, vf b, vf c) {
  return vmax(vmin(a, b), vmin(vmax(a, b), c));
}

/* The vectors that begin up to `half` elements to each side of a place, one element apart; half is 1 or 2. Where a
 * vector is as long as a line of the cache, most would lie across two lines: they are made of three whole ones. */
LN_INLINE void load_around(vf *v, const float *place, int half) {
#if LN_VL == 16
  __m512i before = (__m512i)vload(place - LN_VL), here = (__m512i)vload(place), after = (__m512i)vload(place + LN_VL);
  v[half - 1] = (vf)_mm512_alignr_epi32(here, before, 15);
  v[half] = (vf)here;
  v[half + 1] = (vf)_mm512_alignr_epi32(after, here, 1);
  if (half == 1) return;
  v[0] = (vf)_mm512_alignr_epi32(here, before, 14);
  v[4] = (vf)_mm512_alignr_epi32(after, here, 2);
#else
  for (int i = -half; i <= half; i++) v[half + i] = vload(place + i);
#endif
}

/* ---- 3x3 ---- */

/* Four rows become two sorted columns, that of the first three and that of the last three. */
LN_INLINE void columns3_at(float *const *columns, const float *const *rows, int64_t at, int64_t m) {
  vf low = vload_n(rows[1] + at, m), high = vload_n(rows[2] + at, m);
  order(&low, &high);
  for (int k = 0; k < 2; k++) {
    vf v = vload_n(rows[3 * k] + at, m);
    vstore_n(columns[3 * k] + at, vmin(low, v), m);
    vstore_n(columns[3 * k + 1] + at, vmax(low, vmin(high, v)), m);
    vstore_n(columns[3 * k + 2] + at, vmax(high, v), m);
  }
}

/* The median of 9 is the median of: the greatest of the three least, the middle of the middle ones, the least of the
 * greatest. */
LN_INLINE void medians3_at(float *const *out, const float *const *columns, int64_t at, int64_t m) {
  for (int k = 0; k < 2; k++) {
    vf v[3][3];
    for (int r = 0; r < 3; r++) load_around(v[r], columns[3 * k + r] + at, 1);
    vf low = vmax(vmax(v[0][0], v[0][1]), v[0][2]), high = vmin(vmin(v[2][0], v[2][1]), v[2][2]);
    vstore_n(out[k] + at, middle(low, middle(v[1][0], v[1][1], v[1][2]), high), m);
  }
}

/* ---- 5x5 ---- */

/* Of six rows, the inner four are put in order. */
LN_INLINE void columns5_at(float *const *columns, const float *const *rows, int64_t at, int64_t m) {
  vf v[4];
  for (int k = 0; k < 4; k++) v[k] = vload_n(rows[1 + k] + at, m);
  order(&v[0], &v[2]), order(&v[1], &v[3]);
  order(&v[0], &v[1]), order(&v[2], &v[3]);
  order(&v[1], &v[2]);
  for (int k = 0; k < 4; k++) vstore_n(columns[1 + k] + at, v[k], m);
  for (int k = 0; k < 6; k += 5) vstore_n(columns[k] + at, vload_n(rows[k] + at, m), m);
}

/* The 8th to the 13th of 20 values, in order: no other can be the median of the 25. They come as five sorted columns of
 * four, v[5 row + column], and are left in disorder. The network was found by annealing: 94 minima and maxima, right
 * for all 5^5 ways in which sorted columns can consist of zeros and ones, so (the 0-1 principle) for all numbers. */
LN_INLINE void middle_of_20(vf sorted[6], vf v[20]) {
  order(&v[6], &v[9]), order(&v[11], &v[10]), order(&v[2], &v[0]), order(&v[5], &v[7]);
  order(&v[18], &v[17]), order(&v[6], &v[5]), order(&v[7], &v[9]), order(&v[1], &v[4]);
  order(&v[11], &v[3]), order(&v[18], &v[16]), order(&v[14], &v[12]), order(&v[10], &v[12]);
  order(&v[0], &v[4]), order(&v[3], &v[14]), order(&v[15], &v[19]), order(&v[10], &v[14]);
  order(&v[16], &v[19]), order(&v[18], &v[15]), order(&v[1], &v[2]), order(&v[5], &v[8]);
  order(&v[13], &v[10]), order(&v[9], &v[17]), order(&v[4], &v[18]), order(&v[5], &v[0]);
  order(&v[16], &v[15]), order(&v[2], &v[11]), order(&v[7], &v[11]), order(&v[10], &v[11]);
  order(&v[4], &v[13]), order(&v[12], &v[8]), order(&v[0], &v[3]), order(&v[13], &v[3]);
  order(&v[9], &v[11]), order(&v[11], &v[14]), order(&v[11], &v[18]), order(&v[11], &v[16]);
  order(&v[15], &v[18]), order(&v[3], &v[10]), order(&v[9], &v[12]), order(&v[11], &v[9]);
  order(&v[0], &v[6]), order(&v[12], &v[16]), order(&v[13], &v[3]), order(&v[4], &v[6]);
  order(&v[12], &v[9]), order(&v[7], &v[6]), order(&v[6], &v[11]), order(&v[9], &v[15]);
  order(&v[10], &v[12]), order(&v[3], &v[11]), order(&v[11], &v[10]), order(&v[6], &v[13]);
  order(&v[13], &v[3]), order(&v[9], &v[12]);
  vf result[6] = {v[13], v[3], v[11], v[10], v[9], v[12]};
  memcpy(sorted, result, sizeof result);
}

LN_INLINE void sort5(vf v[5]) {
  order(&v[0], &v[3]), order(&v[1], &v[4]);
  order(&v[0], &v[2]), order(&v[1], &v[3]);
  order(&v[0], &v[1]), order(&v[2], &v[4]);
  order(&v[1], &v[2]), order(&v[3], &v[4]);
  order(&v[2], &v[3]);
}

/* The 6th of six sorted values and five sorted ones: the least bound that i of the first and 6-i of the others keep. */
LN_INLINE vf sixth_of_both(const vf six[6], const vf five[5]) {
  vf least = six[5];
  for (int i = 0; i < 5; i++) least = vmin(least, vmax(six[i], five[4 - i]));
  return least;
}

LN_INLINE void medians5_at(float *const *out, const float *const *columns, int64_t at, int64_t m) {
  vf inner[20], sorted[6], outer[5];
  for (int r = 0; r < 4; r++) load_around(inner + 5 * r, columns[1 + r] + at, 2);
  middle_of_20(sorted, inner);
  for (int k = 0; k < 2; k++) {
    load_around(outer, columns[5 * k] + at, 2);
    sort5(outer);
    vstore_n(out[k] + at, sixth_of_both(sorted, outer), m);
  }
}

/* ---- Whole rows ---- */

static void median_columns(float *const *columns, const float *const *rows, int size, int64_t n) {
  if (size == 3)
    FOR_VECTORS(n, columns3_at(columns, rows, at, m));
  else
    FOR_VECTORS(n, columns5_at(columns, rows, at, m));
}

static void median_rows(float *const *out, const float *const *columns, int size, int64_t n) {
  if (size == 3)
    FOR_VECTORS(n, medians3_at(out, columns, at, m));
  else
    FOR_VECTORS(n, medians5_at(out, columns, at, m));
}
