/* Structural similarity of windows: see ssim_windows.h. The formula is in ssim.c.
 *
 * Only four windowed means are needed, those of s, s^2, d, d^2 with s = x + y and d = x - y:
 * 4 m_x m_y = m_s^2 - m_d^2, 2 (m_x^2 + m_y^2) = m_s^2 + m_d^2, and the same with variances for c_xy and v_x + v_y.
 * Both kinds of window are separable: rows are summed down a window first, then along it. Uniform windows slide down:
 * the row that enters is added, the one that leaves is taken away; but not what was rounded when it was added, which
 * would be seen next to pixels far outside the data range: images with such are summed anew for every row. In double,
 * because v is a small difference of large numbers, divided by C2 of the order of 1e-3. */
#include "metric/ssim_windows.h"

#include <string.h>

#include "base/finite.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "metric/mask.h"

enum { BLOCK = 8 };

/* A multiple of what the kernels work on at a time. */
static int64_t whole_blocks(int64_t n) {
  return (n + BLOCK - 1) / BLOCK * BLOCK;
}

/* Rows of sums are followed by those of values, then by the ring. */
LnStatus ln_ssim_windows_new(LnSsimWindows *w, const LnSsimPlan *plan, double range, const float *x, const float *y,
                             int64_t n, int64_t width, const char *name, LnError *err) {
  float most = (float)(1e4 * range);
  int64_t window = plan->window;
  *w = (LnSsimWindows){.plan = plan, .width = width};
  w->slides = plan->uniform && ln_all_within(x, n, most) && ln_all_within(y, n, most);
  w->stride = whole_blocks(whole_blocks(width - window + 1) + window - 1);
  int64_t rows = w->slides ? 0 : window, row = LN_SSIM_MOMENTS * w->stride;
  size_t size = (size_t)(row + w->stride + rows * row) * sizeof(double);
  w->sums = ln_calloc(1, size);
  if (w->sums == NULL) return ln_fail_memory(err, name, size);
  w->values = w->sums + row;
  for (int64_t k = 0; k < rows; k++) w->ring[k] = w->values + w->stride + k * row;
  return LN_OK;
}

void ln_ssim_windows_free(LnSsimWindows *w) {
  ln_free(w->sums);
}

/* Sums down uniform windows whose last row is `row`; called for every row in turn. */
static void slide(LnSsimWindows *w, const float *x, const float *y, int64_t row) {
  int64_t at = row * w->width, old = at - w->plan->window * w->width;
  bool leaves = old >= 0;
  ln_kernels()->ssim_slide(w->sums, w->stride, x + at, y + at, leaves ? x + old : NULL, leaves ? y + old : NULL,
                           w->width);
}

/* The same for other windows: the row's moments take the place of the oldest in the ring. */
static void sum_ring(LnSsimWindows *w, const float *x, const float *y, int64_t row) {
  const LnKernels *kernels = ln_kernels();
  int64_t window = w->plan->window;
  double *entered = w->ring[0];
  for (int64_t k = 1; k < window; k++) w->ring[k - 1] = w->ring[k];
  w->ring[window - 1] = entered;
  kernels->ssim_moments(entered, w->stride, x + row * w->width, y + row * w->width, w->width);
  if (row + 1 < window) return;
  kernels->sum_rows_double(w->sums, (const double *const *)w->ring, w->plan->down, (int)window,
                           LN_SSIM_MOMENTS * w->stride);
}

/* The next row of pixels; whether a row of windows ends there, whose sums are there then. */
static bool enter(LnSsimWindows *w, const float *x, const float *y, int64_t row) {
  if (row == 0) memset(w->sums, 0, (size_t)(LN_SSIM_MOMENTS * w->stride) * sizeof(double));
  (w->slides ? slide : sum_ring)(w, x, y, row);
  return row + 1 >= w->plan->window;
}

static double sum_values(const LnSsimWindows *w) {
  const LnSsimPlan *plan = w->plan;
  return ln_kernels()->ssim_row(w->sums, w->stride, plan->along, (int)plan->window, plan->c1, plan->c2,
                                plan->correction, w->width - plan->window + 1);
}

static void take_values(const LnSsimWindows *w) {
  const LnSsimPlan *plan = w->plan;
  ln_kernels()->ssim_values(w->values, w->sums, w->stride, plan->along, (int)plan->window, plan->c1, plan->c2,
                            plan->correction, w->width - plan->window + 1);
}

/* mask: of the centres of the row. */
static double sum_masked(const LnSsimWindows *w, const float *mask) {
  double sum = 0;
  take_values(w);
  for (int64_t c = 0; c < w->width - w->plan->window + 1; c++) sum += mask[c] != 0 ? w->values[c] : 0;
  return sum;
}

double ln_ssim_windows_mean(LnSsimWindows *w, const float *x, const float *y, const float *mask, int64_t height) {
  int64_t window = w->plan->window, half = window / 2;
  double sum = 0, count = (double)(w->width - window + 1) * (double)(height - window + 1);
  if (mask != NULL) count = (double)ln_mask_count(mask, height, w->width, half);
  for (int64_t row = 0; row < height && !ln_interrupted(); row++)
    if (enter(w, x, y, row))
      sum += mask == NULL ? sum_values(w) : sum_masked(w, mask + (row - half) * w->width + half);
  return sum / count;
}

void ln_ssim_windows_map(LnSsimWindows *w, float *map, const float *x, const float *y, int64_t height) {
  int64_t columns = w->width - w->plan->window + 1;
  for (int64_t row = 0; row < height && !ln_interrupted(); row++) {
    if (!enter(w, x, y, row)) continue;
    take_values(w);
    for (int64_t c = 0; c < columns; c++) *map++ = (float)w->values[c];
  }
}
