/* A row of blocks of the sliding cosine transform, already transformed downwards: transformed along the row, shrunk,
 * transformed back and added up where blocks overlap. Compiled once per instruction set.
 *
 * A vector holds the same pixel of neighbouring blocks. Basis function l is even about the block's middle if l is even,
 * else odd, so that sums and differences of mirrored pixels are all that either half needs: half the multiplications.
 *
 * work: LN_DCT_MOST rows, `stride` floats apart; row j gets what block b adds to its pixel j at place size - 1 + b, and
 * zeros around. */

LN_INLINE void sliding_dct_block(float *restrict work, int64_t stride, const float *row, const float *basis, int size,
                                 float threshold, const float *mask, int64_t at, int64_t m) {
  vf sum[(LN_DCT_MOST + 1) / 2], difference[(LN_DCT_MOST + 1) / 2];
  vf even[(LN_DCT_MOST + 1) / 2], odd[(LN_DCT_MOST + 1) / 2];
  const int half = size / 2, middle = size % 2;
  for (int j = 0; j < half; j++) {
    vf a = vload_n(row + at + j, m), b = vload_n(row + at + size - 1 - j, m);
    sum[j] = a + b, difference[j] = a - b;
    even[j] = odd[j] = vset(0);
  }
  if (middle) sum[half] = vload_n(row + at + half, m), even[half] = vset(0);
  for (int l = 0; l < size; l += 2) {
    const float *b = basis + l * size;
    vf c = vset(0);
    for (int j = 0; j < half + middle; j++) c += b[j] * sum[j];
    c = (vf)((vi)c & (vabs(c) >= vset(threshold)));
    for (int j = 0; j < half + middle; j++) even[j] += b[j] * c;
  }
  for (int l = 1; l < size; l += 2) {
    const float *b = basis + l * size;
    vf c = vset(0);
    for (int j = 0; j < half; j++) c += b[j] * difference[j];
    c = (vf)((vi)c & (vabs(c) >= vset(threshold)));
    for (int j = 0; j < half; j++) odd[j] += b[j] * c;
  }
  vf kept = mask == NULL ? vset(1) : vload_n(mask + at, m);
  float *to = work + size - 1 + at;
  for (int j = 0; j < half; j++) {
    vstore_n(to + j * stride, kept * (even[j] + odd[j]), m);
    vstore_n(to + (size - 1 - j) * stride, kept * (even[j] - odd[j]), m);
  }
  if (middle) vstore_n(to + half * stride, kept * even[half], m);
}

LN_INLINE void sliding_dct_sum(float *restrict out, const float *restrict work, int64_t stride, int size, int64_t at,
                               int64_t m) {
  const float *from = work + size - 1 + at; /* pixel x of the row is pixel j of block x - j */
  vf sum = vload_n(from, m);
  for (int j = 1; j < size; j++) sum += vload_n(from + j * stride - j, m);
  vstore_n(out + at, sum, m);
}

LN_INLINE void sliding_dct_of(float *restrict out, const float *row, float *restrict work, int64_t stride,
                              const float *basis, int size, float threshold, const float *mask, int64_t blocks) {
  FOR_VECTORS(blocks, sliding_dct_block(work, stride, row, basis, size, threshold, mask, at, m));
  const int64_t n = blocks + size - 1;
  FOR_VECTORS(n, sliding_dct_sum(out, work, stride, size, at, m));
}

static void sliding_dct(float *restrict out, const float *row, float *restrict work, int64_t stride, const float *basis,
                        int size, float threshold, const float *mask, int64_t blocks) {
#define OF(SIZE) \
  case SIZE: sliding_dct_of(out, row, work, stride, basis, SIZE, threshold, mask, blocks); break;
  switch (size) {
    OF(4) OF(6) OF(8) OF(12) OF(16)
    default: sliding_dct_of(out, row, work, stride, basis, size, threshold, mask, blocks);
  }
#undef OF
}
