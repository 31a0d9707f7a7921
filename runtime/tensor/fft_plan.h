/* Fourier transforms of real planes of one size, on plain memory, from any thread: for what transforms many of them.
 *
 *   spectrum[p][q] = sum over i, j of x[i][j] exp(-2 pi i (p i / height + q j / width)), q = 0 .. width / 2
 *
 * as pairs of real and imaginary part; what is left out is the conjugate of what is there. All memory begins with a
 * cache line (ln_alloc). By FFTW; without it (make FFT=none) there are no plans: LN_EUNSUPPORTED. See fft.h. */
#ifndef LUNET_TENSOR_FFT_PLAN_H
#define LUNET_TENSOR_FFT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct LnFftPlan LnFftPlan;

/* name: of who asks, for messages. Sizes: 1 to 2^15. */
LnStatus ln_fft_plan_new(LnFftPlan **out, const char *name, int64_t height, int64_t width, LnError *err);
void ln_fft_plan_free(LnFftPlan *plan); /* NULL is legal */

/* Pairs of a spectrum. */
static inline int64_t ln_fft_pairs(int64_t height, int64_t width) {
  return height * (width / 2 + 1);
}

void ln_fft_forward(const LnFftPlan *plan, float *spectrum, float *x);
/* Not divided by the number of pixels; overwrites the spectrum. */
void ln_fft_inverse(const LnFftPlan *plan, float *x, float *spectrum);

bool ln_fft_available(void); /* whether lunet was built with FFTW */

#endif
