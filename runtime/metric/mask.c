/* Masks of metrics: see mask.h. */
#include "metric/mask.h"

static int64_t planes_of(const LnTensor *mask) {
  return mask->shape.n == 4 ? mask->shape.d[0] : 1;
}

const float *ln_mask_of(const LnTensor *mask, int64_t i) {
  if (mask == NULL) return NULL;
  const int64_t *sides = mask->shape.d + mask->shape.n - 2;
  return mask->data + (planes_of(mask) == 1 ? 0 : i * sides[0] * sides[1]);
}

int64_t ln_mask_count(const float *mask, int64_t height, int64_t width, int64_t border) {
  int64_t count = 0;
  for (int64_t r = border; r < height - border; r++)
    for (int64_t c = border; c < width - border; c++) count += mask[r * width + c] != 0;
  return count;
}

static LnStatus check_shape(LnShape s, const char *name, int64_t n, int64_t height, int64_t width, LnError *err) {
  bool fits = s.n >= 2 && s.n <= 4 && s.d[s.n - 2] == height && s.d[s.n - 1] == width &&
              (s.n == 2 || s.d[s.n - 3] == 1) && (s.n < 4 || s.d[0] == 1 || s.d[0] == n);
  if (fits) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "%s: the mask must be %lldx%lld, or %lldx1x%lldx%lld, as the images are; got %s", name,
                 (long long)height, (long long)width, (long long)n, (long long)height, (long long)width,
                 LN_SHAPE_TEXT(s));
}

static LnStatus check_values(const LnTensor *mask, const char *name, int64_t height, int64_t width, LnError *err) {
  for (int64_t i = 0; i < ln_shape_count(mask->shape); i++) {
    if (mask->data[i] == 0 || mask->data[i] == 1) continue;
    int64_t at = i % (height * width);
    return ln_fail(err, LN_EARG,
                   "%s: mask %lld is %g at row %lld, column %lld; it must be of 0 and 1, as comparisons such as "
                   "x:gt(0.1) give",
                   name, (long long)(i / (height * width)) + 1, (double)mask->data[i], (long long)(at / width) + 1,
                   (long long)(at % width) + 1);
  }
  return LN_OK;
}

LnStatus ln_mask_check(const LnTensor *mask, const char *name, int64_t n, int64_t height, int64_t width, LnError *err) {
  LN_TRY(check_shape(mask->shape, name, n, height, width, err));
  LN_TRY(check_values(mask, name, height, width, err));
  for (int64_t i = 0; i < planes_of(mask); i++)
    if (ln_mask_count(ln_mask_of(mask, i), height, width, 0) == 0)
      return ln_fail(err, LN_EARG, "%s: mask %lld is empty: no pixel of it is 1", name, (long long)i + 1);
  return LN_OK;
}
