/* Entries by index: see take.h. */
#include "tensor/take.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/record.h"

enum { PIECE = 1 << 16 }; /* entries between two looks at the interrupt */

/* An odometer over some dimensions of a tensor. */
typedef struct Dims {
  int n;
  int64_t size[LN_MAX_DIMS], stride[LN_MAX_DIMS], at[LN_MAX_DIMS];
  int64_t offset; /* of where it stands, in floats */
} Dims;

/* The dimensions first .. last-1, neighbours merged where they lie one after the other. */
static Dims dims_of(const LnTensor *t, int first, int last) {
  Dims dims = {0};
  for (int i = first; i < last; i++) {
    if (t->shape.d[i] == 1) continue;
    if (dims.n > 0 && dims.stride[dims.n - 1] == t->stride[i] * t->shape.d[i]) {
      dims.size[dims.n - 1] *= t->shape.d[i];
      dims.stride[dims.n - 1] = t->stride[i];
    } else {
      dims.size[dims.n] = t->shape.d[i];
      dims.stride[dims.n++] = t->stride[i];
    }
  }
  return dims;
}

/* To the next place, the innermost dimension first; false, and back at the beginning, after the last. */
static bool next_place(Dims *dims) {
  for (int i = dims->n - 1; i >= 0; i--) {
    dims->offset += dims->stride[i];
    if (++dims->at[i] < dims->size[i]) return true;
    dims->offset -= dims->stride[i] * dims->size[i];
    dims->at[i] = 0;
  }
  return false;
}

/* Where the entry at a position lies, in floats, if its dimensions do not lie one after the other. */
static int64_t offset_of(const Dims *entries, int64_t position) {
  int64_t offset = 0;
  for (int i = entries->n - 1; i >= 0; i--) {
    offset += position % entries->size[i] * entries->stride[i];
    position /= entries->size[i];
  }
  return offset;
}

/* One element: `row` is an element of the row, or the one value for all. */
static inline void move_one(LnMove move, float *element, float *row) {
  if (move == LN_MOVE_TAKE) *row = *element;
  if (move == LN_MOVE_PUT) *element = *row;
  if (move == LN_MOVE_ADD) *element += *row;
  if (move == LN_MOVE_CUT) *row = *element, *element = 0;
}

/* n entries that are single elements, `stride` floats apart. */
static inline __attribute__((always_inline)) void move_elements(LnMove move, float *base, int64_t stride,
                                                                const uint32_t *at, int64_t n, float *row,
                                                                int64_t step) {
  if (move == LN_MOVE_CUT)
    for (int64_t i = n - 1; i >= 0; i--) move_one(move, &base[at[i] * stride], &row[i]);
  else if (stride == 1 && step == 1)
    for (int64_t i = 0; i < n; i++) move_one(move, &base[at[i]], &row[i]);
  else
    for (int64_t i = 0; i < n; i++) move_one(move, &base[at[i] * stride], &row[i * step]);
}

/* One entry of several elements: rows of `width` that lie `stride` apart. */
static inline __attribute__((always_inline)) void move_entry(LnMove move, float *entry, Dims *rows, int64_t width,
                                                             int64_t stride, float *row, int64_t step) {
  do {
    float *from = entry + rows->offset;
    if (move == LN_MOVE_TAKE && stride == 1)
      memcpy(row, from, (size_t)width * sizeof *row);
    else
      for (int64_t j = 0; j < width; j++) move_one(move, &from[j * stride], &row[j * step]);
    row += width * step;
  } while (next_place(rows));
}

/* What is moved around one place of the dimensions in front. */
typedef struct Entries {
  Dims dims;             /* that the positions run over */
  Dims rows;             /* of the elements of one entry, */
  int64_t width, stride; /* each of so many elements, so far apart */
  int64_t size;          /* elements of an entry */
} Entries;

/* Entries first .. first+n-1. */
static inline __attribute__((always_inline)) void move_piece(LnMove move, float *base, Entries *of, const uint32_t *at,
                                                             int64_t n, float *row, int64_t step) {
  if (of->size == 1 && of->dims.n <= 1) {
    move_elements(move, base, of->dims.n == 1 ? of->dims.stride[0] : 0, at, n, row, step);
    return;
  }
  for (int64_t k = 0; k < n; k++) {
    int64_t i = move == LN_MOVE_CUT ? n - 1 - k : k;
    move_entry(move, base + offset_of(&of->dims, at[i]), &of->rows, of->width, of->stride, &row[i * of->size * step],
               step);
  }
}

static void take_piece(float *base, Entries *of, const uint32_t *at, int64_t n, float *row) {
  move_piece(LN_MOVE_TAKE, base, of, at, n, row, 1);
}
static void put_piece(float *base, Entries *of, const uint32_t *at, int64_t n, float *row, int64_t step) {
  move_piece(LN_MOVE_PUT, base, of, at, n, row, step);
}
static void add_piece(float *base, Entries *of, const uint32_t *at, int64_t n, float *row, int64_t step) {
  move_piece(LN_MOVE_ADD, base, of, at, n, row, step);
}
static void cut_piece(float *base, Entries *of, const uint32_t *at, int64_t n, float *row) {
  move_piece(LN_MOVE_CUT, base, of, at, n, row, 1);
}

static Entries entries_of(const LnTensor *t, const LnPlaces *places) {
  const int behind = places->first + places->dims;
  Entries of = {.dims = dims_of(t, places->first, behind), .rows = dims_of(t, behind, t->shape.n), .width = 1,
                .stride = 1, .size = 1};
  for (int i = behind; i < t->shape.n; i++) of.size *= t->shape.d[i];
  if (of.rows.n > 0) {
    of.rows.n--;
    of.width = of.rows.size[of.rows.n], of.stride = of.rows.stride[of.rows.n];
  }
  return of;
}

LnStatus ln_tensor_move(LnMove move, LnTensor *t, const LnPlaces *places, float *row, int64_t step, LnError *err) {
  Dims front = dims_of(t, 0, places->first);
  Entries of = entries_of(t, places);
  if (places->n == 0 || of.size == 0 || ln_shape_count(t->shape) == 0) return LN_OK;
  do {
    float *base = t->data + front.offset;
    if (move == LN_MOVE_PUT) put_piece(base, &of, places->at, places->n, row, step);
    if (move == LN_MOVE_ADD) add_piece(base, &of, places->at, places->n, row, step);
    if (move == LN_MOVE_CUT) cut_piece(base, &of, places->at, places->n, row);
    for (int64_t i = 0; move == LN_MOVE_TAKE && i < places->n; i += PIECE) {
      take_piece(base, &of, &places->at[i], places->n - i < PIECE ? places->n - i : PIECE, row + i * of.size);
      LN_TRY(ln_interrupt_check(err));
    }
    row += places->n * of.size * step;
  } while (next_place(&front));
  return LN_OK;
}

static LnStatus take_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTensor *g;
  if (!ln_wanted(of, 0)) return LN_OK;
  LN_TRY(ln_tensor_new(&din[0], of->in[0]->shape, err));
  LN_TRY(ln_tensor_packed(&g, of->dout[0], err));
  LnStatus status = ln_tensor_move(LN_MOVE_ADD, din[0], of->args, g->data, 1, err);
  ln_tensor_unref(g);
  return status;
}

/* The dimensions of indices that are no neighbours, brought to the front: *in_front is t then, and ordered[] what the
 * indices are there; else *in_front is t itself. */
static LnStatus bring_together(LnTensor **in_front, LnIndex *ordered, LnTensor *t, const LnIndex *index, int n,
                               LnError *err) {
  bool neighbours = true, indexed[LN_MAX_DIMS] = {false};
  int dims[LN_MAX_DIMS], count = 0;
  for (int k = 0; k < n; k++) {
    ordered[k] = index[k];
    if (k > 0) neighbours &= index[k].dim == index[k - 1].dim + ln_index_dims(&index[k - 1]);
  }
  for (int k = 0; !neighbours && k < n; k++) {
    ordered[k].dim = count;
    if (index[k].named == 0) ordered[k].named = index[k].dim + 1;
    for (int i = 0; i < ln_index_dims(&index[k]) && index[k].dim + i < t->shape.n; i++) {
      indexed[index[k].dim + i] = true;
      dims[count++] = index[k].dim + i;
    }
  }
  if (neighbours) return *in_front = ln_tensor_ref(t), LN_OK;
  for (int i = 0; i < t->shape.n; i++)
    if (!indexed[i]) dims[count++] = i;
  return ln_tensor_permute(in_front, t, dims, err);
}

LnStatus ln_tensor_take(LnTensor **out, LnTensor *t, const LnIndex *index, int n, const char *what, LnError *err) {
  LnIndex ordered[LN_MAX_DIMS];
  LnTensor *from, *y = NULL;
  LnPlaces *places = NULL;
  LN_TRY(bring_together(&from, ordered, t, index, n, err));
  LnStatus status = ln_places_new(&places, from, ordered, n, what, err);
  if (status == LN_OK) status = ln_tensor_new_unfilled(&y, ln_places_shape(places, from->shape), err);
  if (status == LN_OK) status = ln_tensor_move(LN_MOVE_TAKE, from, places, y->data, 1, err);
  if (status == LN_OK) {
    const LnTensor *in[1 + LN_MAX_DIMS] = {from};
    int n_in = 1;
    for (int k = 0; k < n; k++)
      if (index[k].tensor != NULL) in[n_in++] = index[k].tensor;
    y->mask = t->mask;
    status = ln_tape_finish(out, y, &(LnOperation){what, take_adjoint, .in = in, .n_in = n_in, .args = places,
                                                   .args_size = ln_places_bytes(places)}, err);
  } else {
    ln_tensor_unref(y);
  }
  ln_free(places);
  ln_tensor_unref(from);
  return status;
}

/* One value for all, or values that broadcast to `shape`, contiguous and apart from t's memory: *step is 0 or 1. */
static LnStatus lay_out(LnTensor **row, int64_t *step, const LnTensor *values, LnShape shape, const LnTensor *t,
                        const char *what, LnError *err) {
  LnShape both;
  if (ln_tensor_broadcast(&both, values->shape, shape, NULL) != LN_OK || !ln_shape_equal(both, shape))
    return ln_fail(err, LN_ESHAPE, "%s: values of shape %s do not fit the %s that are written to", what,
                   LN_SHAPE_TEXT(values->shape), LN_SHAPE_TEXT(shape));
  *step = ln_shape_count(values->shape) == 1 ? 0 : 1;
  if (ln_tensor_same_storage(values, t)) return ln_tensor_clone_as(row, values, *step ? shape : values->shape, err);
  if (*step == 0 || ln_shape_equal(values->shape, shape)) return ln_tensor_packed(row, values, err);
  return ln_tensor_clone_as(row, values, shape, err);
}

LnStatus ln_tensor_put(LnTensor *t, const LnIndex *index, int n, const LnTensor *values, const char *what,
                       LnError *err) {
  LnIndex ordered[LN_MAX_DIMS];
  LnTensor *to, *row = NULL;
  LnPlaces *places = NULL;
  int64_t step = 0;
  LN_TRY(ln_tensor_check_writable(t, what, err));
  LN_TRY(ln_tensor_check_values(values, what, err));
  LN_TRY(bring_together(&to, ordered, t, index, n, err));
  LnStatus status = ln_places_new(&places, to, ordered, n, what, err);
  if (status == LN_OK) status = lay_out(&row, &step, values, ln_places_shape(places, to->shape), t, what, err);
  if (status == LN_OK) status = ln_tensor_move(LN_MOVE_PUT, to, places, row->data, step, err);
  ln_tensor_unref(row);
  ln_free(places);
  ln_tensor_unref(to);
  return status;
}
