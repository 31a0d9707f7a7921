/* Structural similarity.
 *
 * Per window, with the means m, variances v and covariance c of the image x and the reference y:
 *
 *   SSIM = (2 m_x m_y + C1) (2 c_xy + C2) / ((m_x^2 + m_y^2 + C1) (v_x + v_y + C2)),
 *   C1 = (k1 range)^2, C2 = (k2 range)^2
 *
 * averaged over the windows that lie wholly inside the image (scikit-image crops its map to those), of a masked image
 * over those whose centre the mask has. How windows are summed is in ssim_windows.c.
 *
 * Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
 * IEEE Trans. Image Processing 13(4), 2004. */
#include "base/memory.h"
#include "metric/mask.h"
#include "metric/metric.h"
#include "metric/ssim_windows.h"

typedef struct Ssim {
  LnSsim ssim; /* first */
  LnTensor *mask;
} Ssim;

static LnStatus check_size(const LnSsimPlan *plan, const LnMetricPair *pair, LnError *err) {
  long long height = pair->shape.d[1], width = pair->shape.d[2], window = plan->window;
  if (height < window || width < window)
    return ln_fail(err, LN_ESHAPE, "ssim: image of %lldx%lld is smaller than the window of %lldx%lld", height, width,
                   window, window);
  if (pair->mask != NULL && ln_mask_count(pair->mask, height, width, window / 2) == 0)
    return ln_fail(err, LN_EARG,
                   "ssim: mask of image %lld has no centre of a window of %lldx%lld that lies inside the image",
                   (long long)pair->number, window, window);
  return LN_OK;
}

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  int64_t channels = pair->shape.d[0], height = pair->shape.d[1], width = pair->shape.d[2], plane = height * width;
  LnSsimPlan plan;
  LnSsimWindows windows;
  ln_ssim_plan(&plan, options);
  LN_TRY(check_size(&plan, pair, err));
  LN_TRY(ln_ssim_windows_new(&windows, &plan, ln_ssim_range(options), pair->image, pair->reference, channels * plane,
                             width, "ssim", err));
  double sum = 0;
  for (int64_t c = 0; c < channels; c++)
    sum += ln_ssim_windows_mean(&windows, pair->image + c * plane, pair->reference + c * plane, pair->mask, height);
  *value = sum / (double)channels;
  ln_ssim_windows_free(&windows);
  return LN_OK;
}

/* A plane with `border` pixels more to each side, those inside mirrored, the outermost ones too. */
static void mirror(float *to, const float *from, int64_t height, int64_t width, int64_t border) {
  for (int64_t r = -border; r < height + border; r++) {
    const float *row = from + width * (r < 0 ? -1 - r : r < height ? r : 2 * height - 1 - r);
    for (int64_t c = -border; c < width + border; c++) *to++ = row[c < 0 ? -1 - c : c < width ? c : 2 * width - 1 - c];
  }
}

/* Mirrored as SciPy's filters do it, so that there is a window around every pixel. */
static LnStatus map(const void *options, float *to, const LnMetricPair *pair, LnError *err) {
  LnSsimPlan plan;
  LnSsimWindows windows;
  ln_ssim_plan(&plan, options);
  LN_TRY(check_size(&plan, pair, err));
  int64_t height = pair->shape.d[1], width = pair->shape.d[2], plane = height * width, border = plan.window / 2;
  int64_t rows = height + 2 * border, columns = width + 2 * border, n = rows * columns;
  float *x = ln_alloc((size_t)(2 * n) * sizeof *x);
  if (x == NULL) return ln_fail_memory(err, "ssim", (size_t)(2 * n) * sizeof *x);
  float *y = x + n;
  LnStatus status = ln_ssim_windows_new(&windows, &plan, ln_ssim_range(options), pair->image, pair->reference,
                                        pair->shape.d[0] * plane, columns, "ssim", err);
  for (int64_t c = 0; c < pair->shape.d[0] && status == LN_OK; c++) {
    mirror(x, pair->image + c * plane, height, width, border);
    mirror(y, pair->reference + c * plane, height, width, border);
    ln_ssim_windows_map(&windows, to + c * plane, x, y, rows);
  }
  if (status == LN_OK) ln_ssim_windows_free(&windows);
  ln_free(x);
  return status;
}

static LnStatus check(const void *options, LnError *err) {
  return ln_error_prefix(err, ln_ssim_check(options, err), "ssim: ");
}

static const LnParam params[] = {LN_SSIM_PARAMS, LN_METRIC_MASK_PARAM(Ssim), {0}};

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
                "m, v, c: mean, variance, covariance in a sliding window; windows that cross the edge are left out,\n"
                "and with a mask those whose centre is not in it; channels are averaged; 1 is best. References outside\n"
                "of 0 to the range, by more than 1 % of it, are an error; of a range of one's own, spanning more.\n"
                "metric:map(images, references) is the value around every pixel.\n"
                "preset wang2004: Gaussian 11x11, sigma 1.5, range 1, population covariance.\n"
                "preset gondara2016: uniform 7x7, range 2, sample covariance (scikit-image's old default for floats).\n"
                "Both agree with scikit-image's structural_similarity to 1e-6.\n"
                "Source: Wang, Bovik, Sheikh, Simoncelli, IEEE Trans. Image Processing 13(4), 2004.",
         .size = sizeof(Ssim),
         .params = params,
         .cases = cases,
         .check = check},
    .eval = eval,
    .map = map,
    .range = ln_ssim_range,
    .best = 1,
    .higher_is_better = true,
};
