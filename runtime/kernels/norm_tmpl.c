/* Channel statistics and channel-wise arithmetic, for normalisation; compiled once per instruction set.
 *
 * A vector of channels at a time. Maps with few channels lie tight (step = channels): there `channels` vectors hold
 * LN_VL whole pixels, and numbers by channel are repeated like them. Rows are short, so sums within one are kept in
 * float32 and handed over in double. */

/* Several pixels at a time hide the latency of an addition. */
enum { NORM_PIXELS = 4 };

LN_INLINE void add_lanes(double *sums, vf v, int lanes) {
  float lane[LN_VL];
  vstore(lane, v);
  for (int i = 0; i < lanes; i++) sums[i] += (double)lane[i];
}

LN_INLINE int lanes_left(int channels, int c) {
  return channels - c < LN_VL ? channels - c : LN_VL;
}

LN_INLINE void repeat_few(vf out[4], const float *numbers, int channels) {
  float lane[4 * LN_VL] = {0};
  for (int i = 0; i < channels; i++) lane[i] = numbers[i];
  for (int i = channels; i < channels * LN_VL; i++) lane[i] = lane[i - channels];
  for (int v = 0; v < channels; v++) out[v] = vload(lane + v * LN_VL);
}

/* The way back: what was summed by lane is added up by channel. */
LN_INLINE void add_lanes_few(double *sums, const vf acc[4], int channels) {
  float lane[4 * LN_VL] = {0};
  for (int v = 0; v < channels; v++) vstore(lane + v * LN_VL, acc[v]);
  for (int c = 0; c < channels; c++) {
    float sum = 0.0f;
    for (int i = c; i < channels * LN_VL; i += channels) sum += lane[i];
    sums[c] += (double)sum;
  }
}

LN_INLINE void clear_vectors(vf *v, int n) {
  for (int i = 0; i < n; i++) v[i] = vset(0.0f);
}

LN_INLINE vf total_of(const vf v[NORM_PIXELS]) {
  return (v[0] + v[1]) + (v[2] + v[3]);
}

/* ---- Sums of x and of its square, around a centre ---- */

LN_INLINE void moments_step(vf *total, vf *square, const float *x, vf centre) {
  vf apart = vload(x) - centre;
  *total += apart;
  *square += apart * apart;
}

LN_INLINE void moments_few(double *sum, double *squares, const float *x, int64_t n, int channels, const float *centre) {
  vf middle[4], total[4], square[4];
  repeat_few(middle, centre, channels);
  clear_vectors(total, 4), clear_vectors(square, 4);
  for (; n >= LN_VL; n -= LN_VL)
    for (int v = 0; v < channels; v++, x += LN_VL) moments_step(&total[v], &square[v], x, middle[v]);
  if (sum != NULL) add_lanes_few(sum, total, channels);
  if (squares != NULL) add_lanes_few(squares, square, channels);
  for (; n > 0; n--, x += channels)
    for (int c = 0; c < channels; c++) {
      float apart = x[c] - centre[c];
      if (sum != NULL) sum[c] += (double)apart;
      if (squares != NULL) squares[c] += (double)(apart * apart);
    }
}

static void moments(double *sum, double *squares, const float *x, int64_t n, int64_t step, int channels,
                    const float *centre) {
  if (step <= 4) {
    WITH_CHANNELS(channels, moments_few(sum, squares, x, n, CHANNELS, centre));
    return;
  }
  for (int c = 0; c < channels; c += LN_VL) {
    vf middle = vload(centre + c), total[NORM_PIXELS], square[NORM_PIXELS];
    clear_vectors(total, NORM_PIXELS), clear_vectors(square, NORM_PIXELS);
    int64_t p = 0;
    for (; p + NORM_PIXELS <= n; p += NORM_PIXELS)
      for (int k = 0; k < NORM_PIXELS; k++) moments_step(&total[k], &square[k], x + (p + k) * step + c, middle);
    for (; p < n; p++) moments_step(&total[0], &square[0], x + p * step + c, middle);
    if (sum != NULL) add_lanes(sum + c, total_of(total), lanes_left(channels, c));
    if (squares != NULL) add_lanes(squares + c, total_of(square), lanes_left(channels, c));
  }
}

/* ---- Sums of dy, and of dy times x around a centre ---- */

LN_INLINE void products_step(vf *total, vf *product, const float *dy, const float *x, vf centre) {
  vf gradient = vload(dy);
  *total += gradient;
  *product += gradient * (vload(x) - centre);
}

LN_INLINE void products_few(double *sum, double *with_x, const float *dy, const float *x, int64_t n, int channels,
                            const float *centre) {
  vf middle[4], total[4], product[4];
  repeat_few(middle, centre, channels);
  clear_vectors(total, 4), clear_vectors(product, 4);
  for (; n >= LN_VL; n -= LN_VL)
    for (int v = 0; v < channels; v++, x += LN_VL, dy += LN_VL)
      products_step(&total[v], &product[v], dy, x, middle[v]);
  add_lanes_few(sum, total, channels);
  add_lanes_few(with_x, product, channels);
  for (; n > 0; n--, x += channels, dy += channels)
    for (int c = 0; c < channels; c++) {
      sum[c] += (double)dy[c];
      with_x[c] += (double)(dy[c] * (x[c] - centre[c]));
    }
}

static void products(double *sum, double *with_x, const float *dy, const float *x, int64_t n, int64_t step,
                     int channels, const float *centre) {
  if (step <= 4) {
    WITH_CHANNELS(channels, products_few(sum, with_x, dy, x, n, CHANNELS, centre));
    return;
  }
  for (int c = 0; c < channels; c += LN_VL) {
    vf middle = vload(centre + c), total[NORM_PIXELS], product[NORM_PIXELS];
    clear_vectors(total, NORM_PIXELS), clear_vectors(product, NORM_PIXELS);
    int64_t p = 0;
    for (; p + NORM_PIXELS <= n; p += NORM_PIXELS)
      for (int k = 0; k < NORM_PIXELS; k++)
        products_step(&total[k], &product[k], dy + (p + k) * step + c, x + (p + k) * step + c, middle);
    for (; p < n; p++) products_step(&total[0], &product[0], dy + p * step + c, x + p * step + c, middle);
    add_lanes(sum + c, total_of(total), lanes_left(channels, c));
    add_lanes(with_x + c, total_of(product), lanes_left(channels, c));
  }
}

/* ---- Arithmetic ---- */

LN_INLINE void scale_shift_few(float *y, const float *x, int64_t n, int channels, const float *scale,
                               const float *shift) {
  vf factor[4], term[4];
  repeat_few(factor, scale, channels), repeat_few(term, shift, channels);
  for (; n >= LN_VL; n -= LN_VL)
    for (int v = 0; v < channels; v++, x += LN_VL, y += LN_VL) vstore(y, vload(x) * factor[v] + term[v]);
  for (; n > 0; n--, x += channels, y += channels)
    for (int c = 0; c < channels; c++) y[c] = x[c] * scale[c] + shift[c];
}

LN_INLINE void scale_shift_vectors(float *y, const float *x, int64_t n, int64_t step, int channels, const float *scale,
                                   const float *shift, const bool relu) {
  for (int64_t p = 0; p < n; p++, x += step, y += step)
    for (int c = 0; c < channels; c += LN_VL) {
      vf value = vload(x + c) * vload(scale + c) + vload(shift + c);
      vstore(y + c, relu ? vrelu(value) : value);
    }
}

static void scale_shift(float *y, const float *x, int64_t n, int64_t step, int channels, const float *scale,
                        const float *shift, LnActivation activation) {
  if (step > 4 && activation.code == LN_ACT_relu) {
    scale_shift_vectors(y, x, n, step, channels, scale, shift, true);
    return;
  }
  if (step <= 4) WITH_CHANNELS(channels, scale_shift_few(y, x, n, CHANNELS, scale, shift));
  else scale_shift_vectors(y, x, n, step, channels, scale, shift, false);
  activate(y, n * step, activation);
}

LN_INLINE void mix_few(float *dx, const float *dy, const float *x, int64_t n, int channels, const float *a,
                       const float *b, const float *shift) {
  vf factor[4], slope[4], term[4];
  repeat_few(factor, a, channels), repeat_few(slope, b, channels), repeat_few(term, shift, channels);
  for (; n >= LN_VL; n -= LN_VL)
    for (int v = 0; v < channels; v++, dx += LN_VL, dy += LN_VL, x += LN_VL)
      vstore(dx, vload(dy) * factor[v] + vload(x) * slope[v] + term[v]);
  for (; n > 0; n--, dx += channels, dy += channels, x += channels)
    for (int c = 0; c < channels; c++) dx[c] = dy[c] * a[c] + x[c] * b[c] + shift[c];
}

static void mix(float *dx, const float *dy, const float *x, int64_t n, int64_t step, int channels, const float *a,
                const float *b, const float *shift) {
  if (step <= 4) WITH_CHANNELS(channels, mix_few(dx, dy, x, n, CHANNELS, a, b, shift));
  for (int64_t p = 0; step > 4 && p < n; p++, dx += step, dy += step, x += step)
    for (int c = 0; c < channels; c += LN_VL)
      vstore(dx + c, vload(dy + c) * vload(a + c) + vload(x + c) * vload(b + c) + vload(shift + c));
}

/* ---- Every pixel by itself, over its channels ----
 *
 * Eight pixels at a time, so that the sums over their lanes are worked out together. */

enum { BLOCK_PIXELS = 8 };

typedef struct PixelBlock {
  const float *x[BLOCK_PIXELS]; /* beyond the last pixel of a row: that one again */
  int count;
  int channels;
  vf inside; /* where the last vector of a pixel has channels: 1, else 0 */
  float mean[BLOCK_PIXELS], inverse_sd[BLOCK_PIXELS];
} PixelBlock;

LN_INLINE vf lanes_inside(int channels) {
  float lane[LN_VL];
  for (int i = 0; i < LN_VL; i++) lane[i] = i < (channels - 1) % LN_VL + 1 ? 1.0f : 0.0f;
  return vload(lane);
}

LN_INLINE vf channels_at(const float *x, int channels, int c) {
  return vload_part(x + c, lanes_left(channels, c));
}

/* x - mean; zero in the lanes beside the channels. */
LN_INLINE vf apart_at(const PixelBlock *b, int k, int c) {
  vf apart = channels_at(b->x[k], b->channels, c) - b->mean[k];
  return c + LN_VL > b->channels ? apart * b->inside : apart;
}

LN_INLINE void block_means(float mean[BLOCK_PIXELS], const vf totals[BLOCK_PIXELS], int channels) {
  vsum_8(mean, totals);
  for (int k = 0; k < BLOCK_PIXELS; k++) mean[k] /= (float)channels;
}

LN_INLINE void block_moments(PixelBlock *b, float eps) {
  vf total[BLOCK_PIXELS];
  float variance[BLOCK_PIXELS];
  clear_vectors(total, BLOCK_PIXELS);
  for (int k = 0; k < BLOCK_PIXELS; k++)
    for (int c = 0; c < b->channels; c += LN_VL) total[k] += channels_at(b->x[k], b->channels, c);
  block_means(b->mean, total, b->channels);
  clear_vectors(total, BLOCK_PIXELS);
  for (int k = 0; k < BLOCK_PIXELS; k++)
    for (int c = 0; c < b->channels; c += LN_VL) {
      vf apart = apart_at(b, k, c);
      total[k] += apart * apart;
    }
  block_means(variance, total, b->channels);
  for (int k = 0; k < BLOCK_PIXELS; k++) b->inverse_sd[k] = 1.0f / __builtin_sqrtf(variance[k] + eps);
}

LN_INLINE void place_block(PixelBlock *b, const float *x, int64_t p, int64_t n, int64_t step) {
  b->count = n - p < BLOCK_PIXELS ? (int)(n - p) : BLOCK_PIXELS;
  for (int k = 0; k < BLOCK_PIXELS; k++) b->x[k] = x + (p + (k < b->count ? k : b->count - 1)) * step;
}

static void normalise_pixels(float *y, const float *x, int64_t n, int64_t step, int channels, float eps) {
  PixelBlock b = {.channels = channels, .inside = lanes_inside(channels)};
  for (int64_t p = 0; p < n; p += BLOCK_PIXELS) {
    place_block(&b, x, p, n, step);
    block_moments(&b, eps);
    for (int k = 0; k < b.count; k++)
      for (int c = 0; c < channels; c += LN_VL)
        vstore_part(y + (p + k) * step + c, (channels_at(b.x[k], channels, c) - b.mean[k]) * b.inverse_sd[k],
                    lanes_left(channels, c));
  }
}

/* The means of dy, and of dy times x - mean. */
LN_INLINE void block_products(float mean[BLOCK_PIXELS], float product[BLOCK_PIXELS], const PixelBlock *b,
                              const float *const dy[BLOCK_PIXELS]) {
  vf total[BLOCK_PIXELS], with_x[BLOCK_PIXELS];
  clear_vectors(total, BLOCK_PIXELS), clear_vectors(with_x, BLOCK_PIXELS);
  for (int k = 0; k < BLOCK_PIXELS; k++)
    for (int c = 0; c < b->channels; c += LN_VL) {
      vf gradient = channels_at(dy[k], b->channels, c);
      total[k] += gradient;
      with_x[k] += gradient * apart_at(b, k, c);
    }
  block_means(mean, total, b->channels);
  block_means(product, with_x, b->channels);
}

static void normalise_pixels_grad(float *dx, const float *dy, const float *x, int64_t n, int64_t step, int channels,
                                  float eps) {
  PixelBlock b = {.channels = channels, .inside = lanes_inside(channels)}, gradients = b;
  float mean[BLOCK_PIXELS], product[BLOCK_PIXELS];
  for (int64_t p = 0; p < n; p += BLOCK_PIXELS) {
    place_block(&b, x, p, n, step);
    place_block(&gradients, dy, p, n, step);
    block_moments(&b, eps);
    block_products(mean, product, &b, gradients.x);
    for (int k = 0; k < b.count; k++) {
      float slope = product[k] * b.inverse_sd[k] * b.inverse_sd[k];
      for (int c = 0; c < channels; c += LN_VL) {
        vf apart = channels_at(b.x[k], channels, c) - b.mean[k];
        vf value = (channels_at(gradients.x[k], channels, c) - mean[k] - apart * slope) * b.inverse_sd[k];
        vstore_part(dx + (p + k) * step + c, value, lanes_left(channels, c));
      }
    }
  }
}
