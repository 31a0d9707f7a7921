/* Padding: see pad.h. A constant is filled in around a copy; the other modes put entries that are there before and
 * behind, one dimension after the other. */
#include "tensor/pad.h"

#include <inttypes.h>

#include "base/memory.h"
#include "tensor/record.h"
#include "tensor/take.h"

int64_t ln_pad_source(int64_t i, int64_t size, LnPadMode mode) {
  if (i >= 0 && i < size) return i;
  if (mode == LN_PAD_REPLICATE || size == 1) return i < 0 ? 0 : size - 1;
  int64_t period = mode == LN_PAD_CIRCULAR ? size : mode == LN_PAD_SYMMETRIC ? 2 * size : 2 * size - 2;
  int64_t at = (i % period + period) % period;
  if (at < size) return at;
  return mode == LN_PAD_SYMMETRIC ? period - 1 - at : period - at;
}

/* `n` entries around dimension dim, the first at position `from`, counted from the first that there is. */
static LnStatus take_side(LnTensor **out, LnTensor *t, int dim, int64_t from, int64_t n, LnPadMode mode, LnError *err) {
  int64_t *list = ln_alloc((size_t)n * sizeof *list);
  if (list == NULL) return ln_fail_memory(err, "pad", (size_t)n * sizeof *list);
  for (int64_t i = 0; i < n; i++) list[i] = ln_pad_source(from + i, t->shape.d[dim], mode) + 1;
  LnStatus status = ln_tensor_take(out, t, &(LnIndex){.list = list, .n = n, .dim = dim}, 1, "pad", err);
  ln_free(list);
  return status;
}

static LnStatus pad_dim(LnTensor **out, LnTensor *t, int dim, int64_t before, int64_t behind, LnPadMode mode,
                        LnError *err) {
  int64_t size = t->shape.d[dim];
  LnTensor *parts[3] = {NULL, t, NULL};
  if (size == 0)
    return ln_fail(err, LN_ESHAPE, "pad: dimension %d of shape %s is empty: there is nothing to repeat", dim + 1,
                   LN_SHAPE_TEXT(t->shape));
  LnStatus status = take_side(&parts[0], t, dim, -before, before, mode, err);
  if (status == LN_OK) status = take_side(&parts[2], t, dim, size, behind, mode, err);
  if (status == LN_OK) status = ln_tensor_concat(out, parts, 3, dim, err);
  ln_tensor_unref(parts[0]), ln_tensor_unref(parts[2]);
  return status;
}

static LnStatus padded_shape(LnShape *shape, const LnTensor *t, const LnPads *pads, LnError *err) {
  int64_t count;
  *shape = t->shape;
  for (int i = 0; i < t->shape.n; i++) {
    int64_t before = pads->before[i], behind = pads->behind[i];
    if (before < 0 || behind < 0)
      return ln_fail(err, LN_EARG, "pad: dimension %d would get %" PRId64 " more; narrow() takes some away", i + 1,
                     before < 0 ? before : behind);
    if (__builtin_add_overflow(shape->d[i], before, &shape->d[i]) ||
        __builtin_add_overflow(shape->d[i], behind, &shape->d[i]))
      return ln_fail(err, LN_ESHAPE, "pad: too many elements in dimension %d", i + 1);
  }
  return ln_tensor_check_shape(&count, *shape, "pad", err);
}

/* The elements of a padded tensor that were there before: a view. */
static LnStatus middle_of(LnTensor **out, LnTensor *padded, const LnPads *pads, LnShape shape, LnError *err) {
  LN_TRY(ln_tensor_view_of(out, padded, err));
  if (ln_shape_count(shape) > 0)
    for (int i = 0; i < shape.n; i++) (*out)->data += pads->before[i] * padded->stride[i];
  (*out)->shape = shape;
  return LN_OK;
}

static LnStatus constant_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  return middle_of(&din[0], of->dout[0], of->args, of->in[0]->shape, err);
}

static LnStatus pad_constant(LnTensor **out, LnTensor *t, const LnPads *pads, LnShape shape, float value,
                             LnError *err) {
  LnTensor *y, *middle = NULL, *plain = NULL;
  LN_TRY(ln_tensor_new(&y, shape, err));
  LnStatus status = value == 0 ? LN_OK : ln_tensor_fill(y, value, err);
  if (status == LN_OK) status = middle_of(&middle, y, pads, t->shape, err);
  if (status == LN_OK) status = ln_tensor_view_of(&plain, t, err); /* copying from what is followed is an error */
  if (status == LN_OK) status = ln_tensor_copy(middle, plain, err);
  ln_tensor_unref(middle), ln_tensor_unref(plain);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  y->mask = t->mask && (value == 0 || value == 1);
  return ln_tape_finish(out, y, &(LnOperation){"pad", constant_adjoint, LN_INPUTS(t), LN_ARGS(*pads)}, err);
}

LnStatus ln_tensor_pad(LnTensor **out, LnTensor *t, const LnPads *pads, LnPadMode mode, float value, LnError *err) {
  LnShape shape;
  LN_TRY(padded_shape(&shape, t, pads, err));
  if (mode == LN_PAD_CONSTANT) return pad_constant(out, t, pads, shape, value, err);
  LnTensor *y = NULL, *next;
  for (int i = t->shape.n - 1; i >= 0; i--) { /* the last dimension first: later ones move whole rows */
    if (pads->before[i] == 0 && pads->behind[i] == 0) continue;
    LnStatus status = pad_dim(&next, y != NULL ? y : t, i, pads->before[i], pads->behind[i], mode, err);
    ln_tensor_unref(y);
    if (status != LN_OK) return status;
    y = next;
  }
  if (y == NULL) return ln_tensor_clone(out, t, err);
  *out = y;
  return LN_OK;
}
