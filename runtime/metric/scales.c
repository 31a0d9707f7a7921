/* Images at several scales: see scales.h. */
#include "metric/scales.h"

void ln_scale_exponents(double *exponents, const LnMsSsim *o) {
  static const double wang2003[LN_MAX_SCALES] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  int n = (int)o->scales;
  double sum = 0;
  for (int i = 0; i < n; i++) sum += wang2003[i];
  for (int i = 0; i < n; i++) exponents[i] = o->exponents != NULL ? (double)o->exponents->data[i] : wang2003[i] / sum;
}

LnStatus ln_ms_ssim_check(const LnMsSsim *o, LnError *err) {
  const LnTensor *t = o->exponents;
  LN_TRY(ln_ssim_check(o, err));
  if (t == NULL) return LN_OK;
  if (t->shape.n != 1 || t->shape.d[0] != o->scales)
    return ln_fail(err, LN_ESHAPE,
                   "option 'exponents' must be a tensor of %lld numbers, one for each of 'scales', got %s",
                   (long long)o->scales, LN_SHAPE_TEXT(t->shape));
  for (int64_t i = 0; i < o->scales; i++)
    if (!(t->data[i] > 0))
      return ln_fail(err, LN_EARG, "option 'exponents' must be numbers above 0, got %g at %lld", (double)t->data[i],
                     (long long)i + 1);
  return LN_OK;
}

LnStatus ln_ms_ssim_check_size(const void *options, LnShape sample, LnError *err) {
  const LnMsSsim *o = options;
  long long window = ln_ssim_window(options), fit = 0, least = window << (o->scales - 1);
  int64_t side = sample.d[1] < sample.d[2] ? sample.d[1] : sample.d[2];
  while (fit < o->scales && side >> fit >= window) fit++;
  if (fit == o->scales) return LN_OK;
  return ln_fail(err, LN_ESHAPE,
                 "images of %s, halved %lld times, are smaller than the window of %lldx%lld; give %s%lld%s, or images "
                 "of at least %lldx%lld",
                 LN_SHAPE_TEXT(sample), (long long)o->scales - 1, window, window, fit > 0 ? "scales = " : "window = ",
                 fit > 0 ? fit : (side - 1) | 1, fit > 0 ? ", or a smaller 'window'" : " or less, and fewer 'scales'",
                 least, least);
}

void ln_halve(float *to, const float *from, int64_t height, int64_t width) {
  for (int64_t r = 0; r < height / 2; r++, to += width / 2) {
    const float *above = from + 2 * r * width, *below = above + width;
    for (int64_t c = 0; c < width / 2; c++)
      to[c] = 0.25f * (above[2 * c] + above[2 * c + 1] + below[2 * c] + below[2 * c + 1]);
  }
}

void ln_halve_padded(float *to, const float *from, int64_t height, int64_t width) {
  for (int64_t r = 0; r < height; r += 2)
    for (int64_t c = 0; c < width; c += 2) {
      const float *at = from + r * width + c;
      bool right = c + 1 < width, below = r + 1 < height;
      *to++ = 0.25f * (at[0] + (right ? at[1] : 0) + (below ? at[width] : 0) + (right && below ? at[width + 1] : 0));
    }
}

void ln_halve_mask(float *to, int64_t to_height, int64_t to_width, const float *from, int64_t height, int64_t width) {
  for (int64_t r = 0; r < to_height; r++)
    for (int64_t c = 0; c < to_width; c++) {
      int rows = 2 * r + 1 < height ? 2 : 1, columns = 2 * c + 1 < width ? 2 : 1, inside = 0;
      for (int i = 0; i < rows; i++)
        for (int k = 0; k < columns; k++) inside += from[(2 * r + i) * width + 2 * c + k] != 0;
      to[r * to_width + c] = 2 * inside >= rows * columns;
    }
}
