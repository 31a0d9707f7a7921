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
 * Both kinds of window are separable: every row is filtered along x once and kept in a ring of `window` rows, and the
 * ring is summed along y. In double, because v is a small difference of large numbers, divided by C2 of the order of
 * 1e-3.
 *
 * Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
 * IEEE Trans. Image Processing 13(4), 2004. */
#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "metric/metric.h"

enum { WANG2004, GONDARA2016 };
enum { FROM_PRESET, FIRST, SECOND }; /* gaussian, uniform; population, sample */
enum { MOMENTS = 4, BLOCK = 8, MAX_WINDOW = 255 };

typedef struct Ssim {
  int preset, weights, covariance;
  int64_t window;
  double sigma, range, k1, k2;
} Ssim;

/* The options with the preset filled in. */
typedef struct Plan {
  int64_t window;
  double taps[MAX_WINDOW]; /* add up to 1 */
  double c1, c2;
  double correction;       /* n / (n - 1) for the sample covariance of n pixels, else 1 */
} Plan;

static bool is_gaussian(const Ssim *o) {
  return o->weights == FROM_PRESET ? o->preset == WANG2004 : o->weights == FIRST;
}

/* Gaussian windows end at 3.5 sigma: 11 for 1.5, as scikit-image has it. */
static int64_t window_size(const Ssim *o) {
  if (o->window > 0) return o->window;
  return is_gaussian(o) ? 2 * (int64_t)(3.5 * o->sigma + 0.5) + 1 : 7;
}

static void make_plan(Plan *plan, const Ssim *o) {
  double sigma = o->sigma, sum = 0;
  int64_t n = window_size(o);
  for (int64_t i = 0; i < n; i++) {
    double distance = (double)(i - n / 2);
    plan->taps[i] = is_gaussian(o) ? exp(-0.5 * distance * distance / (sigma * sigma)) : 1;
    sum += plan->taps[i];
  }
  for (int64_t i = 0; i < n; i++) plan->taps[i] /= sum;
  bool sample = o->covariance == FROM_PRESET ? o->preset == GONDARA2016 : o->covariance == SECOND;
  double range = o->range > 0 ? o->range : o->preset == WANG2004 ? 1 : 2;
  plan->window = n;
  plan->correction = sample ? (double)(n * n) / (double)(n * n - 1) : 1;
  plan->c1 = (o->k1 * range) * (o->k1 * range);
  plan->c2 = (o->k2 * range) * (o->k2 * range);
}

/* The kernels work on whole blocks; what lies past the end of a row is never used. */
static int64_t whole_blocks(int64_t n) {
  return (n + BLOCK - 1) / BLOCK * BLOCK;
}

/* Working memory of one image. Rows of moments, filtered or not, hold s, d, s^2, d^2 one after the other. */
typedef struct Work {
  int64_t in_stride, out_stride;               /* from moment to moment */
  double *moments;                             /* of a row of pixels */
  const double *shifted[MOMENTS][MAX_WINDOW];  /* each, each + 1, ... */
  double *ring[MAX_WINDOW];                    /* the last `window` rows filtered along x, oldest first */
  double *means;                               /* those filtered along y */
} Work;

static bool make_work(Work *work, const Plan *plan, int64_t width) {
  int64_t window = plan->window, out = whole_blocks(width - window + 1), in = out + window - 1;
  work->in_stride = in, work->out_stride = out;
  work->moments = ln_calloc((size_t)(MOMENTS * (in + (window + 1) * out)), sizeof(double));
  if (work->moments == NULL) return false;
  work->means = work->moments + MOMENTS * in;
  for (int64_t k = 0; k < window; k++) {
    work->ring[k] = work->means + (k + 1) * MOMENTS * out;
    for (int m = 0; m < MOMENTS; m++) work->shifted[m][k] = work->moments + m * in + k;
  }
  return true;
}

/* Moments of one row of pixels, filtered along x, take the place of the oldest in the ring. */
static void enter_row(const Plan *plan, Work *work, const float *x, const float *y, int64_t width) {
  const LnKernels *kernels = ln_kernels();
  int64_t window = plan->window, in = work->in_stride, out = work->out_stride;
  double *s = work->moments, *entered = work->ring[0];
  for (int64_t k = 1; k < window; k++) work->ring[k - 1] = work->ring[k];
  work->ring[window - 1] = entered;
  kernels->ssim_moments(s, s + in, s + 2 * in, s + 3 * in, x, y, width);
  for (int m = 0; m < MOMENTS; m++)
    kernels->sum_rows_double(entered + m * out, work->shifted[m], plan->taps, (int)window, out);
}

/* The sum of SSIM over the windows of the rows in the ring. */
static double sum_windows(const Plan *plan, const Work *work, int64_t columns) {
  const LnKernels *kernels = ln_kernels();
  int64_t out = work->out_stride;
  const double *s = work->means;
  kernels->sum_rows_double(work->means, (const double *const *)work->ring, plan->taps, (int)plan->window,
                           MOMENTS * out);
  return kernels->ssim_row(s, s + out, s + 2 * out, s + 3 * out, plan->c1, plan->c2, plan->correction, columns);
}

static double plane_mean(const Plan *plan, Work *work, const float *x, const float *y, int64_t height, int64_t width) {
  int64_t columns = width - plan->window + 1;
  double sum = 0;
  for (int64_t row = 0; row < height; row++) {
    enter_row(plan, work, x + row * width, y + row * width, width);
    if (row + 1 >= plan->window) sum += sum_windows(plan, work, columns);
  }
  return sum / ((double)columns * (double)(height - plan->window + 1));
}

static LnStatus eval(const void *options, double *value, const float *image, const float *reference, LnShape sample,
                     LnError *err) {
  int64_t channels = sample.d[0], height = sample.d[1], width = sample.d[2];
  Plan plan;
  Work work;
  make_plan(&plan, options);
  if (height < plan.window || width < plan.window)
    return ln_fail(err, LN_ESHAPE, "ssim: image of %lldx%lld is smaller than the window of %lldx%lld",
                   (long long)height, (long long)width, (long long)plan.window, (long long)plan.window);
  if (!make_work(&work, &plan, width))
    return ln_fail_memory(err, "ssim", (size_t)(MOMENTS * (plan.window + 2) * width) * sizeof(double));
  double sum = 0;
  for (int64_t c = 0; c < channels; c++)
    sum += plane_mean(&plan, &work, image + c * height * width, reference + c * height * width, height, width);
  *value = sum / (double)channels;
  ln_free(work.moments);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  const Ssim *o = options;
  int64_t window = window_size(o);
  if (window % 2 == 0) return ln_fail(err, LN_EARG, "ssim: option 'window' must be odd, got %lld", (long long)window);
  return LN_OK;
}

static const char *const preset_words[] = {"wang2004", "gondara2016", NULL};
static const char *const weights_words[] = {"preset", "gaussian", "uniform", NULL};
static const char *const covariance_words[] = {"preset", "population", "sample", NULL};
static const char *const window_words[] = {"preset", NULL};

static const LnParam params[] = {
    {"preset", LN_PARAM_CHOICE, offsetof(Ssim, preset), WANG2004, 0, 0, "where options that are not given come from",
     preset_words, LN_POSITIONAL},
    {"window", LN_PARAM_INT, offsetof(Ssim, window), -1, 3, MAX_WINDOW,
     "side of the window in pixels, odd; preset: 7 if uniform, out to 3.5 sigma if Gaussian (11)", window_words, 0},
    {"weights", LN_PARAM_CHOICE, offsetof(Ssim, weights), FROM_PRESET, 0, 0, "weights of the pixels in a window",
     weights_words, 0},
    {"sigma", LN_PARAM_FLOAT, offsetof(Ssim, sigma), 1.5, 0, 36, "standard deviation of Gaussian weights, in pixels",
     NULL, LN_ABOVE_MIN},
    {"covariance", LN_PARAM_CHOICE, offsetof(Ssim, covariance), FROM_PRESET, 0, 0,
     "divide by the n pixels of a window, or by n - 1", covariance_words, 0},
    {"range", LN_PARAM_FLOAT, offsetof(Ssim, range), 0, 0, DBL_MAX, "data range of the images; 0: the preset's", NULL,
     0},
    {"k1", LN_PARAM_FLOAT, offsetof(Ssim, k1), 0.01, 0, 1, "C1 = (k1 range)^2 steadies the means", NULL, LN_ABOVE_MIN},
    {"k2", LN_PARAM_FLOAT, offsetof(Ssim, k2), 0.03, 0, 1, "C2 = (k2 range)^2 steadies the variances", NULL,
     LN_ABOVE_MIN},
    {0}};

static const LnCase cases[] = {
    {"{}", {LN_SHAPE(1, 20, 24), LN_SHAPE(1, 20, 24)}},
    {"{\"preset\": \"gondara2016\"}", {LN_SHAPE(1, 7, 16), LN_SHAPE(1, 7, 16)}},
    {"{\"window\": 5, \"sigma\": 0.8, \"range\": 2}", {LN_SHAPE(3, 9, 14), LN_SHAPE(3, 9, 14)}},
    {"{\"weights\": \"uniform\", \"covariance\": \"sample\", \"k1\": 0.02}", {LN_SHAPE(1, 13, 8), LN_SHAPE(1, 13, 8)}},
    {0}};

const LnMetricType ln_metric_ssim = {
    .type =
        {.kind = "metric",
         .name = "ssim",
         .doc = "Structural similarity: mean (2 m_x m_r + C1)(2 c_xr + C2) / ((m_x^2 + m_r^2 + C1)(v_x + v_r + C2)).\n"
                "m, v, c: mean, variance, covariance in a sliding window; windows that cross the edge are left out;\n"
                "channels are averaged; 1 is best.\n"
                "preset wang2004: Gaussian 11x11, sigma 1.5, range 1, population covariance.\n"
                "preset gondara2016: uniform 7x7, range 2, sample covariance (scikit-image's old default for floats).\n"
                "Both agree with scikit-image's structural_similarity to 1e-6.\n"
                "Source: Wang, Bovik, Sheikh, Simoncelli, IEEE Trans. Image Processing 13(4), 2004.",
         .size = sizeof(Ssim),
         .params = params,
         .cases = cases,
         .check = check},
    .eval = eval,
    .best = 1,
    .higher_is_better = true,
};
