/* Thresholds for wavelet details in noise of standard deviation sigma, and shrinking by them.
 *
 *   visushrink: sigma sqrt(2 ln n), n pixels of the image: Donoho, Johnstone, "Ideal spatial adaptation by wavelet
 *     shrinkage", Biometrika 81, 1994;
 *   sureshrink: for each subband what minimises Stein's unbiased estimate of the risk of soft thresholding, or
 *     sigma sqrt(2 ln d) where its d numbers are too sparse for that estimate: Donoho, Johnstone, "Adapting to unknown
 *     smoothness via wavelet shrinkage", JASA 90, 1995;
 *   bayesshrink: for each subband sigma^2 / sqrt(its variance - sigma^2): Chang, Yu, Vetterli, "Adaptive wavelet
 *     thresholding for image denoising and compression", IEEE TIP 9, 2000. */
#ifndef LUNET_FILTER_SHRINK_H
#define LUNET_FILTER_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef enum LnShrinkMethod { LN_VISU_SHRINK, LN_SURE_SHRINK, LN_BAYES_SHRINK } LnShrinkMethod;

typedef struct LnShrink {
  LnShrinkMethod method;
  bool hard;      /* keep what is above the threshold as it is; else it becomes smaller by the threshold */
  double sigma;   /* above 0 */
  int64_t pixels; /* of the image */
} LnShrink;

/* Details: height rows of width numbers, `stride` apart. */
typedef struct LnSubband {
  float *data;
  int64_t height, width, stride;
} LnSubband;

/* The threshold that suits the subband; infinite where nothing but noise is in it. Fails for want of memory. */
LnStatus ln_shrink_threshold(double *threshold, const LnShrink *shrink, const LnSubband *band, LnError *err);
void ln_shrink_apply(const LnSubband *band, double threshold, bool hard);

#endif
