/* Structural similarity over several scales.
 *
 *   product over the scales j of c_j^w_j, and at the coarsest of SSIM^w
 *
 * where c_j is the mean over the windows of the second factor of SSIM (ssim.c), contrast and structure, after j - 1
 * halvings. The first factor is 1, exactly, where C1 is a large power of 2: means of pixels are nothing beside it.
 *
 * Source: Wang, Simoncelli, Bovik, "Multiscale structural similarity for image quality assessment", Asilomar 2003. */
#include <math.h>

#include "base/memory.h"
#include "metric/mask.h"
#include "metric/metric.h"
#include "metric/scales.h"
#include "metric/ssim_windows.h"

typedef struct MsSsim {
  LnMsSsim ms; /* first */
  LnTensor *mask;
} MsSsim;

/* One scale of a plane and of its mask. */
typedef struct Scale {
  const float *x, *y, *mask;
  int64_t height, width;
} Scale;

/* The next coarser scale, in room for three planes of it. */
static Scale halved(Scale s, float *room) {
  int64_t height = s.height / 2, width = s.width / 2, n = height * width;
  ln_halve(room, s.x, s.height, s.width);
  ln_halve(room + n, s.y, s.height, s.width);
  if (s.mask != NULL) ln_halve_mask(room + 2 * n, height, width, s.mask, s.height, s.width);
  return (Scale){room, room + n, s.mask == NULL ? NULL : room + 2 * n, height, width};
}

/* The mean of a scale: SSIM, or contrast and structure alone. `number`: of the scale, from 1. */
static LnStatus scale_mean(double *mean, const MsSsim *o, const Scale *s, int number, int64_t image, LnError *err) {
  LnSsimPlan plan;
  LnSsimWindows windows;
  ln_ssim_plan(&plan, &o->ms.ssim);
  if (number < o->ms.scales) plan.c1 = 0x1p500;
  if (s->mask != NULL && ln_mask_count(s->mask, s->height, s->width, plan.window / 2) == 0)
    return ln_fail(err, LN_EARG,
                   "ms_ssim: mask of image %lld has no centre of a window of %lldx%lld inside the image at scale %d; "
                   "give fewer 'scales' or a smaller 'window'",
                   (long long)image, (long long)plan.window, (long long)plan.window, number);
  LN_TRY(ln_ssim_windows_new(&windows, &plan, ln_ssim_range(o), s->x, s->y, s->height * s->width, s->width, "ms_ssim",
                             err));
  *mean = ln_ssim_windows_mean(&windows, s->x, s->y, s->mask, s->height);
  ln_ssim_windows_free(&windows);
  return LN_OK;
}

/* Of one plane; room: for the halved planes of all scales. Where a scale's mean is below 0, the product is 0. */
static LnStatus plane_product(double *product, const MsSsim *o, Scale s, float *room, int64_t image, LnError *err) {
  double exponents[LN_MAX_SCALES], mean;
  int n = (int)o->ms.scales;
  ln_scale_exponents(exponents, &o->ms);
  *product = 1;
  for (int j = 1; j <= n; j++) {
    LN_TRY(scale_mean(&mean, o, &s, j, image, err));
    *product *= mean <= 0 ? 0 : pow(mean, exponents[j - 1]); /* NaN passes */
    if (j == n) break;
    s = halved(s, room);
    room += 3 * s.height * s.width;
  }
  return LN_OK;
}

static LnStatus eval(const void *options, double *value, const LnMetricPair *pair, LnError *err) {
  int64_t channels = pair->shape.d[0], height = pair->shape.d[1], width = pair->shape.d[2], plane = height * width;
  LN_TRY(ln_error_prefix(err, ln_ms_ssim_check_size(options, pair->shape, err), "ms_ssim: "));
  float *room = ln_alloc((size_t)plane * sizeof *room); /* 3 planes of a quarter, a sixteenth ... are less than one */
  if (room == NULL) return ln_fail_memory(err, "ms_ssim", (size_t)plane * sizeof *room);
  LnStatus status = LN_OK;
  double sum = 0, product = 0;
  for (int64_t c = 0; c < channels && status == LN_OK; c++) {
    Scale s = {pair->image + c * plane, pair->reference + c * plane, pair->mask, height, width};
    status = plane_product(&product, options, s, room, pair->number, err);
    sum += product;
  }
  ln_free(room);
  *value = sum / (double)channels;
  return status;
}

static LnStatus check(const void *options, LnError *err) {
  return ln_error_prefix(err, ln_ms_ssim_check(options, err), "ms_ssim: ");
}

static const LnParam params[] = {LN_MS_SSIM_PARAMS, LN_METRIC_MASK_PARAM(MsSsim), {0}};

static const LnCase cases[] = {
    {.options = "{\"scales\": 2, \"window\": 5, \"k2\": 0.3}", .inputs = {LN_SHAPE(1, 20, 24), LN_SHAPE(1, 20, 24)}},
    {.options = "{\"scales\": 3, \"window\": 3, \"weights\": \"uniform\"}",
     .inputs = {LN_SHAPE(2, 29, 26), LN_SHAPE(2, 29, 26)}},
    {.options = "{\"preset\": \"gondara2016\", \"scales\": 2, \"window\": 3, \"k2\": 0.2}",
     .inputs = {LN_SHAPE(1, 16, 18), LN_SHAPE(1, 16, 18)}},
    {0}};

const LnMetricType ln_metric_ms_ssim = {
    .type = {.kind = "metric",
             .name = "ms_ssim",
             .doc = "Structural similarity at several scales: product of c_j^w_j, at the coarsest SSIM^w; 1 is best.\n"
                "c_j: the mean contrast-structure term (2 c_xr + C2) / (v_x + v_r + C2) after j - 1 halvings by\n"
                "2x2 means (an odd row or column at the end is left out); w: exponents, or Wang 2003's, 0.0448,\n"
                "0.2856, 0.3001, 0.2363 and 0.1333, of which those of fewer scales are divided by their sum. Per\n"
                "channel, then averaged; a scale below 0 makes the product 0. Windows, and the range, as in\n"
                "ln.metric.ssim. With Gaussian 11x11 windows and five scales, images need 176 pixels a side; 64x64\n"
                "take scales = 3. A mask is halved too, a pixel of it being 1 where at least half of the finer ones\n"
                "are.\n"
                "Agrees with piq's multi_scale_ssim where sides can be halved without a rest.\n"
                "Source: Wang, Simoncelli, Bovik, Multiscale structural similarity, Asilomar 2003.",
             .size = sizeof(MsSsim),
             .params = params,
             .example = "local metric = ln.metric.ms_ssim{ scales = 2 }\n"
                    "metric(noisy, clean)",
         .cases = cases,
             .check = check},
    .eval = eval,
    .range = ln_ssim_range,
    .best = 1,
    .higher_is_better = true,
};
