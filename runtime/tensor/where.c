/* Choosing by a mask: see where.h. */
#include "tensor/where.h"

#include <inttypes.h>

#include "base/memory.h"
#include "tensor/places.h"
#include "tensor/record.h"
#include "tensor/walk.h"

static void choose(LnWalk *walk) {
  while (ln_walk_on(walk)) {
    const float *m = walk->row[1], *a = walk->row[2], *b = walk->row[3];
    float *restrict y = walk->row[0];
    const int64_t sm = walk->step[1], sa = walk->step[2], sb = walk->step[3];
    if (sm == 1 && sa == 1 && sb == 1)
      for (int64_t i = 0; i < walk->length; i++) {
        const float p = a[i], q = b[i]; /* read both, or it would not be done in vectors */
        y[i] = m[i] != 0 ? p : q;
      }
    else
      for (int64_t i = 0; i < walk->length; i++) {
        const float p = a[i * sa], q = b[i * sb];
        y[i] = m[i * sm] != 0 ? p : q;
      }
  }
}

/* The gradient where the mask chose an input, else 0. */
static LnStatus where_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTensor *zero, *g = of->dout[0], *mask = of->in[0];
  LN_TRY(ln_tensor_new(&zero, (LnShape){0}, err));
  LnStatus status = LN_OK;
  if (ln_wanted(of, 1)) status = ln_tensor_where(&din[1], mask, g, zero, err);
  if (status == LN_OK && ln_wanted(of, 2)) status = ln_tensor_where(&din[2], mask, zero, g, err);
  ln_tensor_unref(zero);
  return status;
}

LnStatus ln_tensor_where(LnTensor **out, const LnTensor *mask, const LnTensor *a, const LnTensor *b, LnError *err) {
  LnShape both, shape;
  LnTensor *y;
  if (ln_tensor_broadcast(&both, a->shape, b->shape, NULL) != LN_OK ||
      ln_tensor_broadcast(&shape, mask->shape, both, NULL) != LN_OK)
    return ln_fail(err, LN_ESHAPE, "where: shapes %s (the mask), %s and %s do not broadcast",
                   LN_SHAPE_TEXT(mask->shape), LN_SHAPE_TEXT(a->shape), LN_SHAPE_TEXT(b->shape));
  LN_TRY(ln_tensor_new_unfilled(&y, shape, err));
  LnWalk walk = ln_walk(shape, 4, (const LnTensor *[]){y, mask, a, b});
  choose(&walk);
  y->mask = a->mask && b->mask;
  return ln_tape_finish(out, y, &(LnOperation){"where", where_adjoint, LN_INPUTS(mask, a, b)}, err);
}

/* The indices, from 1, of ascending positions in a shape: a row each. */
static void write_positions(float *out, const LnPlaces *places, LnShape shape) {
  const int last = shape.n - 1;
  int64_t row = 0, index[LN_MAX_DIMS] = {0}; /* where the current row of the last dimension begins */
  for (int64_t k = 0; k < places->n; k++) {
    if (places->at[k] - row >= shape.d[last]) {
      row = places->at[k] - places->at[k] % shape.d[last];
      int64_t rest = row / shape.d[last];
      for (int i = last - 1; i >= 0; rest /= shape.d[i--]) index[i] = rest % shape.d[i];
    }
    for (int i = 0; i < last; i++) *out++ = (float)(index[i] + 1);
    *out++ = (float)(places->at[k] - row + 1);
  }
}

LnStatus ln_tensor_nonzero(LnTensor **out, const LnTensor *t, LnError *err) {
  LnPlaces *places;
  LnTensor *y;
  int dims = t->shape.n;
  for (int i = 0; i < dims; i++)
    if (t->shape.d[i] > 1 << 24)
      return ln_fail(err, LN_ESHAPE,
                     "nonzero: dimension %d of shape %s has more than 2^24 entries, whose positions are not "
                     "exact in float32",
                     i + 1, LN_SHAPE_TEXT(t->shape));
  LN_TRY(ln_places_nonzero(&places, t, "nonzero", err));
  LnStatus status = ln_tensor_new_unfilled(&y, LN_SHAPE(places->n, dims), err);
  if (status == LN_OK && dims > 0) write_positions(y->data, places, t->shape);
  ln_free(places);
  if (status != LN_OK) return status;
  return ln_tape_finish(out, y, &(LnOperation){"nonzero", NULL, LN_INPUTS(t)}, err);
}
