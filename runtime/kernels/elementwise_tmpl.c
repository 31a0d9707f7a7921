/* Sums and pooling, compiled once per instruction set. */

static void add(float *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

static void add_scaled(float *y, const float *x, float factor, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

/* Four sums at a time hide the latency of an addition. */
static float dot(const float *x, const float *y, int64_t n) {
  vf sums[4] = {vset(0.0f), vset(0.0f), vset(0.0f), vset(0.0f)};
  int64_t i = 0;
  for (; i + 4 * LN_VL <= n; i += 4 * LN_VL)
    for (int k = 0; k < 4; k++) sums[k] += vload(x + i + k * LN_VL) * vload(y + i + k * LN_VL);
  for (; i < n; i += LN_VL) sums[0] += vload_part(x + i, n - i) * vload_part(y + i, n - i);
  return vsum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/* Four pixels at a time hide the latency of an addition. */
LN_INLINE vf sum_vector(const float *x, int64_t n, int64_t step) {
  vf acc[4] = {vset(0.0f), vset(0.0f), vset(0.0f), vset(0.0f)};
  int64_t p = 0;
  for (; p + 4 <= n; p += 4)
    for (int k = 0; k < 4; k++) acc[k] += vload(x + (p + k) * step);
  for (; p < n; p++) acc[0] += vload(x + p * step);
  return (acc[0] + acc[1]) + (acc[2] + acc[3]);
}

/* CALL with CHANNELS as a constant, so that what is held by channel stays in registers. Maps of few channels lie tight:
 * a pixel's step is their number. */
#define WITH_CHANNELS(channels, CALL)                 \
  do {                                                \
    switch (channels) {                               \
      case 1: { enum { CHANNELS = 1 }; CALL; break; } \
      case 2: { enum { CHANNELS = 2 }; CALL; break; } \
      case 3: { enum { CHANNELS = 3 }; CALL; break; } \
      default: { enum { CHANNELS = 4 }; CALL; }       \
    }                                                 \
  } while (0)

LN_INLINE void sum_pixels_few(float *sums, const float *x, int64_t n, const int channels) {
  for (int c = 0; c < channels; c++) {
    float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
    for (int64_t p = 0; p < n; p++) sum += x[p * channels + c];
    sums[c] += sum;
  }
}

static void sum_pixels(float *sums, const float *x, int64_t n, int64_t step, int channels) {
  if (step <= 4) {
    WITH_CHANNELS(channels, sum_pixels_few(sums, x, n, CHANNELS));
    return;
  }
  for (int c = 0; c < channels; c += LN_VL)
    vstore_part(sums + c, vload_part(sums + c, channels - c) + sum_vector(x + c, n, step), channels - c);
}

LN_INLINE void max_pool_vector(float *y, uint8_t *argmax, const float *x, int64_t x_step, int64_t x_row,
                               const int64_t size[2]) {
  vf best = vload(x);
  vi place = (vi){};
  for (int64_t r = 0; r < size[0]; r++) {
    for (int64_t c = 0; c < size[1]; c++) {
      vf value = vload(x + r * x_row + c * x_step);
      vi larger = (value > best) | (value != value); /* NaN stays */
      best = vselect(larger, value, best);
      place = (((vi){} + (int32_t)(r * size[1] + c)) & larger) | (place & ~larger);
    }
  }
  vstore(y, best);
  vstore_bytes(argmax, place);
}

/* CALL with the window's size as constants where it is the usual one, so that its loops are unrolled. */
#define WITH_WINDOW(size, CALL)                                  \
  do {                                                           \
    if ((size)[0] == 2 && (size)[1] == 2) {                      \
      enum { ROWS = 2, COLUMNS = 2 };                            \
      CALL;                                                      \
    } else {                                                     \
      const int ROWS = (int)(size)[0], COLUMNS = (int)(size)[1]; \
      CALL;                                                      \
    }                                                            \
  } while (0)

/* Rows of maps of few channels. */
LN_INLINE void max_pool_few(float *restrict y, uint8_t *restrict argmax, int channels, int width,
                            const float *restrict x, int64_t x_row, int rows, int columns, int64_t stride) {
  for (int p = 0; p < width; p++, x += (stride - 1) * channels)
    for (int c = 0; c < channels; c++, x++) {
      float best = *x;
      int place = 0;
      for (int r = 0; r < rows; r++)
        for (int s = 0; s < columns; s++) {
          float value = x[r * x_row + s * channels];
          bool larger = value > best || value != value;
          place = larger ? r * columns + s : place;
          best = larger ? value : best;
        }
      *y++ = best;
      *argmax++ = (uint8_t)place;
    }
}

static void max_pool_row(float *y, int64_t y_step, uint8_t *argmax, int channels, int width, const float *x,
                         int64_t x_step, int64_t x_row, const int64_t size[2], int64_t stride) {
  if (channels <= 4) {
    WITH_WINDOW(size, max_pool_few(y, argmax, channels, width, x, x_row, ROWS, COLUMNS, stride));
    return;
  }
  for (int p = 0; p < width; p++, y += y_step, argmax += y_step, x += x_step * stride)
    for (int c = 0; c < channels; c += LN_VL) max_pool_vector(y + c, argmax + c, x + c, x_step, x_row, size);
}

LN_INLINE void max_unpool_few(float *restrict dx, int64_t x_row, const float *restrict dy,
                              const uint8_t *restrict argmax, int channels, int width, int rows, int columns) {
  for (int p = 0; p < width; p++, dx += (columns - 1) * channels)
    for (int c = 0; c < channels; c++, dx++, dy++, argmax++)
      for (int r = 0; r < rows; r++)
        for (int s = 0; s < columns; s++) dx[r * x_row + s * channels] = *argmax == r * columns + s ? *dy : 0.0f;
}

static void max_unpool_row(float *dx, int64_t x_step, int64_t x_row, const float *dy, int64_t y_step,
                           const uint8_t *argmax, int channels, int width, const int64_t size[2]) {
  if (channels <= 4) {
    WITH_WINDOW(size, max_unpool_few(dx, x_row, dy, argmax, channels, width, ROWS, COLUMNS));
    return;
  }
  for (int p = 0; p < width; p++, dy += y_step, argmax += y_step, dx += size[1] * x_step) {
    for (int64_t r = 0; r < size[0]; r++) {
      for (int64_t s = 0; s < size[1]; s++) {
        float *place = dx + r * x_row + s * x_step;
        int32_t here = (int32_t)(r * size[1] + s);
        for (int c = 0; c < channels; c += LN_VL)
          vstore(place + c, vselect(vload_bytes(argmax + c) == (vi){} + here, vload(dy + c), vset(0.0f)));
      }
    }
  }
}

LN_INLINE void avg_pool_vector(float *y, const float *x, int64_t x_step, int64_t x_row, const int64_t size[2],
                               float share) {
  vf sum = vset(0.0f);
  for (int64_t r = 0; r < size[0]; r++)
    for (int64_t c = 0; c < size[1]; c++) sum += vload(x + r * x_row + c * x_step);
  vstore(y, sum * share);
}

LN_INLINE void avg_pool_few(float *restrict y, int channels, int width, const float *restrict x, int64_t x_row,
                            int rows, int columns, int64_t stride) {
  float share = 1.0f / (float)(rows * columns);
  for (int p = 0; p < width; p++, x += (stride - 1) * channels)
    for (int c = 0; c < channels; c++, x++) {
      float sum = 0.0f;
      for (int r = 0; r < rows; r++)
        for (int s = 0; s < columns; s++) sum += x[r * x_row + s * channels];
      *y++ = sum * share;
    }
}

static void avg_pool_row(float *y, int64_t y_step, int channels, int width, const float *x, int64_t x_step,
                         int64_t x_row, const int64_t size[2], int64_t stride) {
  if (channels <= 4) {
    WITH_WINDOW(size, avg_pool_few(y, channels, width, x, x_row, ROWS, COLUMNS, stride));
    return;
  }
  float share = 1.0f / (float)(size[0] * size[1]);
  for (int p = 0; p < width; p++, y += y_step, x += x_step * stride)
    for (int c = 0; c < channels; c += LN_VL) avg_pool_vector(y + c, x + c, x_step, x_row, size, share);
}

LN_INLINE void avg_unpool_few(float *restrict dx, int64_t x_row, const float *restrict dy, int channels, int width,
                              int rows, int columns, int64_t stride) {
  float share = 1.0f / (float)(rows * columns);
  for (int p = 0; p < width; p++, dx += (stride - 1) * channels)
    for (int c = 0; c < channels; c++, dx++, dy++)
      for (int r = 0; r < rows; r++)
        for (int s = 0; s < columns; s++) dx[r * x_row + s * channels] += *dy * share;
}

static void avg_unpool_row(float *dx, int64_t x_step, int64_t x_row, const float *dy, int64_t y_step, int channels,
                           int width, const int64_t size[2], int64_t stride) {
  if (channels <= 4) {
    WITH_WINDOW(size, avg_unpool_few(dx, x_row, dy, channels, width, ROWS, COLUMNS, stride));
    return;
  }
  float share = 1.0f / (float)(size[0] * size[1]);
  for (int p = 0; p < width; p++, dy += y_step, dx += x_step * stride) {
    for (int64_t r = 0; r < size[0]; r++) {
      for (int64_t s = 0; s < size[1]; s++) {
        float *place = dx + r * x_row + s * x_step;
        for (int c = 0; c < channels; c += LN_VL) vstore(place + c, vload(place + c) + vload(dy + c) * share);
      }
    }
  }
}

static void stream_line(void *to, const void *from) {
  for (int i = 0; i < LN_STREAM_LINE; i += LN_VL * 4)
    vstream((float *)(void *)((char *)to + i), vload((const float *)(const void *)((const char *)from + i)));
}

static void stream_end(void) {
  vstream_end();
}

/* Ten independent chains hide the latency of every processor at hand, and leave registers for the two constants. The
 * arithmetic is a recurrence, so nothing of it can be skipped. */
static double fma_peak(int64_t rounds, float *result) {
  vf a = vset(0.0f), b = vset(1.0f), c = vset(2.0f), d = vset(3.0f), e = vset(4.0f), f = vset(5.0f), g = vset(6.0f);
  vf h = vset(7.0f), k = vset(8.0f), l = vset(9.0f), factor = vset(0.999f), term = vset(1e-3f);
  for (int64_t i = 0; i < rounds * 1000000; i++) {
    a = a * factor + term, b = b * factor + term, c = c * factor + term, d = d * factor + term, e = e * factor + term;
    f = f * factor + term, g = g * factor + term, h = h * factor + term, k = k * factor + term, l = l * factor + term;
  }
  *result = vsum(a + b + c + d + e + f + g + h + k + l);
  return 2.0 * 10 * LN_VL * 1e6 * (double)rounds;
}
