/* See cycle_spinning.h. At level j = 1 .. J
 *
 *   a_j[n] = sum over m of low[m] a_(j-1)[n + 2^(j-1) m], d_j[n] the same with high,
 *   a_(j-1)[n] = 1/2 sum over m of low[m] a_j[n - 2^(j-1) m] + high[m] d_j[n - 2^(j-1) m]
 *
 * in each of two directions. So a_j and d_j must be known from -(taps - 1)(2^j - 1) on, that is where `reach` of j is,
 * for all pixels from 0 to be right; and the plane is needed as far as the reach of J before and behind its ends. */
#include "filter/cycle_spinning.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "kernels/kernels.h"

enum { ALONG, DOWN, BOTH, DETAILS };

typedef struct Spin {
  const LnWavelet *wavelet;
  const LnShrink *shrink;
  int64_t levels, height, width, reach;
  int64_t stride, floats;  /* of an array that has room for the reach on all sides */
  float *low, *next;       /* approximations, of this level and the next */
  float *details;          /* DETAILS arrays a level */
  float *rows[2];
} Spin;

static int64_t reach_of(const LnWavelet *wavelet, int64_t level) {
  return (wavelet->taps - 1) * ((1 << level) - 1);
}

/* Pixel (r, c) of an array. */
static float *at(const Spin *s, float *array, int64_t r, int64_t c) {
  return array + (s->reach + r) * s->stride + s->reach + c;
}

static float *details_of(const Spin *s, int64_t level, int part) {
  return s->details + ((level - 1) * DETAILS + part) * s->floats;
}

static void filter_along(float *low, float *high, const float *row, const LnWavelet *wavelet, int64_t step, int64_t n) {
  const float *shifted[LN_WAVELET_TAPS];
  for (int m = 0; m < wavelet->taps; m++) shifted[m] = row + m * step;
  ln_kernels()->sum_rows(low, shifted, wavelet->low, wavelet->taps, n);
  ln_kernels()->sum_rows(high, shifted, wavelet->high, wavelet->taps, n);
}

/* s->low becomes details and s->next, from -reach to reach - reach_of(level) beyond the plane. */
static void analyse(const Spin *s, int64_t level) {
  const LnWavelet *wavelet = s->wavelet;
  int64_t step = 1 << (level - 1), from = -s->reach, beyond = s->reach - reach_of(wavelet, level);
  int64_t n = s->width + beyond - from;
  const float *rows[LN_WAVELET_TAPS];
  for (int64_t r = from; r < s->height + beyond && !ln_interrupted(); r++) {
    for (int m = 0; m < wavelet->taps; m++) rows[m] = at(s, s->low, r + m * step, from);
    ln_kernels()->sum_rows(s->rows[0], rows, wavelet->low, wavelet->taps, n + (wavelet->taps - 1) * step);
    ln_kernels()->sum_rows(s->rows[1], rows, wavelet->high, wavelet->taps, n + (wavelet->taps - 1) * step);
    filter_along(at(s, s->next, r, from), at(s, details_of(s, level, ALONG), r, from), s->rows[0], wavelet, step, n);
    filter_along(at(s, details_of(s, level, DOWN), r, from), at(s, details_of(s, level, BOTH), r, from), s->rows[1],
                 wavelet, step, n);
  }
}

/* Half the sum of two arrays filtered, backwards: down the columns at row r, from column `from`, n numbers. */
static void down_inverse(const Spin *s, float *out, float *low, float *high, const float *weights, int64_t r,
                         int64_t step, int64_t from, int64_t n) {
  const float *rows[2 * LN_WAVELET_TAPS];
  int taps = s->wavelet->taps;
  for (int m = 0; m < taps; m++) {
    rows[m] = at(s, low, r - m * step, from);
    rows[taps + m] = at(s, high, r - m * step, from);
  }
  ln_kernels()->sum_rows(out, rows, weights, 2 * taps, n);
}

/* s->low of this level becomes s->next, that of the level below. */
static void synthesise(const Spin *s, int64_t level) {
  int taps = s->wavelet->taps;
  int64_t step = 1 << (level - 1), from = -reach_of(s->wavelet, level), begin = -reach_of(s->wavelet, level - 1);
  float weights[2 * LN_WAVELET_TAPS];
  for (int m = 0; m < taps; m++) weights[m] = s->wavelet->low[m] / 2, weights[taps + m] = s->wavelet->high[m] / 2;
  for (int64_t r = begin; r < s->height && !ln_interrupted(); r++) {
    const float *shifted[2 * LN_WAVELET_TAPS];
    down_inverse(s, s->rows[0], s->low, details_of(s, level, DOWN), weights, r, step, from, s->width - from);
    down_inverse(s, s->rows[1], details_of(s, level, ALONG), details_of(s, level, BOTH), weights, r, step, from,
                 s->width - from);
    for (int m = 0; m < taps; m++)
      shifted[m] = s->rows[0] + begin - from - m * step, shifted[taps + m] = s->rows[1] + begin - from - m * step;
    ln_kernels()->sum_rows(at(s, s->next, r, begin), shifted, weights, 2 * taps, s->width - begin);
  }
}

/* Shrinks the details of a level that the plane depends on. */
static LnStatus shrink_level(const Spin *s, int64_t level, LnError *err) {
  int64_t reach = reach_of(s->wavelet, level);
  for (int part = 0; part < DETAILS; part++) {
    LnSubband band = {at(s, details_of(s, level, part), -reach, -reach), s->height + reach, s->width + reach,
                      s->stride};
    double threshold;
    LN_TRY(ln_shrink_threshold(&threshold, s->shrink, &band, err));
    ln_shrink_apply(&band, threshold, s->shrink->hard);
  }
  return LN_OK;
}

static void exchange(Spin *s) {
  float *low = s->low;
  s->low = s->next, s->next = low;
}

static LnStatus denoise(Spin *s, float *y, const float *x, LnError *err) {
  for (int64_t r = -s->reach; r < s->height + s->reach; r++) {
    float *row = at(s, s->low, r, 0);
    memcpy(row, x + ln_edge_index(LN_EDGE_REFLECT, r, s->height) * s->width, (size_t)s->width * sizeof(float));
    ln_edge_fill(row, LN_EDGE_REFLECT, s->width, s->reach);
  }
  for (int64_t level = 1; level <= s->levels; level++) {
    analyse(s, level);
    LN_TRY(shrink_level(s, level, err));
    exchange(s);
  }
  for (int64_t level = s->levels; level > 0; level--) {
    synthesise(s, level);
    exchange(s);
  }
  for (int64_t r = 0; r < s->height; r++)
    memcpy(y + r * s->width, at(s, s->low, r, 0), (size_t)s->width * sizeof(float));
  return LN_OK;
}

LnStatus ln_cycle_spinning(float *y, const float *x, const LnShrink *shrink, const LnWavelet *wavelet, int64_t levels,
                           int64_t height, int64_t width, LnError *err) {
  Spin s = {.wavelet = wavelet, .shrink = shrink, .levels = levels, .height = height, .width = width,
            .reach = reach_of(wavelet, levels)};
  s.stride = width + 2 * s.reach;
  s.floats = (height + 2 * s.reach) * s.stride;
  size_t bytes = (size_t)((2 + DETAILS * levels) * s.floats + 2 * s.stride) * sizeof(float);
  float *memory = ln_alloc(bytes);
  if (memory == NULL) return ln_fail_memory(err, "wavelet", bytes);
  s.low = memory, s.next = s.low + s.floats, s.details = s.next + s.floats;
  s.rows[0] = s.details + DETAILS * levels * s.floats, s.rows[1] = s.rows[0] + s.stride;
  LnStatus status = denoise(&s, y, x, err);
  ln_free(memory);
  return status;
}
