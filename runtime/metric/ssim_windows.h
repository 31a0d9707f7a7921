/* Structural similarity of the windows of a plane, for the metrics; the losses have their own, with gradients. */
#ifndef LUNET_METRIC_SSIM_WINDOWS_H
#define LUNET_METRIC_SSIM_WINDOWS_H

#include "base/status.h"
#include "metric/ssim_plan.h"

/* Working memory for planes of one width. Rows of moments hold s, d, s^2 and d^2, `stride` apart. */
typedef struct LnSsimWindows {
  const LnSsimPlan *plan;
  bool slides; /* sums in uniform windows, not those of images with pixels far outside the data range */
  int64_t width, stride;
  double *sums;                     /* down the windows of a row */
  double *values;                   /* of the windows of a row */
  double *ring[LN_SSIM_MAX_WINDOW]; /* moments of the last `window` rows, oldest first; none if windows slide */
} LnSsimWindows;

/* x, y: n pixels that are to be compared, of the data range `range`. name: the metric's. width: at least the window's.
 * Give the memory back with ln_ssim_windows_free. */
LnStatus ln_ssim_windows_new(LnSsimWindows *windows, const LnSsimPlan *plan, double range, const float *x,
                             const float *y, int64_t n, int64_t width, const char *name, LnError *err);
void ln_ssim_windows_free(LnSsimWindows *windows);
/* The mean over the windows that lie inside a plane, height x width; those whose centre a mask has, of which there is
 * one, or, where mask is NULL, all. */
double ln_ssim_windows_mean(LnSsimWindows *windows, const float *x, const float *y, const float *mask, int64_t height);
/* The values of all of these windows: map is (height - window + 1) x (width - window + 1). */
void ln_ssim_windows_map(LnSsimWindows *windows, float *map, const float *x, const float *y, int64_t height);

#endif
