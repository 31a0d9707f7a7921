/* BM3D's inner loops, compiled once per instruction set: transforms of groups and what is done to their coefficients.
 * filter/bm3d.h says what they are parts of; bm3d_match_tmpl.c has those that find similar blocks.
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

/* The squared differences of a block's coefficients from another one's, rows transformed, columns not. */
LN_INLINE float difference_of(const float *rows, const float *others, int64_t stride, const float *matrix, int side) {
  v8 sum = {0};
  for (int64_t p = 0; p < pieces_of(side); p++) {
    v8 x[LN_BLOCK_MOST];
    for (int i = 0; i < side; i++)
      x[i] = load8(rows + i * stride + p * PIECE) - load8(others + i * stride + p * PIECE);
    for (int k = 0; k < side; k++) {
      v8 d = matrix[k * side] * x[0];
      for (int i = 1; i < side; i++) d += matrix[k * side + i] * x[i];
      sum += d * d;
    }
  }
  return sum8(sum);
}

static void block_differences(float *out, const float *rows, const int64_t *at, int count, int64_t stride,
                              const float *matrix, int side) {
  for (int k = 0; k < count; k++)
    WITH_SIDE(side, out[k] = difference_of(rows + at[k], rows + at[0], stride, matrix, SIDE));
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
                           const float *matrix, const float *weights, int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  for (int k = 0; k < count; k++)
    WITH_SIDE(side, backward_of(rows + at[k], in + k * size, stride, matrix, weights[k], SIDE));
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

enum { PARTS = LN_BLOCK_VARIANCES - 1, MOST_PIECES = (LN_BLOCK_MOST + PIECE - 1) / PIECE };

/* What pairs of blocks have in common: the covariance of coefficient k, l is along[down][k] along[across][l], so their
 * rows along[across] are added up by `down` first. Blocks too far away have the row of zeros behind the others. */
typedef struct Pairs {
  const float *along;
  const int32_t *row, *column;
  v8 rows[(LN_BLOCK_MOST + 1) * MOST_PIECES]; /* by down */
} Pairs;

/* How far a is from eight others, but at most `side`, in noise that repeats itself. */
LN_INLINE void distances_in_noise(int32_t *out, int32_t a, const int32_t *others, int side) {
  v8i other, most = (v8i){0} + side;
  memcpy(&other, others, sizeof other);
  v8i distance = (a - other) & (LN_BLOCK_PERIOD - 1), back = LN_BLOCK_PERIOD - distance;
  v8i nearer = back < distance;
  distance = (back & nearer) | (distance & ~nearer);
  v8i beyond = distance > most;
  distance = (most & beyond) | (distance & ~beyond);
  memcpy(out, &distance, sizeof distance);
}

/* Pairs of one block of [first, middle) and one of [middle, end). */
LN_INLINE void add_pairs(Pairs *pairs, int first, int middle, int end, int side) {
  int64_t pieces = pieces_of(side);
  for (int a = first; a < middle; a++)
    for (int b = middle; b < end; b += PIECE) {
      int32_t down[PIECE], across[PIECE];
      distances_in_noise(down, pairs->row[a], pairs->row + b, side);
      distances_in_noise(across, pairs->column[a], pairs->column + b, side);
      for (int k = 0; k < PIECE && b + k < end; k++)
        for (int64_t p = 0; p < pieces; p++)
          pairs->rows[down[k] * pieces + p] += load8(pairs->along + (across[k] * pieces + p) * PIECE);
    }
}

/* sum = their covariances added up, and no more pairs. */
LN_INLINE void take_pairs(v8 *sum, Pairs *pairs, int side) {
  int64_t pieces = pieces_of(side);
  for (int64_t i = 0; i < side * pieces; i++) sum[i] = (v8){0};
  for (int down = 0; down < side; down++)
    for (int k = 0; k < side; k++)
      for (int64_t p = 0; p < pieces; p++)
        sum[k * pieces + p] += pairs->along[down * pieces * PIECE + k] * pairs->rows[down * pieces + p];
  for (int64_t i = 0; i < (side + 1) * pieces; i++) pairs->rows[i] = (v8){0};
}

/* sum[q]: the variance of the sum of a part's blocks; then of what the transform makes of these sums. */
LN_INLINE void join_parts(v8 sum[PARTS][LN_BLOCK_MOST * MOST_PIECES], Pairs *pairs, int parts, int each, int side) {
  v8 apart[LN_BLOCK_MOST * MOST_PIECES];
  int64_t pieces = side * pieces_of(side);
  for (int step = 1; step < parts; step *= 2)
    for (int q = 0; q < parts; q += 2 * step) {
      add_pairs(pairs, q * each, (q + step) * each, (q + 2 * step) * each, side);
      take_pairs(apart, pairs, side);
      for (int64_t i = 0; i < pieces; i++) {
        v8 both = sum[q][i] + sum[q + step][i];
        sum[q][i] = both + 2 * apart[i], sum[q + step][i] = (both - 2 * apart[i]) * (0.5f / (float)(step * each));
      }
    }
  for (int64_t i = 0; i < pieces; i++) sum[0][i] *= 1 / (float)(parts * each);
}

LN_INLINE void variances_of(float *out, Pairs *pairs, int count, int side) {
  int parts = count < PARTS ? count : PARTS, each = count / parts;
  int64_t pieces = side * pieces_of(side);
  v8 own[LN_BLOCK_MOST * MOST_PIECES], sum[PARTS][LN_BLOCK_MOST * MOST_PIECES];
  pairs->rows[0] = load8(pairs->along);
  if (pieces_of(side) > 1) pairs->rows[1] = load8(pairs->along + PIECE);
  take_pairs(own, pairs, side);
  for (int q = 0; q < parts; q++) {
    for (int a = q * each; a < (q + 1) * each; a++) add_pairs(pairs, a, a + 1, (q + 1) * each, side);
    take_pairs(sum[q], pairs, side);
    for (int64_t i = 0; i < pieces; i++) sum[q][i] = (float)each * own[i] + 2 * sum[q][i];
  }
  join_parts(sum, pairs, parts, each, side);
  for (int64_t i = 0; i < pieces; i++) {
    v8 others = (float)count * own[i];
    for (int q = 0; q < parts; q++) {
      store8(out + (q * pieces + i) * PIECE, sum[q][i]);
      others -= sum[q][i];
    }
    if (count > PARTS) store8(out + (PARTS * pieces + i) * PIECE, others * (1 / (float)(count - PARTS)));
  }
}

static void block_variances(float *out, const float *along, const int32_t *row, const int32_t *column, int count,
                            int side) {
  Pairs pairs = {.along = along, .row = row, .column = column};
  WITH_SIDE(side, variances_of(out, &pairs, count, SIDE));
}

/* Which of its variances belongs to a group's k-th block of coefficients. */
LN_INLINE const float *variances_at(const float *variances, int k, int count, int64_t size) {
  int each = count > PARTS ? count / PARTS : 1;
  return variances + (k % each == 0 ? k / each : PARTS) * size;
}

/* From the variance left in each block of coefficients to that in each block. */
LN_INLINE void share_variances(float *left, int count) {
  left[0] *= 1 / (float)count;
  for (int step = count / 2; step > 0; step /= 2)
    for (int k = 0; k < count; k += 2 * step) {
      float both = left[k] + left[k + step] * (0.5f / (float)step);
      left[k] = left[k + step] = both;
    }
}

static void block_threshold(float *left, float *x, const float *variances, float threshold, int count, int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  haar_forward(x, count, size);
  float mean = x[0];
  for (int k = 0; k < count; k++) {
    const float *own = variances_at(variances, k, count, size);
    v8 kept = {0};
    for (int64_t i = 0; i < size; i += PIECE) {
      v8 value = load8(x + k * size + i), variance = load8(own + i);
      v8i keep = value * value > threshold * variance;
      store8(x + k * size + i, (v8)((v8i)value & keep));
      kept += (v8)((v8i)variance & keep);
    }
    left[k] = sum8(kept);
  }
  left[0] += x[0] == mean ? 0 : variances[0];
  x[0] = mean;
  haar_backward(x, count, size);
  share_variances(left, count);
}

static void block_wiener(float *left, float *x, float *pilot, const float *variances, float noise, int count,
                         int side) {
  int64_t size = side * pieces_of(side) * PIECE;
  haar_forward(x, count, size);
  haar_forward(pilot, count, size);
  for (int k = 0; k < count; k++) {
    const float *own = variances_at(variances, k, count, size);
    v8 kept = {0};
    for (int64_t i = 0; i < size; i += PIECE) {
      v8 variance = load8(own + i), power = load8(pilot + k * size + i);
      power *= power;
      v8 weight = power / (power + noise * variance + 1e-37f);
      store8(x + k * size + i, load8(x + k * size + i) * weight);
      kept += weight * weight * variance;
    }
    left[k] = sum8(kept);
  }
  haar_backward(x, count, size);
  share_variances(left, count);
}
