/* Tensors: life and layout. Views are in view.c, copies in copy.c, arithmetic in elementwise.c, reduce.c, linalg.c. */
#include "tensor/tensor.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/storage.h"

LnStatus ln_tensor_check_shape(int64_t *count, LnShape shape, const char *what, LnError *err) {
  int64_t product = 1; /* of the sizes but those that are 0: strides are products of some of them */
  *count = 1;
  if (shape.n < 0 || shape.n > LN_MAX_DIMS)
    return ln_fail(err, LN_ESHAPE, "%s: %d dimensions, at most %d are possible", what, shape.n, LN_MAX_DIMS);
  for (int i = 0; i < shape.n; i++) {
    if (shape.d[i] < 0)
      return ln_fail(err, LN_ESHAPE, "%s: size %d of shape %s is negative", what, i + 1, LN_SHAPE_TEXT(shape));
    int64_t size = shape.d[i] > 0 ? shape.d[i] : 1;
    if (__builtin_mul_overflow(product, size, &product) || product > PTRDIFF_MAX / 8)
      return ln_fail(err, LN_ESHAPE, "%s: shape %s has too many elements", what, LN_SHAPE_TEXT(shape));
    *count *= shape.d[i];
  }
  return LN_OK;
}

LnStatus ln_tensor_check_dim(const LnTensor *t, int dim, const char *what, LnError *err) {
  if (dim >= 0 && dim < t->shape.n) return LN_OK;
  return ln_fail(err, LN_EARG, "%s: no dimension %d in shape %s", what, dim + 1, LN_SHAPE_TEXT(t->shape));
}

void ln_tensor_set_contiguous(LnTensor *t) {
  int64_t stride = 1;
  for (int i = t->shape.n - 1; i >= 0; i--) {
    t->stride[i] = stride;
    stride *= t->shape.d[i];
  }
}

static LnStatus make(LnTensor **out, LnShape shape, bool zeros, LnError *err) {
  int64_t count;
  LN_TRY(ln_tensor_check_shape(&count, shape, "tensor", err));
  size_t bytes = (size_t)count * sizeof(float);
  LnTensor *t = ln_calloc(1, sizeof *t);
  LnStorage *storage = ln_calloc(1, sizeof *storage);
  float *data = zeros ? ln_calloc((size_t)count, sizeof(float)) : ln_alloc(bytes);
  if (t == NULL || storage == NULL || data == NULL) {
    ln_free(t), ln_free(storage), ln_free(data);
    char what[sizeof(LnShapeText) + 32];
    snprintf(what, sizeof what, "tensor of shape %s", LN_SHAPE_TEXT(shape));
    return ln_fail_memory(err, what, bytes);
  }
  *storage = (LnStorage){.refs = 1, .bytes = (int64_t)bytes, .data = data};
  *t = (LnTensor){.refs = 1, .shape = shape, .data = data, .storage = storage};
  ln_tensor_set_contiguous(t);
  *out = t;
  return LN_OK;
}

LnStatus ln_tensor_new(LnTensor **out, LnShape shape, LnError *err) {
  return make(out, shape, true, err);
}

LnStatus ln_tensor_new_unfilled(LnTensor **out, LnShape shape, LnError *err) {
  return make(out, shape, false, err);
}

LnStatus ln_tensor_finish(LnTensor **out, LnTensor *y, LnError *err) {
  LnStatus status = ln_interrupt_check(err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  *out = y;
  return LN_OK;
}

LnTensor *ln_tensor_ref(LnTensor *t) {
  t->refs++;
  return t;
}

void ln_tensor_unref(LnTensor *t) {
  if (t == NULL || --t->refs > 0) return;
  assert(t->refs == 0);
  if (--t->storage->refs == 0) {
    ln_free(t->storage->data);
    ln_free(t->storage);
  }
  ln_trail_unref(t->trail);
  ln_free(t);
}

void ln_trail_unref(LnTrail *trail) {
  if (trail != NULL && --trail->refs == 0) ln_free(trail);
}

bool ln_tensor_followed(const LnTensor *t) {
  return t->trail != NULL && t->trail->tape != NULL;
}

LnStatus ln_tensor_check_writable(const LnTensor *t, const char *what, LnError *err) {
  if (ln_tensor_expanded(t))
    return ln_fail(err, LN_EARG, "%s: the tensor %s was expanded: several of its elements are one in memory; write to a "
                   "clone() of it", what, LN_SHAPE_TEXT(t->shape));
  if (t->storage->held > 0 || ln_tensor_followed(t))
    return ln_fail(err, LN_EARG, "%s: a gradient that is being worked out needs the elements of the tensor %s as they are; "
                   "write to a clone() of it", what, LN_SHAPE_TEXT(t->shape));
  return LN_OK;
}

LnStatus ln_tensor_view_of(LnTensor **out, LnTensor *t, LnError *err) {
  LnTensor *view = ln_alloc(sizeof *view);
  if (view == NULL) return ln_fail_memory(err, "tensor view", sizeof *view);
  *view = *t;
  view->refs = 1;
  view->trail = NULL;
  view->storage->refs++;
  *out = view;
  return LN_OK;
}

bool ln_tensor_contiguous(const LnTensor *t) {
  int64_t stride = 1;
  for (int i = t->shape.n - 1; i >= 0; i--) {
    if (t->shape.d[i] != 1 && t->stride[i] != stride) return false;
    stride *= t->shape.d[i];
  }
  return true;
}

bool ln_tensor_expanded(const LnTensor *t) {
  if (ln_shape_count(t->shape) == 0) return false; /* strides are 0 beside a dimension of none */
  for (int i = 0; i < t->shape.n; i++)
    if (t->stride[i] == 0 && t->shape.d[i] > 1) return true;
  return false;
}

bool ln_tensor_unshared(const LnTensor *t) {
  return t->refs == 1 && t->storage->refs == 1;
}

bool ln_tensor_same_storage(const LnTensor *a, const LnTensor *b) {
  return a->storage == b->storage;
}

int64_t ln_tensor_storage_bytes(const LnTensor *t) {
  return t->storage->bytes;
}
