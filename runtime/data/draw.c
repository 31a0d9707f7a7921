/* Random numbers for the images of a batch: see draw.h. */
#include "data/draw.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

#include "base/parallel.h"

/* Fills n numbers of one image. */
typedef struct Drawing {
  void (*fill)(float *out, int64_t n, LnRng rng, int64_t at, const struct Drawing *drawing);
  double low, high;
  const float *rates;
  float *out;
  int64_t size; /* numbers of an image */
  LnRng rng;
  const int64_t *numbers;
} Drawing;

static void fill_normal(float *out, int64_t n, LnRng rng, int64_t at, const Drawing *drawing) {
  (void)at, (void)drawing;
  ln_rng_fill_normal(out, n, rng, 0);
}

static void fill_uniform(float *out, int64_t n, LnRng rng, int64_t at, const Drawing *drawing) {
  const float low = (float)drawing->low, width = (float)(drawing->high - drawing->low);
  (void)at;
  ln_rng_fill_uniform(out, n, rng, 0);
  for (int64_t i = 0; i < n; i++) out[i] = low + width * out[i];
}

static void fill_integer(float *out, int64_t n, LnRng rng, int64_t at, const Drawing *drawing) {
  const int64_t limit = (int64_t)(drawing->high - drawing->low) + 1;
  (void)at;
  for (int64_t i = 0; i < n; i++)
    out[i] = (float)(drawing->low + (double)ln_rng_below(rng, (uint64_t)i, limit));
}

static void fill_poisson(float *out, int64_t n, LnRng rng, int64_t at, const Drawing *drawing) {
  ln_rng_fill_poisson_of(out, n, rng, 0, drawing->rates + at);
}

static void draw_image(void *context, int64_t index, int worker) {
  const Drawing *d = context;
  (void)worker;
  d->fill(d->out + index * d->size, d->size, ln_rng_derive(d->rng, (uint64_t)d->numbers[index]), index * d->size, d);
}

static LnStatus draw(LnTensor **out, LnShape shape, Drawing *d, LnError *err) {
  LnTensor *made = NULL;
  if (shape.n < 1) return ln_fail(err, LN_ESHAPE, "draw: the shape needs a dimension for the images of the batch");
  LN_TRY(ln_tensor_new_unfilled(&made, shape, err));
  d->out = made->data;
  d->size = shape.d[0] > 0 ? ln_shape_count(shape) / shape.d[0] : 0;
  LnStatus status = ln_parallel_stoppable(shape.d[0], draw_image, d, err);
  if (status != LN_OK) return ln_tensor_unref(made), status;
  *out = made;
  return LN_OK;
}

LnStatus ln_draw_normal(LnTensor **out, LnShape shape, LnRng rng, const int64_t *numbers, LnError *err) {
  return draw(out, shape, &(Drawing){.fill = fill_normal, .rng = rng, .numbers = numbers}, err);
}

LnStatus ln_draw_uniform(LnTensor **out, LnShape shape, double low, double high, LnRng rng, const int64_t *numbers,
                         LnError *err) {
  if (!isfinite(low) || !isfinite(high) || low > high)
    return ln_fail(err, LN_EARG, "draw:uniform: expected finite numbers low <= high, got %g and %g", low, high);
  return draw(out, shape, &(Drawing){.fill = fill_uniform, .low = low, .high = high, .rng = rng, .numbers = numbers},
              err);
}

LnStatus ln_draw_integer(LnTensor **out, LnShape shape, int64_t low, int64_t high, LnRng rng, const int64_t *numbers,
                         LnError *err) {
  const int64_t most = 1 << 24; /* what float32 holds without a gap */
  if (low > high || low < -most || high > most)
    return ln_fail(err, LN_EARG,
                   "draw:integer: expected low <= high, both of -2^24 to 2^24, got %" PRId64 " and %" PRId64, low,
                   high);
  Drawing d = {.fill = fill_integer, .low = (double)low, .high = (double)high, .rng = rng, .numbers = numbers};
  return draw(out, shape, &d, err);
}

LnStatus ln_draw_poisson(LnTensor **out, LnTensor *rates, LnRng rng, const int64_t *numbers, LnError *err) {
  LnTensor *given = NULL;
  LN_TRY(ln_tensor_as_contiguous(&given, rates, err));
  Drawing d = {.fill = fill_poisson, .rates = given->data, .rng = rng, .numbers = numbers};
  LnStatus status = draw(out, given->shape, &d, err);
  ln_tensor_unref(given);
  return status;
}
