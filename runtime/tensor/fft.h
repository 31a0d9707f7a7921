/* Discrete Fourier transforms of images, the last two dimensions H,W; those before count images. Complex numbers are
 * two tensors of one shape, real and imaginary parts. Signs and factors are NumPy's:
 *
 *   fft2:  y[p][q] = sum over i, j of x[i][j] exp(-2 pi i (p i / H + q j / W))
 *   ifft2: x[i][j] = sum over p, q of y[p][q] exp(+2 pi i (p i / H + q j / W)) / (H W)
 *
 * By FFTW in single precision: it is in Debian, works in float32, and is fast for images of any size. It is under the
 * GPL, so lunet can be built without it (make FFT=none); these functions then are LN_EUNSUPPORTED. */
#ifndef LUNET_TENSOR_FFT_H
#define LUNET_TENSOR_FFT_H

#include "tensor/tensor.h"

/* im: the imaginary part of what is transformed; NULL: zeros, for half the work. */
LnStatus ln_tensor_fft2(LnTensor **out_re, LnTensor **out_im, LnTensor *re, LnTensor *im, LnError *err);
/* The real part of the inverse; the imaginary one is ifft2(im, -re). */
LnStatus ln_tensor_ifft2(LnTensor **out, LnTensor *re, LnTensor *im, LnError *err);

#endif
