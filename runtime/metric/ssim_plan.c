/* Options and windows of structural similarity: see ssim_plan.h. */
#include "metric/ssim_plan.h"

#include <math.h>

enum { WANG2004, GONDARA2016 };
enum { FROM_PRESET, FIRST, SECOND }; /* gaussian, uniform; population, sample */

const char *const ln_ssim_preset_words[] = {"wang2004", "gondara2016", NULL};
const char *const ln_ssim_weights_words[] = {"preset", "gaussian", "uniform", NULL};
const char *const ln_ssim_covariance_words[] = {"preset", "population", "sample", NULL};
const char *const ln_ssim_window_words[] = {"preset", NULL};

static bool is_gaussian(const LnSsim *o) {
  return o->weights == FROM_PRESET ? o->preset == WANG2004 : o->weights == FIRST;
}

/* Gaussian windows end at 3.5 sigma: 11 for 1.5, as scikit-image has it; one pixel alone has no variance. */
int64_t ln_ssim_window(const void *options) {
  const LnSsim *o = options;
  if (o->window > 0) return o->window;
  int64_t to_side = is_gaussian(o) ? (int64_t)(3.5 * o->sigma + 0.5) : 3;
  return 2 * (to_side > 1 ? to_side : 1) + 1;
}

/* Uniform windows' rows are added up as they are, and all is divided along them. */
static void set_weights(LnSsimPlan *plan, double sigma) {
  int64_t n = plan->window;
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    double distance = (double)(i - n / 2);
    plan->down[i] = exp(-0.5 * distance * distance / (sigma * sigma));
    sum += plan->down[i];
  }
  for (int64_t i = 0; i < n; i++) {
    plan->down[i] = plan->uniform ? 1 : plan->down[i] / sum;
    plan->along[i] = plan->uniform ? 1.0 / (double)(n * n) : plan->down[i];
  }
}

double ln_ssim_range(const void *options) {
  const LnSsim *o = options;
  return o->range > 0 ? o->range : o->preset == WANG2004 ? 1 : 2;
}

void ln_ssim_plan(LnSsimPlan *plan, const LnSsim *o) {
  int64_t n = ln_ssim_window(o);
  bool sample = o->covariance == FROM_PRESET ? o->preset == GONDARA2016 : o->covariance == SECOND;
  double range = ln_ssim_range(o);
  plan->window = n;
  plan->uniform = !is_gaussian(o);
  set_weights(plan, o->sigma);
  plan->correction = sample ? (double)(n * n) / (double)(n * n - 1) : 1;
  plan->c1 = (o->k1 * range) * (o->k1 * range);
  plan->c2 = (o->k2 * range) * (o->k2 * range);
}

LnStatus ln_ssim_check(const void *options, LnError *err) {
  int64_t window = ln_ssim_window(options);
  if (window % 2 == 0) return ln_fail(err, LN_EARG, "option 'window' must be odd, got %lld", (long long)window);
  return LN_OK;
}

