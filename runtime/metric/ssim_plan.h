/* What the metric and the losses of structural similarity share: options and, made from them, the windows. */
#ifndef LUNET_METRIC_SSIM_PLAN_H
#define LUNET_METRIC_SSIM_PLAN_H

#include <float.h>
#include <stdbool.h>

#include "base/type.h"

/* Moments of a window: of s = x + y, d = x - y, s^2 and d^2. */
enum { LN_SSIM_MOMENTS = 4, LN_SSIM_MAX_WINDOW = 255 };

typedef struct LnSsim {
  int preset, weights, covariance;
  int64_t window;
  double sigma, range, k1, k2;
} LnSsim;

/* The options with the preset filled in. */
typedef struct LnSsimPlan {
  int64_t window;
  bool uniform;
  double down[LN_SSIM_MAX_WINDOW], along[LN_SSIM_MAX_WINDOW]; /* weights of a window's rows and columns; symmetric */
  double c1, c2;
  double correction; /* n / (n - 1) for the sample covariance of n pixels, else 1 */
} LnSsimPlan;

void ln_ssim_plan(LnSsimPlan *plan, const LnSsim *options);
/* Of options that begin with LnSsim: the data range; the side of the window; and the rules between them, in a message
 * without the item's name. */
double ln_ssim_range(const void *options);
int64_t ln_ssim_window(const void *options);
LnStatus ln_ssim_check(const void *options, LnError *err);

extern const char *const ln_ssim_preset_words[];
extern const char *const ln_ssim_weights_words[];
extern const char *const ln_ssim_covariance_words[];
extern const char *const ln_ssim_window_words[];

/* The entries of an option table, for options that begin with LnSsim. The first word of each list is the default. */
#define LN_SSIM_PARAMS                                                                                      \
    {.name = "preset", .kind = LN_PARAM_CHOICE, .offset = offsetof(LnSsim, preset), .flags = LN_POSITIONAL, \
     .help = "where options that are not given come from", .choices = ln_ssim_preset_words},                \
    {.name = "window", .kind = LN_PARAM_INT, .offset = offsetof(LnSsim, window), .def = -1, .min = 3,       \
     .max = LN_SSIM_MAX_WINDOW, .choices = ln_ssim_window_words,                                            \
     .help = "side of the window in pixels, odd; preset: 7 if uniform, out to 3.5 sigma if Gaussian (11)"}, \
    {.name = "weights", .kind = LN_PARAM_CHOICE, .offset = offsetof(LnSsim, weights),                       \
     .help = "weights of the pixels in a window", .choices = ln_ssim_weights_words},                        \
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(LnSsim, sigma), .def = 1.5, .max = 36,     \
     .help = "standard deviation of Gaussian weights, in pixels", .flags = LN_ABOVE_MIN},                   \
    {.name = "covariance", .kind = LN_PARAM_CHOICE, .offset = offsetof(LnSsim, covariance),                 \
     .help = "divide by the n pixels of a window, or by n - 1", .choices = ln_ssim_covariance_words},       \
    {.name = "range", .kind = LN_PARAM_FLOAT, .offset = offsetof(LnSsim, range), .max = DBL_MAX,            \
     .help = "data range of the images; 0: the preset's"},                                                  \
    {.name = "k1", .kind = LN_PARAM_FLOAT, .offset = offsetof(LnSsim, k1), .def = 0.01, .max = 1,           \
     .help = "C1 = (k1 range)^2 steadies the means", .flags = LN_ABOVE_MIN},                                \
    {.name = "k2", .kind = LN_PARAM_FLOAT, .offset = offsetof(LnSsim, k2), .def = 0.03, .max = 1,           \
     .help = "C2 = (k2 range)^2 steadies the variances", .flags = LN_ABOVE_MIN}

#endif
