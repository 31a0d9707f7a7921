/* Orthogonal wavelets by name: Daubechies' (haar, db2 ..), her least asymmetric ones (sym4 ..), and coiflets.
 * Source: Daubechies, Ten Lectures on Wavelets, SIAM 1992, chapters 6 and 8. */
#ifndef LUNET_FILTER_WAVELETS_H
#define LUNET_FILTER_WAVELETS_H

#include <stdint.h>

enum { LN_WAVELET_TAPS = 20 };

extern const char *const ln_wavelet_words[]; /* choices of an option `wavelet` */

/* Filters of unit length. low and high are orthogonal to each other and to all their shifts by two. */
typedef struct LnWavelet {
  int taps; /* even */
  float low[LN_WAVELET_TAPS], high[LN_WAVELET_TAPS];
} LnWavelet;

LnWavelet ln_wavelet_of(int index); /* of the word */

/* How often n numbers can be halved before the filter is longer than what is left. */
int64_t ln_wavelet_levels(const LnWavelet *wavelet, int64_t n);

#endif
