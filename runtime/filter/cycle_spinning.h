/* Translation-invariant wavelet shrinkage of a plane: the mean, over all shifts, of shifting, shrinking, shifting back.
 * The undecimated (a trous) transform has the coefficients of all shifts at once; details of one level and direction
 * get one threshold. The plane goes on reflected beyond its edges, and coefficients are shrunk there too.
 * Source: Coifman, Donoho, "Translation-invariant de-noising", Wavelets and Statistics, Springer 1995. */
#ifndef LUNET_FILTER_CYCLE_SPINNING_H
#define LUNET_FILTER_CYCLE_SPINNING_H

#include "filter/shrink.h"
#include "filter/wavelets.h"

LnStatus ln_cycle_spinning(float *y, const float *x, const LnShrink *shrink, const LnWavelet *wavelet, int64_t levels,
                           int64_t height, int64_t width, LnError *err);

#endif
