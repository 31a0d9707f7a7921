/* BM3D's inner loops, compiled once per instruction set: distances of blocks, choosing the nearest, transforms of
 * groups and what is done to their coefficients. filter/bm3d.h says what they are parts of.
 *
 * A block's row fills whole pieces of eight numbers: eight is the usual side of a block, and two pieces, with unused
 * lanes, serve sides up to sixteen. Pieces are GCC vectors of eight on every instruction set. */

enum { PIECE = 8 };

typedef float v8 __attribute__((vector_size(PIECE * 4)));
typedef int32_t v8i __attribute__((vector_size(PIECE * 4)));
typedef float v8_unaligned __attribute__((vector_size(PIECE * 4), aligned(4), may_alias));

/* No functions: instruction sets with shorter vectors disagree on how a v8 is passed. */
#define load8(p) ((v8) * (const v8_unaligned *)(const void *)(p))
#define store8(p, v) (*(v8_unaligned *)(void *)(p) = (v8_unaligned)(v))
#define sum8(v) (((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])))

/* CALL with SIDE a constant where blocks have the usual one. */
#define WITH_SIDE(side, CALL)                      \
  do {                                             \
    if ((side) == 8) {                             \
      enum { SIDE = 8 };                           \
      CALL;                                        \
    } else {                                       \
      const int SIDE = (side);                     \
      CALL;                                        \
    }                                              \
  } while (0)

LN_INLINE int64_t pieces_of(int side) { return (side + PIECE - 1) / PIECE; }

/* ---- Block matching ---- */

/* out[t] = squared differences of a column of pixels from the columns t further on in other rows, for one vector t. */
LN_INLINE vf column_distances(const float *own, const float *other, int64_t stride, int side) {
  vf sum = vset(0);
  for (int i = 0; i < side; i++) {
    vf d = vload(other + i * stride) - own[i * stride];
    sum += d * d;
  }
  return sum;
}

LN_INLINE void distances_of(float *const *out, const LnBlockRow *row, int side) {
  int64_t lanes = row->lanes;
  for (int64_t c = 0; c < row->columns; c++)
    for (int64_t t = 0; t < lanes; t += LN_VL)
      vstore(row->sums + c * lanes + t, column_distances(row->own + c, row->other + c + t, row->stride, side));
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

static void block_differences(float *out, const float *blocks, int count, int64_t size) {
  for (int k = 0; k < count; k++) {
    v8 sum = {0};
    for (int64_t i = 0; i < size; i += PIECE) {
      v8 d = load8(blocks + k * size + i) - load8(blocks + i);
      sum += d * d;
    }
    out[k] = sum8(sum);
  }
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

/* A distance that at least `most` of the candidates do not exceed, and not many more: they are dealt out to as many
 * parts as there may be nearest ones, and this is the most-th smallest of the parts' minima. */
static float near_enough(const float *distances, int64_t count, int most) {
  enum { VECTORS = MOST_NEAREST / LN_VL };
  vf least[VECTORS];
  float minima[MOST_NEAREST];
  int32_t parts[MOST_NEAREST] = {0};
  for (int k = 0; k < VECTORS; k++) least[k] = vset(__builtin_inff());
  int64_t i = 0;
  for (; i + MOST_NEAREST <= count; i += MOST_NEAREST)
    for (int k = 0; k < VECTORS; k++) least[k] = vmin(least[k], vload(distances + i + k * LN_VL));
  for (int k = 0; i < count; i += LN_VL, k++) least[k] = vmin(least[k], vload(distances + i));
  for (int k = 0; k < VECTORS; k++) vstore(minima + k * LN_VL, least[k]);
  sort_nearest(minima, parts, MOST_NEAREST, most);
  return minima[most - 1];
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

/* ---- Transforms ---- */

LN_INLINE void rows_of(float *restrict out, const float *restrict x, const float *matrix, int side, int64_t n) {
  int64_t pieces = pieces_of(side);
  for (int64_t p = 0; p < pieces; p++)
    for (int64_t c = 0; c < n; c++) {
      v8 sum = {0};
      for (int j = 0; j < side; j++) sum += x[c + j] * load8(matrix + (j * pieces + p) * PIECE);
      store8(out + (c * pieces + p) * PIECE, sum);
    }
}

static void block_rows(float *out, const float *x, const float *matrix, int side, int64_t n) {
  WITH_SIDE(side, rows_of(out, x, matrix, SIDE, n));
}

LN_INLINE void add_rows_of(float *restrict out, const float *restrict x, const float *matrix, int side, int64_t n) {
  int64_t pieces = pieces_of(side);
  for (int64_t p = 0; p < pieces; p++)
    for (int64_t c = 0; c < n; c++) {
      v8 sum = load8(out + c + p * PIECE);
      for (int k = 0; k < side; k++) sum += x[c * pieces * PIECE + k] * load8(matrix + (k * pieces + p) * PIECE);
      store8(out + c + p * PIECE, sum);
    }
}

static void block_add_rows(float *out, const float *x, const float *matrix, int side, int64_t n) {
  WITH_SIDE(side, add_rows_of(out, x, matrix, SIDE, n));
}

LN_INLINE void forward_of(float *restrict out, const float *restrict rows, int64_t stride, const float *matrix,
                          int side) {
  int64_t pieces = pieces_of(side);
  for (int64_t p = 0; p < pieces; p++) {
    v8 x[LN_BLOCK_MOST];
    for (int i = 0; i < side; i++) x[i] = load8(rows + i * stride + p * PIECE);
    for (int k = 0; k < side; k++) {
      v8 sum = matrix[k * side] * x[0];
      for (int i = 1; i < side; i++) sum += matrix[k * side + i] * x[i];
      store8(out + (k * pieces + p) * PIECE, sum);
    }
  }
}

static void block_forward(float *out, const float *rows, const int64_t *at, int count, int64_t stride,
                          const float *matrix, int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  for (int k = 0; k < count; k++) WITH_SIDE(side, forward_of(out + k * size, rows + at[k], stride, matrix, SIDE));
}

LN_INLINE void backward_of(float *restrict rows, const float *restrict in, int64_t stride, const float *matrix,
                           float weight, int side) {
  int64_t pieces = pieces_of(side);
  for (int64_t p = 0; p < pieces; p++) {
    v8 x[LN_BLOCK_MOST];
    for (int k = 0; k < side; k++) x[k] = weight * load8(in + (k * pieces + p) * PIECE);
    for (int i = 0; i < side; i++) {
      v8 sum = load8(rows + i * stride + p * PIECE);
      for (int k = 0; k < side; k++) sum += matrix[i * side + k] * x[k];
      store8(rows + i * stride + p * PIECE, sum);
    }
  }
}

static void block_backward(float *rows, const float *in, const int64_t *at, int count, int64_t stride,
                           const float *matrix, float weight, int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  for (int k = 0; k < count; k++)
    WITH_SIDE(side, backward_of(rows + at[k], in + k * size, stride, matrix, weight, SIDE));
}

/* ---- Groups ---- */

#define ROOT_HALF 0.70710678118654752f

/* Haar's transform across the blocks of a group, in place: differences of `step` blocks stand where the second of the
 * two begins, and what all have in common at the first block. */
LN_INLINE void haar_forward(float *x, int count, int64_t size) {
  for (int step = 1; step < count; step *= 2)
    for (int k = 0; k < count; k += 2 * step)
      for (int64_t i = 0; i < size; i += PIECE) {
        float *a = x + k * size + i, *b = a + step * size;
        v8 first = load8(a) * ROOT_HALF, second = load8(b) * ROOT_HALF;
        store8(a, first + second), store8(b, first - second);
      }
}

LN_INLINE void haar_backward(float *x, int count, int64_t size) {
  for (int step = count / 2; step > 0; step /= 2)
    for (int k = 0; k < count; k += 2 * step)
      for (int64_t i = 0; i < size; i += PIECE) {
        float *a = x + k * size + i, *b = a + step * size;
        v8 sum = load8(a) * ROOT_HALF, difference = load8(b) * ROOT_HALF;
        store8(a, sum + difference), store8(b, sum - difference);
      }
}

/* Sum of the covariances of pairs of blocks, a of the first `step` and b of the next: pieces of eight coefficients each
 * at a time. Blocks without common pixels have none. */
LN_INLINE void add_covariances(v8 *sum, const float *table, const int32_t *row, const int32_t *column, int step,
                               int side, int64_t size) {
  for (int p = 0; p < PIECE; p++) sum[p] = (v8){0};
  for (int a = 0; a < step; a++)
    for (int b = step; b < 2 * step; b++) {
      int32_t down = row[a] - row[b], across = column[a] - column[b];
      down = down < 0 ? -down : down, across = across < 0 ? -across : across;
      if (down >= side || across >= side) continue;
      const float *from = table + (down * side + across) * size;
      for (int p = 0; p < PIECE; p++) sum[p] += load8(from + p * PIECE);
    }
}

static void block_variances(float *out, const float *table, const int32_t *row, const int32_t *column, int count,
                            int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  for (int k = 0; k < count; k++) memcpy(out + k * size, table, (size_t)size * sizeof *out);
  for (int step = 1; step < count; step *= 2)
    for (int k = 0; k < count; k += 2 * step)
      for (int64_t i = 0; i < size; i += PIECE * PIECE) {
        v8 sum[PIECE];
        add_covariances(sum, table + i, row + k, column + k, step, side, size);
        for (int p = 0; p < PIECE && i + p * PIECE < size; p++) {
          float *a = out + k * size + i + p * PIECE, *b = a + step * size;
          v8 both = load8(a) + load8(b);
          store8(a, both + 2 * sum[p]), store8(b, (both - 2 * sum[p]) * (0.5f / (float)step));
        }
      }
  for (int64_t i = 0; i < size; i += PIECE) store8(out + i, load8(out + i) * (1 / (float)count));
}

static float block_threshold(float *x, const float *variances, float threshold, int count, int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  haar_forward(x, count, size);
  float mean = x[0];
  v8 kept = {0};
  for (int64_t i = 0; i < count * size; i += PIECE) {
    v8 value = load8(x + i), variance = load8(variances + i);
    v8i keep = value * value > threshold * variance;
    store8(x + i, (v8)((v8i)value & keep));
    kept += (v8)((v8i)variance & keep);
  }
  float sum = sum8(kept) + (x[0] == mean ? 0 : variances[0]);
  x[0] = mean;
  haar_backward(x, count, size);
  return sum;
}

static float block_wiener(float *x, float *pilot, const float *variances, float noise, int count, int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  haar_forward(x, count, size);
  haar_forward(pilot, count, size);
  v8 kept = {0};
  for (int64_t i = 0; i < count * size; i += PIECE) {
    v8 variance = load8(variances + i), power = load8(pilot + i);
    power *= power;
    v8 weight = power / (power + noise * variance + 1e-37f);
    store8(x + i, load8(x + i) * weight);
    kept += weight * weight * variance;
  }
  haar_backward(x, count, size);
  return sum8(kept);
}
