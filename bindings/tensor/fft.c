/* Fourier transforms in Lua. */
#include "tensor/fft.h"

#include "bindings/base/call.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

/* fft2(re[, im]) */
static int fft2(lua_State *L) {
  LnTensor *re = lnb_check_tensor(L, 1), *im = lua_isnoneornil(L, 2) ? NULL : lnb_check_tensor(L, 2);
  LNB_MAKE_TENSORS(L, 2, ln_tensor_fft2(&made[0], &made[1], re, im, &err));
  return 2;
}

static int ifft2(lua_State *L) {
  LnTensor *re = lnb_check_tensor(L, 1), *im = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_ifft2(&made, re, im, &err));
  return 1;
}

const LnbFunction lnb_tensor_fft_functions[] = {
    {.name = "fft2", .call = fft2,
     .usage = "ln.fft2(re: tensor, im?: tensor) -> tensor, tensor",
     .doc = "The discrete Fourier transform of images, the last two dimensions: real and imaginary parts, each of "
            "the image's shape. Without im the image is real, which is half the work. Signs and factors are NumPy's: "
            "no factor here, 1 / (H W) in ifft2. By FFTW in single precision, for any size.",
     .example = "local re, im = ln.fft2(clean)\n"
                "(re ^ 2 + im ^ 2):sqrt()",
     .numpy = "np.fft.fft2, np.fft.rfft2", .torch = "torch.fft.fft2"},
    {.name = "ifft2", .call = ifft2,
     .usage = "ln.ifft2(re: tensor, im: tensor) -> tensor",
     .doc = "The real part of the inverse of fft2, which is all there is of a real image; the imaginary part is "
            "ln.ifft2(im, -re).",
     .example = "local re, im = ln.fft2(clean)\n"
                "ln.ifft2(re, im)",
     .numpy = "np.fft.ifft2, np.fft.irfft2", .torch = "torch.fft.ifft2"},
    {0}};
