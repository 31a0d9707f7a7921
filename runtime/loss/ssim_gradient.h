/* Structural similarity of one plane with its gradient, in double: what the losses ssim and ms_ssim are made of. The
 * formula is in metric/ssim.c. */
#ifndef LUNET_LOSS_SSIM_GRADIENT_H
#define LUNET_LOSS_SSIM_GRADIENT_H

#include <stdint.h>

#include "base/status.h"
#include "metric/ssim_plan.h"

/* How many floats of scratch memory, aligned for double, planes of such a size need. */
int64_t ln_ssim_plane_scratch(const LnSsimPlan *plan, int64_t height, int64_t width);
/* The mean over all windows of the similarity of x and y (height x width), or, if `contrast`, of its second factor
 * (2 c_xy + C2) / (v_x + v_y + C2) alone. grad, unless it is NULL, becomes factor times its gradient with respect to
 * x. The plane holds at least one window. */
double ln_ssim_plane(const LnSsimPlan *plan, bool contrast, float *grad, double factor, float *scratch, const float *x,
                     const float *y, int64_t height, int64_t width);

#endif
