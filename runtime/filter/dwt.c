/* See dwt.h. Columns are filtered as weighted sums of whole rows. Along a row, numbers of even and odd place are put
 * apart, and these rows of half the length are summed, each shifted: one kernel does everything, without strides. */
#include "filter/dwt.h"

#include <string.h>

#include "base/interrupt.h"
#include "filter/edge.h"
#include "kernels/kernels.h"

/* Half a row: numbers of even or odd place, with what lies beyond the ends. */
static int64_t half_row(const LnWavelet *wavelet, int64_t width) {
  return ln_dwt_length(wavelet, width) + wavelet->taps;
}

int64_t ln_dwt_room(const LnWavelet *wavelet, int64_t width) {
  return width + 2 * wavelet->taps + 2 * half_row(wavelet, width);
}

/* a, d: `width` numbers of the transform of a row. row: n of them, with room for `taps` on either side. */
static void along_row(float *a, float *d, float *row, const LnWavelet *wavelet, int64_t n, float *room) {
  const LnKernels *kernels = ln_kernels();
  int64_t taps = wavelet->taps, length = ln_dwt_length(wavelet, n), count = length + taps / 2 - 1;
  float *even = room, *odd = room + half_row(wavelet, n);
  const float *shifted[LN_WAVELET_TAPS], *first = row + 2 - taps;
  ln_edge_fill(row, LN_EDGE_REFLECT, n, taps - 1);
  for (int64_t i = 0; i < count; i++) even[i] = first[2 * i], odd[i] = first[2 * i + 1];
  for (int m = 0; m < taps; m++) shifted[m] = (m % 2 == 0 ? even : odd) + m / 2;
  kernels->sum_rows(a, shifted, wavelet->low, (int)taps, length);
  kernels->sum_rows(d, shifted, wavelet->high, (int)taps, length);
}

void ln_dwt(const LnDwt *out, const float *x, const LnWavelet *wavelet, int64_t height, int64_t width, float *room) {
  const LnKernels *kernels = ln_kernels();
  const float *rows[LN_WAVELET_TAPS];
  float *row = room + wavelet->taps, *halves = room + width + 2 * wavelet->taps;
  for (int64_t k = 0; k < out->height && !ln_interrupted(); k++) {
    for (int m = 0; m < wavelet->taps; m++)
      rows[m] = x + ln_edge_index(LN_EDGE_REFLECT, 2 * k + 2 - wavelet->taps + m, height) * width;
    int64_t at = k * out->width;
    kernels->sum_rows(row, rows, wavelet->low, wavelet->taps, width);
    along_row(out->part[LN_DWT_LOW] + at, out->part[LN_DWT_ALONG] + at, row, wavelet, width, halves);
    kernels->sum_rows(row, rows, wavelet->high, wavelet->taps, width);
    along_row(out->part[LN_DWT_DOWN] + at, out->part[LN_DWT_BOTH] + at, row, wavelet, width, halves);
  }
}

/* Weights of those a[s + t] and d[s + t], t = 0 .. taps/2 - 1, that make up x[2 s + odd]. */
static void inverse_weights(float *weights, const LnWavelet *wavelet, int odd) {
  int half = wavelet->taps / 2;
  for (int t = 0; t < half; t++) {
    weights[t] = wavelet->low[wavelet->taps - 2 - 2 * t + odd];
    weights[half + t] = wavelet->high[wavelet->taps - 2 - 2 * t + odd];
  }
}

typedef struct Inverse {
  int taps;
  float weights[2][LN_WAVELET_TAPS];
} Inverse;

/* out = one row of the columns' inverse. a, d: low and high passed down the columns. */
static void down_inverse(float *out, const float *a, const float *d, const Inverse *inverse, int64_t row,
                         int64_t width) {
  const float *rows[LN_WAVELET_TAPS];
  for (int t = 0; t < inverse->taps / 2; t++) {
    rows[t] = a + (row / 2 + t) * width;
    rows[inverse->taps / 2 + t] = d + (row / 2 + t) * width;
  }
  ln_kernels()->sum_rows(out, rows, inverse->weights[row % 2], inverse->taps, width);
}

static void along_inverse(float *out, const float *a, const float *d, const Inverse *inverse, int64_t n, float *room) {
  const LnKernels *kernels = ln_kernels();
  const float *shifted[LN_WAVELET_TAPS];
  float *even = room, *odd = room + (n + 1) / 2;
  for (int t = 0; t < inverse->taps / 2; t++) shifted[t] = a + t, shifted[inverse->taps / 2 + t] = d + t;
  kernels->sum_rows(even, shifted, inverse->weights[0], inverse->taps, (n + 1) / 2);
  if (n > 1) kernels->sum_rows(odd, shifted, inverse->weights[1], inverse->taps, n / 2);
  for (int64_t i = 0; i < n / 2; i++) out[2 * i] = even[i], out[2 * i + 1] = odd[i];
  if (n % 2 == 1) out[n - 1] = even[n / 2];
}

void ln_dwt_inverse(float *x, const LnDwt *in, const LnWavelet *wavelet, int64_t height, int64_t width, float *room) {
  Inverse inverse = {.taps = wavelet->taps};
  for (int odd = 0; odd < 2; odd++) inverse_weights(inverse.weights[odd], wavelet, odd);
  float *a = room, *d = a + in->width, *halves = d + in->width;
  for (int64_t row = 0; row < height && !ln_interrupted(); row++) {
    down_inverse(a, in->part[LN_DWT_LOW], in->part[LN_DWT_DOWN], &inverse, row, in->width);
    down_inverse(d, in->part[LN_DWT_ALONG], in->part[LN_DWT_BOTH], &inverse, row, in->width);
    along_inverse(x + row * width, a, d, &inverse, width, halves);
  }
}
