/* Copies: new tensors from old elements, and moving elements in and out. */
#include <string.h>

#include "tensor/record.h"
#include "tensor/rows.h"
#include "tensor/walk.h"

static void copy_row(const LnWalk *walk) {
  float *to = walk->row[0];
  const float *from = walk->row[1];
  if (walk->step[0] == 1 && walk->step[1] == 1)
    memcpy(to, from, (size_t)walk->length * sizeof(float));
  else
    for (int64_t i = 0; i < walk->length; i++) to[i * walk->step[0]] = from[i * walk->step[1]];
}

/* y = x, element by element; x is broadcast to y's shape, which it must fit. */
static void copy_elements(LnTensor *y, const LnTensor *x) {
  LnWalk walk = ln_walk(y->shape, 2, (const LnTensor *[]){y, x});
  while (ln_walk_next(&walk)) copy_row(&walk);
}

/* The same for a part of a y that is new, whose owner asks for interrupts afterwards. */
static void copy_into_part(LnTensor *y, const LnTensor *x) {
  LnWalk walk = ln_walk(y->shape, 2, (const LnTensor *[]){y, x});
  while (ln_walk_on(&walk)) copy_row(&walk);
}

static void clone_row(const void *context, float *out, const float *const *in, const bool *one, int64_t n) {
  (void)context;
  if (one[0])
    for (int64_t i = 0; i < n; i++) out[i] = in[0][0];
  else
    memcpy(out, in[0], (size_t)n * sizeof *out);
}

LnStatus ln_tensor_clone_as(LnTensor **out, const LnTensor *t, LnShape shape, LnError *err) {
  LnTensor *copy;
  LN_TRY(ln_tensor_new_unfilled(&copy, shape, err));
  LnStatus status = ln_rows_run(&(LnRows){.row = clone_row}, copy, 1, &t, err);
  if (status != LN_OK) return ln_tensor_unref(copy), status;
  *out = copy;
  return LN_OK;
}

LnStatus ln_tensor_clone(LnTensor **out, const LnTensor *t, LnError *err) {
  LnTensor *copy;
  LN_TRY(ln_tensor_clone_as(&copy, t, t->shape, err));
  copy->mask = t->mask;
  return ln_tape_finish(out, copy, &(LnOperation){"clone", ln_adjoint_same, LN_INPUTS(t)}, err);
}

LnStatus ln_tensor_packed(LnTensor **out, const LnTensor *t, LnError *err) {
  if (!ln_tensor_contiguous(t)) return ln_tensor_clone_as(out, t, t->shape, err);
  *out = ln_tensor_ref((LnTensor *)(uintptr_t)t);
  return LN_OK;
}

LnStatus ln_tensor_as_contiguous(LnTensor **out, LnTensor *t, LnError *err) {
  if (!ln_tensor_contiguous(t)) return ln_tensor_clone(out, t, err);
  *out = ln_tensor_ref(t);
  return LN_OK;
}

/* The shape of a concatenation. */
static LnStatus concat_shape(LnShape *out, LnTensor *const *list, int n, int dim, LnError *err) {
  if (n < 1) return ln_fail(err, LN_EARG, "concat: needs at least one tensor");
  LN_TRY(ln_tensor_check_dim(list[0], dim, "concat", err));
  LnShape shape = list[0]->shape;
  for (int k = 1; k < n; k++) {
    LnShape other = list[k]->shape;
    int64_t along = other.n == shape.n ? other.d[dim] : 0;
    if (other.n == shape.n) other.d[dim] = shape.d[dim];
    if (!ln_shape_equal(other, shape))
      return ln_fail(err, LN_ESHAPE,
                     "concat: tensor %d has shape %s, tensor 1 has %s: they may differ in dimension %d only", k + 1,
                     LN_SHAPE_TEXT(list[k]->shape), LN_SHAPE_TEXT(list[0]->shape), dim + 1);
    if (__builtin_add_overflow(shape.d[dim], along, &shape.d[dim]))
      return ln_fail(err, LN_ESHAPE, "concat: too many elements in dimension %d", dim + 1);
  }
  *out = shape;
  return LN_OK;
}

static LnStatus concat_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  int dim = *(const int *)of->args;
  LnTensor *g = of->dout[0];
  int64_t first = 0;
  for (int k = 0; k < of->n_in; k++) {
    if (ln_wanted(of, k)) {
      LN_TRY(ln_tensor_view_of(&din[k], g, err));
      din[k]->shape.d[dim] = of->in[k]->shape.d[dim];
      din[k]->data += first * g->stride[dim];
    }
    first += of->in[k]->shape.d[dim];
  }
  return LN_OK;
}

LnStatus ln_tensor_concat(LnTensor **out, LnTensor *const *list, int n, int dim, LnError *err) {
  LnShape shape;
  LnTensor *y;
  LN_TRY(concat_shape(&shape, list, n, dim, err));
  LN_TRY(ln_tensor_new_unfilled(&y, shape, err));
  LnTensor part = *y;
  y->mask = true;
  for (int k = 0; k < n; k++) {
    y->mask &= list[k]->mask;
    part.shape.d[dim] = list[k]->shape.d[dim];
    copy_into_part(&part, list[k]);
    part.data += part.shape.d[dim] * part.stride[dim];
  }
  return ln_tape_finish(out, y, &(LnOperation){"concat", concat_adjoint, .in = (const LnTensor *const *)list, .n_in = n,
                                               LN_ARGS(dim)}, err);
}

LnStatus ln_tensor_check_values(const LnTensor *values, const char *what, LnError *err) {
  if (!ln_tensor_followed(values)) return LN_OK;
  return ln_fail(err, LN_EARG, "%s: what is written derives from an argument of a gradient, which would be lost here; put "
                 "the result together by concat or where, or write its detach()", what);
}

LnStatus ln_tensor_copy(LnTensor *to, const LnTensor *from, LnError *err) {
  LnShape shape;
  if (ln_tensor_broadcast(&shape, from->shape, to->shape, NULL) != LN_OK || !ln_shape_equal(shape, to->shape))
    return ln_fail(err, LN_ESHAPE, "copy: shape %s does not fit %s", LN_SHAPE_TEXT(from->shape),
                   LN_SHAPE_TEXT(to->shape));
  LN_TRY(ln_tensor_check_writable(to, "copy", err));
  LN_TRY(ln_tensor_check_values(from, "copy", err));
  LnTensor *apart = NULL; /* elements must not be overwritten before they are read */
  if (ln_tensor_same_storage(to, from)) LN_TRY(ln_tensor_clone(&apart, from, err));
  copy_elements(to, apart != NULL ? apart : from);
  ln_tensor_unref(apart);
  return LN_OK;
}

LnStatus ln_tensor_fill(LnTensor *t, float value, LnError *err) {
  LN_TRY(ln_tensor_check_writable(t, "fill", err));
  LnWalk walk = ln_walk(t->shape, 1, (const LnTensor *[]){t});
  while (ln_walk_next(&walk))
    for (int64_t i = 0; i < walk.length; i++) walk.row[0][i * walk.step[0]] = value;
  return LN_OK;
}

/* A contiguous tensor on the caller's stack over borrowed memory. */
static LnTensor borrowed(float *data, LnShape shape) {
  LnTensor t = {.shape = shape, .data = data};
  ln_tensor_set_contiguous(&t);
  return t;
}

void ln_tensor_read(float *out, const LnTensor *t) {
  LnTensor to = borrowed(out, t->shape);
  copy_elements(&to, t);
}

void ln_tensor_write(LnTensor *t, const float *values) {
  LnTensor from = borrowed((float *)(uintptr_t)values, t->shape);
  copy_elements(t, &from);
}
