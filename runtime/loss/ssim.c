/* Structural similarity as a loss: 1 - SSIM, of which ln.metric.ssim is the metric. */
#include <math.h>

#include "loss/loss.h"
#include "loss/ssim_gradient.h"

static int64_t scratch(const void *options, LnShape sample) {
  LnSsimPlan plan;
  ln_ssim_plan(&plan, options);
  return ln_ssim_plane_scratch(&plan, sample.d[1], sample.d[2]);
}

static double eval(const void *options, const LnLossSample *s) {
  LnSsimPlan plan;
  int64_t channels = s->shape.d[0], height = s->shape.d[1], width = s->shape.d[2], plane = height * width;
  double sum = 0;
  ln_ssim_plan(&plan, options);
  for (int64_t c = 0; c < channels; c++)
    sum += ln_ssim_plane(&plan, false, s->grad == NULL ? NULL : s->grad + c * plane, -s->scale / (double)channels,
                         s->scratch, s->y + c * plane, s->target + c * plane, height, width);
  return 1 - sum / (double)channels;
}

static LnStatus check(const void *options, LnError *err) {
  return ln_error_prefix(err, ln_ssim_check(options, err), "ssim: ");
}

static LnStatus check_sample(const void *options, LnShape sample, LnError *err) {
  long long window = ln_ssim_window(options);
  if (sample.n != 3) return ln_fail(err, LN_ESHAPE, "expected images C,H,W, got a sample of %s", LN_SHAPE_TEXT(sample));
  if (sample.d[1] >= window && sample.d[2] >= window) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "images of %s are smaller than the window of %lldx%lld; give a smaller 'window'",
                 LN_SHAPE_TEXT(sample), window, window);
}

static const LnParam params[] = {LN_SSIM_PARAMS, {0}};

static const LnCase cases[] = {
    {.options = "{\"window\": 5}", .inputs = {LN_SHAPE(1, 8, 9)}, .tolerance = 3e-3},
    {.options = "{\"weights\": \"uniform\", \"window\": 3, \"covariance\": \"sample\", \"range\": 2}",
     .inputs = {LN_SHAPE(2, 6, 7)}, .tolerance = 3e-3},
    {.options = "{}", .inputs = {LN_SHAPE(1, 13, 12)}, .tolerance = 3e-3},
    {.options = "{\"preset\": \"gondara2016\"}", .inputs = {LN_SHAPE(1, 8, 9)}, .tolerance = 3e-3},
    {0}};

const LnLossType ln_loss_ssim = {
    .type = {.kind = "loss",
             .name = "ssim",
             .doc = "Structural similarity as a loss: 1 - SSIM.\n"
                    "SSIM, its options and defaults are those of ln.metric.ssim: Wang 2004 (Gaussian 11x11, sigma 1.5,\n"
                    "range 1), only windows wholly inside the image, channels averaged; scikit-image's\n"
                    "structural_similarity with gaussian_weights, use_sample_covariance = False agrees. Images of\n"
                    "another range than 0 to 1 need the option range. SSIM hardly sees a shift of the mean: usual is a\n"
                    "sum with mae, 0.84 * ln.loss.ms_ssim{} + 0.16 * ln.loss.mae{}.\n"
                    "Source: Wang, Bovik, Sheikh, Simoncelli, IEEE Trans. Image Processing 13(4), 2004; as a loss:\n"
                    "Zhao, Gallo, Frosio, Kautz, Loss functions for image restoration, arXiv:1511.08861, 2016.",
             .size = sizeof(LnSsim),
             .params = params,
             .cases = cases,
             .check = check},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    .scratch = scratch,
    .check_sample = check_sample,
};
