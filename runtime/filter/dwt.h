/* The discrete wavelet transform of a plane, decimated, symmetric beyond the edges: PyWavelets' wavedec2, waverec2.
 * One level makes four parts of a plane, each of half its size and a little more, for the filter looks beyond the edge:
 *
 *   a[k] = sum over m of low[m] x[2 k + 2 - taps + m], d[k] the same with high, down the columns, then along the rows.
 *
 * Source: Mallat, A theory for multiresolution signal decomposition, IEEE PAMI 11, 1989. */
#ifndef LUNET_FILTER_DWT_H
#define LUNET_FILTER_DWT_H

#include "filter/wavelets.h"

/* How long the transform of n numbers is. */
static inline int64_t ln_dwt_length(const LnWavelet *wavelet, int64_t n) {
  return (n + wavelet->taps - 1) / 2;
}

/* A plane's four parts, each height x width, as ln_dwt_length says: low passed, and details along, down and of both. */
enum { LN_DWT_LOW, LN_DWT_ALONG, LN_DWT_DOWN, LN_DWT_BOTH, LN_DWT_PARTS };
typedef struct LnDwt {
  int64_t height, width;
  float *part[LN_DWT_PARTS];
} LnDwt;

/* Floats of working memory for planes of this width, and narrower ones. */
int64_t ln_dwt_room(const LnWavelet *wavelet, int64_t width);

/* x: height x width. */
void ln_dwt(const LnDwt *out, const float *x, const LnWavelet *wavelet, int64_t height, int64_t width, float *room);
void ln_dwt_inverse(float *x, const LnDwt *in, const LnWavelet *wavelet, int64_t height, int64_t width, float *room);

#endif
