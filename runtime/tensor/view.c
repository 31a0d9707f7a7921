/* Views: tensors that share another's storage. Only shape, strides and the first element differ. */
#include <inttypes.h>
#include <stddef.h>

#include "tensor/record.h"

static void drop_dim(LnTensor *t, int dim) {
  for (int i = dim; i + 1 < t->shape.n; i++) {
    t->shape.d[i] = t->shape.d[i + 1];
    t->stride[i] = t->stride[i + 1];
  }
  t->shape.d[--t->shape.n] = 0;
}

/* Where a part of a tensor lies in it. */
typedef struct Part {
  int64_t first;               /* its first element, in floats */
  LnShape shape;
  int64_t stride[LN_MAX_DIMS]; /* of a contiguous tensor of the whole's shape */
} Part;

/* The part `view` of t, as it would lie in a contiguous tensor of t's shape. A stride of the view is one of t's, times
 * a step. dim: the one that was cut, dropped: it is no dimension of the view. */
static Part part_of(const LnTensor *t, int dim, bool dropped, int64_t first, int64_t step, LnShape shape) {
  LnTensor whole = {.shape = t->shape};
  Part part = {.shape = shape};
  ln_tensor_set_contiguous(&whole);
  for (int i = 0; i < shape.n; i++) part.stride[i] = whole.stride[dropped && i >= dim ? i + 1 : i];
  if (!dropped && shape.d[dim] > 1) part.stride[dim] *= step; /* of one element it may be anything */
  part.first = first * whole.stride[dim];
  return part;
}

/* Zeros, and the gradient where the part lies. */
static LnStatus part_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const Part *part = of->args;
  LnTensor *place;
  LN_TRY(ln_tensor_new(&din[0], of->in[0]->shape, err));
  LN_TRY(ln_tensor_view_of(&place, din[0], err));
  place->shape = part->shape;
  if (ln_shape_count(part->shape) > 0) place->data += part->first;
  for (int i = 0; i < part->shape.n; i++) place->stride[i] = part->stride[i];
  LnStatus status = ln_tensor_copy(place, of->dout[0], err);
  ln_tensor_unref(place);
  return status;
}

LnStatus ln_tensor_select(LnTensor **out, LnTensor *t, int dim, int64_t index, LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, dim, "select", err));
  if (index < 0 || index >= t->shape.d[dim])
    return ln_fail(err, LN_EARG, "select: index %" PRId64 " is outside dimension %d of shape %s", index + 1, dim + 1,
                   LN_SHAPE_TEXT(t->shape));
  LnTensor *view;
  LN_TRY(ln_tensor_view_of(&view, t, err));
  view->data += index * t->stride[dim];
  drop_dim(view, dim);
  const Part part = part_of(t, dim, true, index, 1, view->shape);
  return ln_tape_finish(out, view, &(LnOperation){"select", part_adjoint, LN_INPUTS(t), LN_ARGS(part)}, err);
}

/* Are first, first + step, ... (count of them) all in 0 .. size-1? */
static bool range_fits(int64_t size, int64_t first, int64_t count, int64_t step) {
  int64_t span, last;
  if (count == 0) return first >= 0 && first <= size;
  if (count < 0 || first < 0 || first >= size) return false;
  if (__builtin_mul_overflow(count - 1, step, &span) || __builtin_add_overflow(first, span, &last)) return false;
  return last >= 0 && last < size;
}

LnStatus ln_tensor_slice(LnTensor **out, LnTensor *t, int dim, int64_t first, int64_t count, int64_t step,
                         LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, dim, "slice", err));
  if (step == 0) return ln_fail(err, LN_EARG, "slice: the step along dimension %d must not be 0", dim + 1);
  if (!range_fits(t->shape.d[dim], first, count, step))
    return ln_fail(err, LN_EARG, "slice: %" PRId64 " from index %" PRId64 " in steps of %" PRId64
                   " does not fit dimension %d of shape %s", count, first + 1, step, dim + 1, LN_SHAPE_TEXT(t->shape));
  LnTensor *view;
  LN_TRY(ln_tensor_view_of(&view, t, err));
  if (count > 0) view->data += first * t->stride[dim];
  if (count > 1) view->stride[dim] *= step; /* a single element needs none, and step may be anything */
  view->shape.d[dim] = count;
  const Part part = part_of(t, dim, false, first, step, view->shape);
  return ln_tape_finish(out, view, &(LnOperation){"slice", part_adjoint, LN_INPUTS(t), LN_ARGS(part)}, err);
}

typedef struct Order {
  int dims[LN_MAX_DIMS];
} Order;

static LnStatus permute_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const Order *order = of->args;
  int back[LN_MAX_DIMS] = {0};
  for (int i = 0; i < of->in[0]->shape.n; i++) back[order->dims[i]] = i;
  return ln_tensor_permute(&din[0], of->dout[0], back, err);
}

LnStatus ln_tensor_permute(LnTensor **out, LnTensor *t, const int *dims, LnError *err) {
  bool seen[LN_MAX_DIMS] = {false};
  for (int i = 0; i < t->shape.n; i++) {
    LN_TRY(ln_tensor_check_dim(t, dims[i], "permute", err));
    if (seen[dims[i]]) return ln_fail(err, LN_EARG, "permute: dimension %d is named twice", dims[i] + 1);
    seen[dims[i]] = true;
  }
  LnTensor *view;
  LN_TRY(ln_tensor_view_of(&view, t, err));
  for (int i = 0; i < t->shape.n; i++) {
    view->shape.d[i] = t->shape.d[dims[i]];
    view->stride[i] = t->stride[dims[i]];
  }
  Order order = {{0}};
  for (int i = 0; i < t->shape.n; i++) order.dims[i] = dims[i];
  return ln_tape_finish(out, view, &(LnOperation){"permute", permute_adjoint, LN_INPUTS(t), LN_ARGS(order)}, err);
}

LnStatus ln_tensor_expand(LnTensor **out, LnTensor *t, LnShape shape, LnError *err) {
  int64_t count;
  LN_TRY(ln_tensor_check_shape(&count, shape, "expand", err));
  int extra = shape.n - t->shape.n;
  if (extra < 0)
    return ln_fail(err, LN_ESHAPE, "expand: shape %s has more dimensions than %s", LN_SHAPE_TEXT(t->shape),
                   LN_SHAPE_TEXT(shape));
  for (int i = 0; i < t->shape.n; i++)
    if (t->shape.d[i] != 1 && t->shape.d[i] != shape.d[extra + i])
      return ln_fail(err, LN_ESHAPE, "expand: shape %s does not fit %s: dimension %d is %" PRId64 ", not 1 or %" PRId64,
                     LN_SHAPE_TEXT(t->shape), LN_SHAPE_TEXT(shape), i + 1, t->shape.d[i], shape.d[extra + i]);
  LnTensor *view;
  LN_TRY(ln_tensor_view_of(&view, t, err));
  view->shape = shape;
  for (int i = 0; i < shape.n; i++)
    view->stride[i] = i < extra || t->shape.d[i - extra] == 1 ? 0 : t->stride[i - extra];
  return ln_tape_finish(out, view, &(LnOperation){"expand", ln_adjoint_same, LN_INPUTS(t)}, err);
}

/* Put the size that is left in place of a -1, and see that the number of elements stays. */
static LnStatus complete_shape(LnShape *shape, const LnTensor *t, LnError *err) {
  int64_t have = ln_shape_count(t->shape), count;
  int open = -1;
  LnShape known = *shape;
  for (int i = 0; i < shape->n && i < LN_MAX_DIMS; i++) {
    if (shape->d[i] != -1) continue;
    if (open >= 0)
      return ln_fail(err, LN_ESHAPE, "reshape: sizes %d and %d are both -1; only one can be worked out", open + 1,
                     i + 1);
    open = i;
    known.d[i] = 1;
  }
  LN_TRY(ln_tensor_check_shape(&count, known, "reshape", err));
  if (open >= 0 && count > 0 && have % count == 0) {
    known.d[open] = have / count;
    count = have;
  } else if (open >= 0) {
    count = -1;
  }
  if (count != have)
    return ln_fail(err, LN_ESHAPE, "reshape: shape %s has %" PRId64 " elements, which do not fit %s",
                   LN_SHAPE_TEXT(t->shape), have, LN_SHAPE_TEXT(*shape));
  *shape = known;
  return LN_OK;
}

/* Strides of `shape` over t's elements without moving them; false if there are none. Both are cut, from the left, into
 * the shortest groups of dimensions that hold equally many elements; a group can be recut if its old dimensions lie one
 * after the other. No size is 0 here. */
static bool recut_strides(int64_t *stride, const LnTensor *t, LnShape shape) {
  int64_t size[LN_MAX_DIMS], step[LN_MAX_DIMS];
  int n = 0;
  for (int i = 0; i < t->shape.n; i++)
    if (t->shape.d[i] != 1) size[n] = t->shape.d[i], step[n++] = t->stride[i];
  int i = 0, j = 0;
  while (i < n && j < shape.n) {
    int first = j;
    int64_t old_count = size[i], new_count = shape.d[j++];
    while (old_count != new_count) {
      if (new_count < old_count) {
        new_count *= shape.d[j++];
      } else {
        if (step[i] != size[i + 1] * step[i + 1]) return false;
        old_count *= size[++i];
      }
    }
    int64_t inner = step[i++];
    for (int k = j - 1; k >= first; k--) stride[k] = inner, inner *= shape.d[k];
  }
  for (; j < shape.n; j++) stride[j] = 1; /* sizes of 1 */
  return true;
}

static LnStatus reshape_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  return ln_tensor_reshape(&din[0], of->dout[0], of->in[0]->shape, err);
}

/* A copy of t on no tape: that of what is made from it counts. */
static LnStatus plain_copy(LnTensor **out, LnTensor *t, LnError *err) {
  LnTensor *plain;
  LN_TRY(ln_tensor_view_of(&plain, t, err));
  LnStatus status = ln_tensor_clone(out, plain, err);
  ln_tensor_unref(plain);
  return status;
}

LnStatus ln_tensor_reshape(LnTensor **out, LnTensor *t, LnShape shape, LnError *err) {
  LnTensor *source = NULL, *view;
  int64_t stride[LN_MAX_DIMS] = {0};
  LN_TRY(complete_shape(&shape, t, err));
  bool contiguous = ln_tensor_contiguous(t) || ln_shape_count(shape) == 0;
  bool recut = !contiguous && recut_strides(stride, t, shape);
  if (contiguous || recut)
    source = ln_tensor_ref(t);
  else
    LN_TRY(plain_copy(&source, t, err));
  LnStatus status = ln_tensor_view_of(&view, source, err);
  ln_tensor_unref(source);
  if (status != LN_OK) return status;
  view->shape = shape;
  if (recut)
    for (int i = 0; i < shape.n; i++) view->stride[i] = stride[i];
  else
    ln_tensor_set_contiguous(view);
  return ln_tape_finish(out, view, &(LnOperation){"reshape", reshape_adjoint, LN_INPUTS(t)}, err);
}
