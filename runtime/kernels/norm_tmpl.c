/* Channel statistics and channel-wise arithmetic, for normalisation; compiled once per instruction set.
 *
 * A vector of channels at a time; maps with few channels lie tight and are done one channel at a time. Rows are short, so
 * sums within one are kept in float32 and handed over in double. */

LN_INLINE void add_lanes(double *sums, vf v, int lanes) {
  float lane[LN_VL];
  vstore(lane, v);
  for (int i = 0; i < lanes; i++) sums[i] += (double)lane[i];
}

LN_INLINE int lanes_left(int channels, int c) {
  return channels - c < LN_VL ? channels - c : LN_VL;
}

static void moments(double *sum, double *squares, const float *x, int64_t n, int64_t step, int channels,
                    const float *centre) {
  for (int c = 0; step > 4 && c < channels; c += LN_VL) {
    vf middle = vload(centre + c), total = vset(0.0f), square = vset(0.0f);
    for (int64_t p = 0; p < n; p++) {
      vf d = vload(x + p * step + c) - middle;
      total += d;
      square += d * d;
    }
    if (sum != NULL) add_lanes(sum + c, total, lanes_left(channels, c));
    if (squares != NULL) add_lanes(squares + c, square, lanes_left(channels, c));
  }
  for (int c = 0; step <= 4 && c < channels; c++) {
    float total = 0.0f, square = 0.0f;
    for (int64_t p = 0; p < n; p++) {
      float d = x[p * step + c] - centre[c];
      total += d;
      square += d * d;
    }
    if (sum != NULL) sum[c] += (double)total;
    if (squares != NULL) squares[c] += (double)square;
  }
}

static void products(double *sum, double *with_x, const float *dy, const float *x, int64_t n, int64_t step, int channels,
                     const float *centre) {
  for (int c = 0; step > 4 && c < channels; c += LN_VL) {
    vf middle = vload(centre + c), total = vset(0.0f), product = vset(0.0f);
    for (int64_t p = 0; p < n; p++) {
      vf d = vload(dy + p * step + c);
      total += d;
      product += d * (vload(x + p * step + c) - middle);
    }
    add_lanes(sum + c, total, lanes_left(channels, c));
    add_lanes(with_x + c, product, lanes_left(channels, c));
  }
  for (int c = 0; step <= 4 && c < channels; c++) {
    float total = 0.0f, product = 0.0f;
    for (int64_t p = 0; p < n; p++) {
      total += dy[p * step + c];
      product += dy[p * step + c] * (x[p * step + c] - centre[c]);
    }
    sum[c] += (double)total;
    with_x[c] += (double)product;
  }
}

static void scale_shift(float *y, const float *x, int64_t n, int64_t step, int channels, const float *scale,
                        const float *shift, LnActivation activation, float slope) {
  for (int64_t p = 0; p < n; p++, x += step, y += step) {
    for (int c = 0; step > 4 && c < channels; c += LN_VL) vstore(y + c, vload(x + c) * vload(scale + c) + vload(shift + c));
    for (int c = 0; step <= 4 && c < channels; c++) y[c] = x[c] * scale[c] + shift[c];
  }
  if (activation != LN_ACT_LINEAR) activate(y - n * step, n * step, activation, slope);
}

static void mix(float *dx, const float *dy, const float *x, int64_t n, int64_t step, int channels, const float *a,
                const float *b, const float *shift) {
  for (int64_t p = 0; p < n; p++, x += step, dy += step, dx += step) {
    for (int c = 0; step > 4 && c < channels; c += LN_VL)
      vstore(dx + c, vload(dy + c) * vload(a + c) + vload(x + c) * vload(b + c) + vload(shift + c));
    for (int c = 0; step <= 4 && c < channels; c++) dx[c] = dy[c] * a[c] + x[c] * b[c] + shift[c];
  }
}
