/* Gathering and scattering by element: see scatter.h. */
#include "tensor/scatter.h"

#include "base/memory.h"
#include "tensor/record.h"
#include "tensor/take.h"

/* Each element's gradient is added to that of the element it came from. */
static LnStatus gather_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTensor *g;
  if (!ln_wanted(of, 0)) return LN_OK;
  LN_TRY(ln_tensor_new(&din[0], of->in[0]->shape, err));
  LN_TRY(ln_tensor_packed(&g, of->dout[0], err));
  LnStatus status = ln_tensor_move(LN_MOVE_ADD, din[0], of->args, g->data, 1, err);
  ln_tensor_unref(g);
  return status;
}

/* A view for reading. */
static LnTensor *readable(const LnTensor *t) {
  return (LnTensor *)(uintptr_t)t;
}

LnStatus ln_tensor_gather(LnTensor **out, const LnTensor *t, int dim, const LnTensor *index, LnError *err) {
  LnPlaces *places;
  LnTensor *y;
  LN_TRY(ln_places_along(&places, t, dim, index, "gather", err));
  LnStatus status = ln_tensor_new_unfilled(&y, index->shape, err);
  if (status == LN_OK) {
    status = ln_tensor_move(LN_MOVE_TAKE, readable(t), places, y->data, 1, err);
    if (status != LN_OK) ln_tensor_unref(y);
  }
  if (status == LN_OK) {
    y->mask = t->mask;
    status = ln_tape_finish(out, y, &(LnOperation){"gather", gather_adjoint, LN_INPUTS(t, index), .args = places,
                                                   .args_size = ln_places_bytes(places)}, err);
  }
  ln_free(places);
  return status;
}

/* t keeps the gradient of what was not overwritten, each value gets that of the element it became. */
static LnStatus scatter_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTensor *kept, *moved = NULL;
  LN_TRY(ln_tensor_clone(&kept, of->dout[0], err));
  LnStatus status = ln_tensor_new_unfilled(&moved, of->in[1]->shape, err);
  if (status == LN_OK) status = ln_tensor_move(LN_MOVE_CUT, kept, of->args, moved->data, 1, err);
  if (status != LN_OK) return ln_tensor_unref(kept), ln_tensor_unref(moved), status;
  din[0] = kept, din[1] = moved;
  return LN_OK;
}

static LnStatus scatter_add_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  if (ln_wanted(of, 0)) din[0] = ln_tensor_ref(of->dout[0]);
  if (!ln_wanted(of, 1)) return LN_OK;
  LN_TRY(ln_tensor_new_unfilled(&din[1], of->in[1]->shape, err));
  return ln_tensor_move(LN_MOVE_TAKE, of->dout[0], of->args, din[1]->data, 1, err);
}

/* src, of the index's shape: one number repeated, or the beginning of each dimension. */
static LnStatus fit_source(LnTensor **out, LnTensor *src, LnShape index, const char *what, LnError *err) {
  bool fits = src->shape.n == index.n;
  for (int i = 0; fits && i < index.n; i++) fits = src->shape.d[i] >= index.d[i];
  if (src->shape.n == 0) return ln_tensor_expand(out, src, index, err);
  if (!fits)
    return ln_fail(err, LN_ESHAPE,
                   "%s: the values have shape %s, the index %s: they must have at least its sizes, or be "
                   "one number",
                   what, LN_SHAPE_TEXT(src->shape), LN_SHAPE_TEXT(index));
  LnTensor *view = ln_tensor_ref(src);
  for (int i = 0; i < index.n; i++) {
    LnTensor *part;
    if (view->shape.d[i] == index.d[i]) continue;
    LnStatus status = ln_tensor_slice(&part, view, i, 0, index.d[i], 1, err);
    ln_tensor_unref(view);
    if (status != LN_OK) return status;
    view = part;
  }
  *out = view;
  return LN_OK;
}

/* y = t's elements with those of `values`, of the places' shape, moved in. */
static LnStatus moved_in(LnTensor **out, const LnTensor *t, const LnPlaces *places, const LnTensor *values, bool add,
                         LnError *err) {
  LnTensor *y, *row = NULL;
  LN_TRY(ln_tensor_clone_as(&y, t, t->shape, err));
  LnStatus status = ln_tensor_clone_as(&row, values, places->shape, err);
  if (status == LN_OK) status = ln_tensor_move(add ? LN_MOVE_ADD : LN_MOVE_PUT, y, places, row->data, 1, err);
  ln_tensor_unref(row);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  y->mask = t->mask && values->mask && !add;
  *out = y;
  return LN_OK;
}

LnStatus ln_tensor_scatter(LnTensor **out, const LnTensor *t, int dim, const LnTensor *index, LnTensor *src, bool add,
                           LnError *err) {
  const char *what = add ? "scatter_add" : "scatter";
  LnPlaces *places;
  LnTensor *values = NULL, *y;
  LN_TRY(ln_places_along(&places, t, dim, index, what, err));
  LnStatus status = fit_source(&values, src, index->shape, what, err);
  if (status == LN_OK) status = moved_in(&y, t, places, values, add, err);
  if (status == LN_OK)
    status = ln_tape_finish(out, y, &(LnOperation){what, add ? scatter_add_adjoint : scatter_adjoint,
                                                   LN_INPUTS(t, values, index), .args = places,
                                                   .args_size = ln_places_bytes(places)}, err);
  ln_tensor_unref(values);
  ln_free(places);
  return status;
}
