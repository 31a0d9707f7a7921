/* Gaussian scale mixtures: a coefficient of a band with its neighbours, and one of the coarser band, is sqrt(z) times a
 * Gaussian vector, in Gaussian noise. The estimate of the coefficient is its mean, given what was observed, over the
 * distribution of z, whose prior is Jeffrey's, 1 / z. Bands go on periodically.
 * Source: Portilla, Strela, Wainwright, Simoncelli, "Image denoising using scale mixtures of Gaussians in the wavelet
 * domain", IEEE TIP 12, 2003. */
#ifndef LUNET_FILTER_GSM_H
#define LUNET_FILTER_GSM_H

#include <stdint.h>

#include "base/status.h"

enum { LN_GSM_SIDE = 5 }; /* of a neighbourhood, at most */

typedef struct LnGsm {
  int64_t height, width;
  int64_t side;                /* of the neighbourhood, odd */
  const float *band, *parent;  /* height x width; parent: the coarser band on this grid, or NULL */
  const float *noise, *noise_parent; /* the same of an impulse whose energy is the noise's in the plane */
} LnGsm;

/* out: the estimate of the band, height x width; it may be the band. */
LnStatus ln_gsm_estimate(float *out, const LnGsm *gsm, LnError *err);

#endif
