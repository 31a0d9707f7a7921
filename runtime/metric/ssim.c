/* Structural similarity.
 *
 * Per window, with the means m, variances v and covariance c of the image x and the reference y:
 *
 *   SSIM = (2 m_x m_y + C1) (2 c_xy + C2) / ((m_x^2 + m_y^2 + C1) (v_x + v_y + C2)),
 *   C1 = (k1 range)^2, C2 = (k2 range)^2
 *
 * averaged over the windows that lie wholly inside the image (scikit-image crops its map to those).
 *
 * Only four windowed means are needed, those of s, s^2, d, d^2 with s = x + y and d = x - y:
 * 4 m_x m_y = m_s^2 - m_d^2, 2 (m_x^2 + m_y^2) = m_s^2 + m_d^2, and the same with variances for c_xy and v_x + v_y.
 * Both kinds of window are separable: rows are summed down a window first, then along it. Uniform windows slide down:
 * the row that enters is added, the one that leaves is taken away; but not what was rounded when it was added, which
 * would be seen next to pixels far outside the data range: images with such are summed anew for every row. In double,
 * because v is a small difference of large numbers, divided by C2 of the order of 1e-3.
 *
 * Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
 * IEEE Trans. Image Processing 13(4), 2004. */
#include <string.h>

#include "base/finite.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "metric/metric.h"
#include "metric/ssim_plan.h"

enum { BLOCK = 8 };

/* Working memory of one image. Rows of moments hold s, d, s^2 and d^2, `stride` apart. */
typedef struct Work {
  bool slides;              /* sums in uniform windows, not those of images with pixels far outside the data range */
  int64_t stride;
  double *sums;             /* down the windows of a row */
  double *ring[LN_SSIM_MAX_WINDOW]; /* moments of the last `window` rows, oldest first; none if windows slide */
} Work;

/* A multiple of what the kernels work on at a time. */
static int64_t whole_blocks(int64_t n) {
  return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static bool make_work(Work *work, const LnSsimPlan *plan, int64_t width) {
  int64_t window = plan->window, rows = work->slides ? 1 : window + 1;
  work->stride = whole_blocks(whole_blocks(width - window + 1) + window - 1);
  int64_t row = LN_SSIM_MOMENTS * work->stride;
  work->sums = ln_calloc((size_t)(rows * row), sizeof(double));
  if (work->sums == NULL) return false;
  for (int64_t k = 0; k + 1 < rows; k++) work->ring[k] = work->sums + (k + 1) * row;
  return true;
}

/* Sums down uniform windows whose last row is `row`; called for every row in turn. */
static void slide(Work *work, const LnSsimPlan *plan, const float *x, const float *y, int64_t row, int64_t width) {
  int64_t at = row * width, old = at - plan->window * width;
  bool leaves = old >= 0;
  ln_kernels()->ssim_slide(work->sums, work->stride, x + at, y + at, leaves ? x + old : NULL, leaves ? y + old : NULL,
                           width);
}

/* The same for other windows: the row's moments take the place of the oldest in the ring. */
static void sum_ring(Work *work, const LnSsimPlan *plan, const float *x, const float *y, int64_t row, int64_t width) {
  const LnKernels *kernels = ln_kernels();
  int64_t window = plan->window;
  double *entered = work->ring[0];
  for (int64_t k = 1; k < window; k++) work->ring[k - 1] = work->ring[k];
  work->ring[window - 1] = entered;
  kernels->ssim_moments(entered, work->stride, x + row * width, y + row * width, width);
  if (row + 1 < window) return;
  kernels->sum_rows_double(work->sums, (const double *const *)work->ring, plan->down, (int)window,
                           LN_SSIM_MOMENTS * work->stride);
}

static double plane_mean(const LnSsimPlan *plan, Work *work, const float *x, const float *y, int64_t height,
                         int64_t width) {
  int64_t window = plan->window, columns = width - window + 1;
  double sum = 0;
  memset(work->sums, 0, (size_t)(LN_SSIM_MOMENTS * work->stride) * sizeof(double));
  for (int64_t row = 0; row < height && !ln_interrupted(); row++) {
    (work->slides ? slide : sum_ring)(work, plan, x, y, row, width);
    if (row + 1 >= window)
      sum += ln_kernels()->ssim_row(work->sums, work->stride, plan->along, (int)window, plan->c1, plan->c2,
                                    plan->correction, columns);
  }
  return sum / ((double)columns * (double)(height - window + 1));
}

static LnStatus eval(const void *options, double *value, const float *image, const float *reference, LnShape sample,
                     LnError *err) {
  int64_t channels = sample.d[0], height = sample.d[1], width = sample.d[2];
  LnSsimPlan plan;
  int64_t count = ln_shape_count(sample);
  ln_ssim_plan(&plan, options);
  float most = (float)(1e4 * ln_ssim_range(options));
  Work work = {.slides = plan.uniform && ln_all_within(image, count, most) && ln_all_within(reference, count, most)};
  if (height < plan.window || width < plan.window)
    return ln_fail(err, LN_ESHAPE, "ssim: image of %lldx%lld is smaller than the window of %lldx%lld",
                   (long long)height, (long long)width, (long long)plan.window, (long long)plan.window);
  if (!make_work(&work, &plan, width))
    return ln_fail_memory(err, "ssim", (size_t)(LN_SSIM_MOMENTS * (plan.window + 2) * width) * sizeof(double));
  double sum = 0;
  for (int64_t c = 0; c < channels; c++)
    sum += plane_mean(&plan, &work, image + c * height * width, reference + c * height * width, height, width);
  *value = sum / (double)channels;
  ln_free(work.sums);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  return ln_error_prefix(err, ln_ssim_check(options, err), "ssim: ");
}

static const LnParam params[] = {LN_SSIM_PARAMS, {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 20, 24), LN_SHAPE(1, 20, 24)}},
    {.options = "{\"preset\": \"gondara2016\"}", .inputs = {LN_SHAPE(1, 7, 16), LN_SHAPE(1, 7, 16)}},
    {.options = "{\"preset\": \"gondara2016\", \"sigma\": 0.8}", .inputs = {LN_SHAPE(2, 9, 8), LN_SHAPE(2, 9, 8)}},
    {.options = "{\"window\": 5, \"sigma\": 0.8, \"range\": 2}", .inputs = {LN_SHAPE(3, 9, 14), LN_SHAPE(3, 9, 14)}},
    {.options = "{\"weights\": \"uniform\", \"covariance\": \"sample\", \"k1\": 0.02}",
     .inputs = {LN_SHAPE(1, 13, 8), LN_SHAPE(1, 13, 8)}},
    {0}};

const LnMetricType ln_metric_ssim = {
    .type =
        {.kind = "metric",
         .name = "ssim",
         .doc = "Structural similarity: mean (2 m_x m_r + C1)(2 c_xr + C2) / ((m_x^2 + m_r^2 + C1)(v_x + v_r + C2)).\n"
                "m, v, c: mean, variance, covariance in a sliding window; windows that cross the edge are left out;\n"
                "channels are averaged; 1 is best. References outside of 0 to the range, by more than 1 % of it,\n"
                    "are an error; with a range of one's own, those that span more than it.\n"
                "preset wang2004: Gaussian 11x11, sigma 1.5, range 1, population covariance.\n"
                "preset gondara2016: uniform 7x7, range 2, sample covariance (scikit-image's old default for floats).\n"
                "Both agree with scikit-image's structural_similarity to 1e-6.\n"
                "Source: Wang, Bovik, Sheikh, Simoncelli, IEEE Trans. Image Processing 13(4), 2004.",
         .size = sizeof(LnSsim),
         .params = params,
         .cases = cases,
         .check = check},
    .eval = eval,
    .range = ln_ssim_range,
    .best = 1,
    .higher_is_better = true,
};
