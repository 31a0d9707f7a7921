/* Transposing matrices, as between the users' C,H,W and our H,W,C: squares of 4x4 in registers, in blocks of 16x16 whose
 * lines of the side with the longer step are written, or read, as a whole. */

enum { SQUARE = 4, TRANSPOSE_BLOCK = 16 };

typedef float v4 __attribute__((vector_size(SQUARE * 4)));
typedef float v4_unaligned __attribute__((vector_size(SQUARE * 4), aligned(4), may_alias));

LN_INLINE v4 load4(const float *p) { return (v4) * (const v4_unaligned *)(const void *)p; }
LN_INLINE void store4(float *p, v4 v) { *(v4_unaligned *)(void *)p = (v4_unaligned)v; }

LN_INLINE void transpose_square(float *to, int64_t to_step, const float *from, int64_t from_step) {
  v4 a = load4(from), b = load4(from + from_step), c = load4(from + 2 * from_step), d = load4(from + 3 * from_step);
  v4 ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  v4 cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store4(to, __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5));
  store4(to + to_step, __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7));
  store4(to + 2 * to_step, __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5));
  store4(to + 3 * to_step, __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7));
}

static void transpose_block(float *to, int64_t to_step, const float *from, int64_t from_step) {
  if (to_step > from_step) {
    for (int64_t c = 0; c < TRANSPOSE_BLOCK; c += SQUARE)
      for (int64_t r = 0; r < TRANSPOSE_BLOCK; r += SQUARE)
        transpose_square(to + c * to_step + r, to_step, from + r * from_step + c, from_step);
  } else {
    for (int64_t r = 0; r < TRANSPOSE_BLOCK; r += SQUARE)
      for (int64_t c = 0; c < TRANSPOSE_BLOCK; c += SQUARE)
        transpose_square(to + c * to_step + r, to_step, from + r * from_step + c, from_step);
  }
}

static void transpose_rest(float *to, int64_t to_step, const float *from, int64_t from_step, int64_t rows,
                           int64_t columns) {
  for (int64_t c = 0; c < columns; c++)
    for (int64_t r = 0; r < rows; r++) to[c * to_step + r] = from[r * from_step + c];
}

static void transpose(float *to, int64_t to_step, const float *from, int64_t from_step, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; r += TRANSPOSE_BLOCK) {
    int64_t height = rows - r < TRANSPOSE_BLOCK ? rows - r : TRANSPOSE_BLOCK;
    for (int64_t c = 0; c < columns; c += TRANSPOSE_BLOCK) {
      int64_t width = columns - c < TRANSPOSE_BLOCK ? columns - c : TRANSPOSE_BLOCK;
      float *block = to + c * to_step + r;
      const float *of = from + r * from_step + c;
      if (height == TRANSPOSE_BLOCK && width == TRANSPOSE_BLOCK)
        transpose_block(block, to_step, of, from_step);
      else
        transpose_rest(block, to_step, of, from_step, height, width);
    }
  }
}
