/* BM3D's block matching: distances of blocks, and the nearest of them. See filter/bm3d_match.c. Behind bm3d_tmpl.c. */

enum { VECTORS_AT_ONCE = 3 }; /* usually all of a window's columns, 48 with sixteen in a vector */

/* out[t] = squared differences of a column of pixels from the columns t further on in other rows, for n vectors t. */
LN_INLINE void column_distances(float *out, const float *own, const float *other, int64_t stride, int side, int n) {
  vf sum[VECTORS_AT_ONCE];
  for (int v = 0; v < n; v++) sum[v] = vset(0);
  for (int i = 0; i < side; i++) {
    vf pixel = vset(own[i * stride]);
    for (int v = 0; v < n; v++) {
      vf d = vload(other + i * stride + v * LN_VL) - pixel;
      sum[v] += d * d;
    }
  }
  for (int v = 0; v < n; v++) vstore(out + v * LN_VL, sum[v]);
}

LN_INLINE void distances_of(float *const *out, const LnBlockRow *row, int side) {
  int64_t lanes = row->lanes, most = VECTORS_AT_ONCE * LN_VL;
  for (int64_t c = 0; c < row->columns; c++) {
    float *sums = row->sums + c * lanes;
    const float *own = row->own + c, *other = row->other + c;
    int64_t t = 0;
    for (; t + most <= lanes; t += most) column_distances(sums + t, own, other + t, row->stride, side, VECTORS_AT_ONCE);
    for (; t < lanes; t += LN_VL) column_distances(sums + t, own, other + t, row->stride, side, 1);
  }
  for (int64_t k = 0; k < row->count; k++) {
    const float *sums = row->sums + row->at[k] * lanes, *outside = row->outside[k];
    for (int64_t t = 0; t < lanes; t += LN_VL) {
      vf sum = vload(outside + t) - vload(row->expected + t);
      for (int i = 0; i < side; i++) sum += vload(sums + i * lanes + t);
      vstore(out[k] + t, sum);
    }
  }
}

static void block_distances(float *const *out, const LnBlockRow *row) {
  WITH_SIDE(row->side, distances_of(out, row, SIDE));
}

enum { KEPT = 256, MOST_NEAREST = 64 }; /* candidates at a time */

/* The best `most` of n candidates, in order; of equal ones those that come first. */
static int64_t sort_nearest(float *distance, int32_t *index, int64_t n, int64_t most) {
  float sorted[KEPT];
  int32_t places[KEPT];
  for (int64_t i = n; i % LN_VL != 0; i++) distance[i] = __builtin_inff();
  for (int64_t block = 0; block < n; block += LN_VL) {
    vf own = vload(distance + block);
    vi rank = {0}, lane = {0};
    for (int j = 0; j < LN_VL; j++) lane[j] = j;
    for (int64_t j = 0; j < block; j++) rank -= (vi)(vset(distance[j]) <= own);
    for (int j = 0; j < LN_VL; j++)
      rank -= (vi)(vset(distance[block + j]) < own) | ((vi)(vset(distance[block + j]) == own) & (lane > j));
    for (int64_t j = block + LN_VL; j < n; j++) rank -= (vi)(vset(distance[j]) < own);
    for (int j = 0; j < LN_VL && block + j < n; j++)
      if (rank[j] < most) sorted[rank[j]] = distance[block + j], places[rank[j]] = index[block + j];
  }
  if (n > most) n = most;
  memcpy(distance, sorted, (size_t)n * sizeof *distance);
  memcpy(index, places, (size_t)n * sizeof *index);
  return n;
}

enum { PARTS_OF_DISTANCES = MOST_NEAREST, VECTORS_OF_PARTS = PARTS_OF_DISTANCES / LN_VL };

/* Numbers that compare as the floats do; and back. */
LN_INLINE vi ordered(vf x) {
  vi bits = (vi)x;
  return bits ^ ((bits >> 31) & 0x7fffffff);
}
LN_INLINE float from_ordered(int32_t order) {
  union {
    int32_t bits;
    float value;
  } number = {.bits = order ^ ((order >> 31) & 0x7fffffff)};
  return number.value;
}

/* A distance that at least `most` of the candidates do not exceed, and not many more: they are dealt out to as many
 * parts as there may be nearest ones, and this is the most-th smallest of the parts' minima, or up to 1 % more. */
static float near_enough(const float *distances, int64_t count, int most) {
  vf least[VECTORS_OF_PARTS];
  vi minima[VECTORS_OF_PARTS];
  for (int k = 0; k < VECTORS_OF_PARTS; k++) least[k] = vset(__builtin_inff());
  int64_t i = 0;
  for (; i + PARTS_OF_DISTANCES <= count; i += PARTS_OF_DISTANCES)
    for (int k = 0; k < VECTORS_OF_PARTS; k++) least[k] = vmin(least[k], vload(distances + i + k * LN_VL));
  for (int k = 0; i < count; i += LN_VL, k++) least[k] = vmin(least[k], vload(distances + i));
  for (int k = 0; k < VECTORS_OF_PARTS; k++) minima[k] = ordered(least[k]);
  int64_t low = INT32_MIN, high = ordered(vset(__builtin_inff()))[0];
  while (high - low > 1 << 16) {
    int64_t middle = low + (high - low) / 2;
    int n = 0;
    for (int k = 0; k < VECTORS_OF_PARTS; k++) n += __builtin_popcount(vbits(minima[k] <= (int32_t)middle));
    if (n >= most) high = middle;
    else low = middle;
  }
  return from_ordered((int32_t)high);
}

static int64_t block_nearest(int32_t *index, const float *distances, int64_t count, float limit, int most) {
  float distance[KEPT];
  int32_t place[KEPT];
  int64_t n = 0;
  float far = near_enough(distances, count, most);
  limit = far < limit ? __builtin_nextafterf(far, __builtin_inff()) : limit; /* from here on: less than that */
  for (int64_t i = 0; i < count; i += LN_VL) {
    for (unsigned bits = vbits((vi)(vload(distances + i) < limit)); bits != 0; bits &= bits - 1) {
      int64_t j = i + __builtin_ctz(bits);
      distance[n] = distances[j], place[n++] = (int32_t)j;
    }
    if (n <= KEPT - LN_VL) continue;
    n = sort_nearest(distance, place, n, most);
    limit = n == most ? distance[n - 1] : limit;
  }
  n = sort_nearest(distance, place, n, most);
  memcpy(index, place, (size_t)n * sizeof *index);
  return n;
}

/* The 56th smallest of 64 parts' minima: if the nearest were dealt out at random, about 130 distances
 * would not exceed it, whatever the number of all, for a part then has none below t with the probability
 * exp(-(those below t) / 64). Where there are many more, as where all are equal, the 64 nearest are enough. */
enum { NEAR_PARTS = 56 };

static int64_t block_near(int32_t *index, const float *distances, int64_t count) {
  float far = near_enough(distances, count, NEAR_PARTS);
  int64_t n = 0;
  for (int64_t i = 0; i < count; i += LN_VL) {
    vf distance = vload(distances + i);
    vi near = (vi)(distance <= far) & (vi)(distance < __builtin_inff());
    unsigned bits = vbits(near);
    if (n + __builtin_popcount(bits) > LN_BLOCK_NEAR)
      return block_nearest(index, distances, count, __builtin_inff(), MOST_NEAREST);
    for (; bits != 0; bits &= bits - 1) index[n++] = (int32_t)(i + __builtin_ctz(bits));
  }
  return n;
}
