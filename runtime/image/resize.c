/* Resizing: both methods are separable, so rows and columns each get a short list of weights. */
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "image/image.h"

/* Output pixel i is the sum over k of weight[i * taps + k] * input[first[i] + k]. */
typedef struct Axis {
  int64_t taps;
  int64_t *first;
  double *weight;
} Axis;

static LnStatus axis_new(Axis *axis, int64_t from, int64_t to, LnResize method, LnError *err) {
  axis->taps = method == LN_RESIZE_BILINEAR ? 2 : (from + to - 1) / to + 1;
  if (axis->taps > from) axis->taps = from;
  axis->first = ln_calloc((size_t)to, sizeof *axis->first);
  axis->weight = ln_calloc((size_t)(to * axis->taps), sizeof *axis->weight);
  if (axis->first == NULL || axis->weight == NULL) return ln_fail_memory(err, "resize", (size_t)(to * axis->taps) * 8);
  return LN_OK;
}

static void axis_free(Axis *axis) {
  ln_free(axis->first);
  ln_free(axis->weight);
}

/* Output pixel i covers [i * from / to, (i + 1) * from / to); the bounds in units of 1/to are integers, so the shares
 * are exact and pixels that are only touched get nothing. */
static void axis_area(Axis *axis, int64_t from, int64_t to) {
  for (int64_t i = 0; i < to; i++) {
    int64_t low = i * from, high = low + from, first = low / to;
    if (first > from - axis->taps) first = from - axis->taps;
    axis->first[i] = first;
    for (int64_t k = 0; k < axis->taps; k++) {
      int64_t begin = (first + k) * to, end = begin + to;
      int64_t covered = (end < high ? end : high) - (begin > low ? begin : low);
      axis->weight[i * axis->taps + k] = covered > 0 ? (double)covered / (double)from : 0;
    }
  }
}

/* Centres of pixels lie at half numbers: output i is at (i + 1/2) * from / to - 1/2; edges are repeated. */
static void axis_bilinear(Axis *axis, int64_t from, int64_t to) {
  for (int64_t i = 0; i < to; i++) {
    double at = ((double)i + 0.5) * (double)from / (double)to - 0.5;
    double *weight = axis->weight + i * axis->taps;
    if (at < 0) at = 0;
    if (at > (double)(from - 1)) at = (double)(from - 1);
    int64_t first = (int64_t)at;
    if (first > from - axis->taps) first = from - axis->taps;
    axis->first[i] = first;
    weight[0] = 1;
    if (axis->taps == 2) weight[1] = at - (double)first, weight[0] = 1 - weight[1];
  }
}

static LnStatus axis_make(Axis *axis, int64_t from, int64_t to, LnResize method, LnError *err) {
  LN_TRY(axis_new(axis, from, to, method, err));
  if (method == LN_RESIZE_AREA)
    axis_area(axis, from, to);
  else
    axis_bilinear(axis, from, to);
  return LN_OK;
}

/* One plane. rows: a sum of source rows, `width` long. */
static void resize_plane(float *out, const float *in, double *rows, int64_t width, const Axis *y, int64_t to_height,
                         const Axis *x, int64_t to_width) {
  for (int64_t i = 0; i < to_height && !ln_interrupted(); i++) {
    const float *source = in + y->first[i] * width;
    for (int64_t j = 0; j < width; j++) rows[j] = 0;
    for (int64_t k = 0; k < y->taps; k++) {
      double weight = y->weight[i * y->taps + k];
      if (weight == 0) continue;
      for (int64_t j = 0; j < width; j++) rows[j] += weight * source[k * width + j];
    }
    for (int64_t j = 0; j < to_width; j++) {
      double sum = 0;
      for (int64_t k = 0; k < x->taps; k++) sum += x->weight[j * x->taps + k] * rows[x->first[j] + k];
      out[i * to_width + j] = (float)sum;
    }
  }
}

/* to, from: contiguous, the same but for the last two dimensions */
static LnStatus resize_all(LnTensor *to, const LnTensor *from, LnResize method, LnError *err) {
  int n = from->shape.n;
  int64_t height = from->shape.d[n - 2], width = from->shape.d[n - 1];
  int64_t to_height = to->shape.d[n - 2], to_width = to->shape.d[n - 1];
  int64_t planes = ln_shape_count(from->shape) / (height * width);
  Axis y = {0}, x = {0};
  double *rows = ln_alloc((size_t)width * sizeof *rows);
  LnStatus status = rows == NULL ? ln_fail_memory(err, "resize", (size_t)width * sizeof *rows) : LN_OK;
  if (status == LN_OK) status = axis_make(&y, height, to_height, method, err);
  if (status == LN_OK) status = axis_make(&x, width, to_width, method, err);
  for (int64_t p = 0; status == LN_OK && p < planes; p++)
    resize_plane(to->data + p * to_height * to_width, from->data + p * height * width, rows, width, &y, to_height, &x,
                 to_width);
  axis_free(&y), axis_free(&x), ln_free(rows);
  return status == LN_OK ? ln_interrupt_check(err) : status;
}

LnStatus ln_image_resize(LnTensor **out, LnTensor *image, int64_t height, int64_t width, LnResize method,
                         LnError *err) {
  LnShape shape = image->shape;
  LnTensor *from = NULL, *to = NULL;
  if (shape.n < 2 || shape.d[shape.n - 2] < 1 || shape.d[shape.n - 1] < 1)
    return ln_fail(err, LN_ESHAPE, "resize: expected ... x height x width, got %s", LN_SHAPE_TEXT(shape));
  if (height < 1 || width < 1 || height > INT32_MAX || width > INT32_MAX)
    return ln_fail(err, LN_EARG, "resize: the new size must be from 1x1 to %dx%d, got %lldx%lld", INT32_MAX,
                   INT32_MAX, (long long)height, (long long)width);
  shape.d[shape.n - 2] = height;
  shape.d[shape.n - 1] = width;
  LN_TRY(ln_tensor_as_contiguous(&from, image, err));
  LnStatus status = ln_tensor_new(&to, shape, err);
  if (status == LN_OK) status = resize_all(to, from, method, err);
  ln_tensor_unref(from);
  if (status != LN_OK) return ln_tensor_unref(to), status;
  *out = to;
  return LN_OK;
}
