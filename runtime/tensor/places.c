/* Indices and masks as positions: see places.h. */
#include "tensor/places.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "tensor/storage.h"
#include "tensor/walk.h"

#define EXACT 16777216.0f /* 2^24: whole numbers up to here are exact in float32 */

/* The dimension of an index, from 1, in messages. */
static int name_of(const LnIndex *index) {
  return index->named > 0 ? index->named : index->dim + 1;
}

size_t ln_places_bytes(const LnPlaces *places) {
  return sizeof *places + (size_t)places->n * sizeof *places->at;
}

/* Whether positions over dimensions first .. first+dims-1 fit into what holds them. */
static LnStatus check_room(LnShape t, int first, int dims, const char *what, LnError *err) {
  int64_t count = 1;
  for (int i = first; i < first + dims; i++)
    if (__builtin_mul_overflow(count, t.d[i], &count) || count > UINT32_MAX)
      return ln_fail(err, LN_ESHAPE, "%s: shape %s has more elements to choose from than 2^32", what, LN_SHAPE_TEXT(t));
  return LN_OK;
}

/* With one entry more than asked for, which a loop without branches may write to. */
static LnStatus places_alloc(LnPlaces **out, LnShape shape, const char *what, LnError *err) {
  int64_t n;
  LN_TRY(ln_tensor_check_shape(&n, shape, what, err));
  size_t bytes = sizeof **out + ((size_t)n + 1) * sizeof *(*out)->at;
  LnPlaces *places = ln_alloc(bytes);
  if (places == NULL) return ln_fail_memory(err, what, bytes);
  *places = (LnPlaces){.shape = shape, .n = n};
  *out = places;
  return LN_OK;
}

LnShape ln_places_shape(const LnPlaces *places, LnShape t) {
  LnShape shape = {.n = places->first};
  for (int i = 0; i < places->first; i++) shape.d[i] = t.d[i];
  for (int i = 0; i < places->shape.n && shape.n < LN_MAX_DIMS; i++) shape.d[shape.n++] = places->shape.d[i];
  for (int i = places->first + places->dims; i < t.n && shape.n < LN_MAX_DIMS; i++) shape.d[shape.n++] = t.d[i];
  return shape;
}

/* Says what is wrong with position `value`, the entry-th of an index of a dimension of `size` entries, the dim-th
 * from 1. */
static LnStatus refuse(float value, int64_t entry, int64_t size, int dim, const char *what, LnError *err) {
  char number[32];
  snprintf(number, sizeof number, "%.9g", isnan(value) ? NAN : (double)value); /* no sign */
  if (value == 0)
    return ln_fail(err, LN_EARG,
                   "%s: entry %" PRId64
                   " of the index of dimension %d is 0; positions count from 1 (a mask "
                   "of zeros and ones is made by index:ne(0))",
                   what, entry + 1, dim);
  if (floorf(value) != value || fabsf(value) > EXACT)
    return ln_fail(err, LN_EARG,
                   "%s: entry %" PRId64
                   " of the index of dimension %d is %s, expected a whole number up to "
                   "2^24",
                   what, entry + 1, dim, number);
  return ln_fail(err, LN_EARG, "%s: entry %" PRId64 " of the index is %s, outside 1..%" PRId64 " in dimension %d", what,
                 entry + 1, number, size, dim);
}

/* at[i] = scale * at[i] + the position from 0 that value[i] means; false if one of them means none. scale 0: what at
 * holds is not read. Without branches, so that it is done in vectors: a position that is too small wraps to one that is
 * too large. */
static inline bool read_row(uint32_t *at, uint32_t scale, const float *value, int64_t step, int64_t n, uint32_t size) {
  uint32_t bad = 0;
  for (int64_t i = 0; i < n; i++) {
    float v = value[i * step];
    int32_t p = (int32_t)(fabsf(v) <= EXACT ? v : 0);
    uint32_t from_start = (uint32_t)p + (p < 0 ? size : UINT32_MAX);
    bad |= ((float)p != v) | (from_start >= size);
    at[i] = (scale == 0 ? 0 : scale * at[i]) + from_start;
  }
  return bad == 0;
}

/* The message for the first entry of an index that means no position. */
static LnStatus refuse_first(const LnTensor *index, int64_t size, int dim, const char *what, LnError *err) {
  int64_t entry = 0;
  uint32_t position;
  LnWalk walk = ln_walk(index->shape, 1, (const LnTensor *[]){index});
  while (ln_walk_next(&walk))
    for (int64_t i = 0; i < walk.length; i++, entry++) {
      const float *value = &walk.row[0][i * walk.step[0]];
      if (!read_row(&position, 0, value, 1, 1, (uint32_t)size)) return refuse(*value, entry, size, dim, what, err);
    }
  return LN_OK;
}

/* Every position p becomes scale * p plus that of the index along its dimension, which has `size` entries. */
static LnStatus add_tensor(LnPlaces *places, uint32_t scale, const LnTensor *index, int64_t size, int dim,
                           const char *what, LnError *err) {
  bool fine = true;
  uint32_t *at = places->at;
  LnWalk walk = ln_walk(places->shape, 1, (const LnTensor *[]){index});
  while (ln_walk_next(&walk)) {
    if (scale == 0 && walk.step[0] == 1)
      fine &= read_row(at, 0, walk.row[0], 1, walk.length, (uint32_t)size);
    else
      fine &= read_row(at, scale, walk.row[0], walk.step[0], walk.length, (uint32_t)size);
    at += walk.length;
  }
  return fine ? LN_OK : refuse_first(index, size, dim, what, err);
}

static LnStatus add_list(LnPlaces *places, uint32_t scale, const LnIndex *index, int64_t size, const char *what,
                         LnError *err) {
  for (int64_t i = 0; i < index->n; i++) {
    int64_t p = index->list[i] < 0 ? index->list[i] + size : index->list[i] - 1;
    if (p < 0 || p >= size)
      return ln_fail(err, LN_EARG, "%s: entry %" PRId64 " of the index is %" PRId64 ", outside 1..%" PRId64
                     " in dimension %d", what, i + 1, index->list[i], size, name_of(index));
  }
  for (int64_t i = 0; i < places->n; i++) {
    int64_t value = index->list[index->n == 1 ? 0 : i % index->n];
    places->at[i] = (scale == 0 ? 0 : scale * places->at[i]) + (uint32_t)(value < 0 ? value + size : value - 1);
  }
  return LN_OK;
}

/* How many elements are not 0. */
static LnStatus count_nonzero(int64_t *count, const LnTensor *mask, LnError *err) {
  *count = 0;
  LnWalk walk = ln_walk(mask->shape, 1, (const LnTensor *[]){mask});
  while (ln_walk_on(&walk))
    for (int64_t i = 0; i < walk.length; i++) *count += walk.row[0][i * walk.step[0]] != 0;
  return ln_interrupt_check(err);
}

LnStatus ln_places_nonzero(LnPlaces **out, const LnTensor *mask, const char *what, LnError *err) {
  int64_t count;
  LN_TRY(check_room(mask->shape, 0, mask->shape.n, what, err));
  LN_TRY(count_nonzero(&count, mask, err));
  LN_TRY(places_alloc(out, LN_SHAPE(count), what, err));
  uint32_t *at = (*out)->at;
  int64_t k = 0, before = 0;
  LnWalk walk = ln_walk(mask->shape, 1, (const LnTensor *[]){mask});
  while (ln_walk_next(&walk)) {
    for (int64_t i = 0; i < walk.length; i++) {
      at[k] = (uint32_t)(before + i);
      k += walk.row[0][i * walk.step[0]] != 0;
    }
    before += walk.length;
  }
  return LN_OK;
}

static LnStatus add_mask(LnPlaces *places, uint32_t scale, const LnTensor *mask, const char *what, LnError *err) {
  LnPlaces *own;
  LN_TRY(ln_places_nonzero(&own, mask, what, err));
  for (int64_t i = 0; i < places->n; i++)
    places->at[i] = (scale == 0 ? 0 : scale * places->at[i]) + own->at[own->n == 1 ? 0 : i % own->n];
  ln_free(own);
  return LN_OK;
}

/* A mask must have the sizes of the dimensions that it stands for. */
static LnStatus check_mask(const LnTensor *t, const LnIndex *index, const char *what, LnError *err) {
  const LnShape mask = index->tensor->shape;
  if (mask.n == 0) return ln_fail(err, LN_ESHAPE, "%s: the mask is a single number", what);
  for (int i = 0; i < mask.n; i++)
    if (index->dim + i >= t->shape.n || mask.d[i] != t->shape.d[index->dim + i])
      return ln_fail(err, LN_ESHAPE, "%s: the mask has shape %s, which does not fit dimension %d of shape %s%s", what,
                     LN_SHAPE_TEXT(mask), name_of(index) + i, LN_SHAPE_TEXT(t->shape),
                     name_of(index) > 1 ? "" : "; it must have that shape or its first sizes");
  return LN_OK;
}

/* The shape of an index's positions. Counts a mask. */
static LnStatus shape_of_index(LnShape *shape, const LnIndex *index, LnError *err) {
  *shape = index->tensor == NULL ? LN_SHAPE(index->n) : index->tensor->shape;
  if (index->tensor == NULL || !index->tensor->mask) return LN_OK;
  *shape = LN_SHAPE(0);
  return count_nonzero(&shape->d[0], index->tensor, err);
}

/* That of all of them together. */
static LnStatus paired_shape(LnShape *shape, const LnIndex *index, int n, const char *what, LnError *err) {
  *shape = (LnShape){0};
  for (int k = 0; k < n; k++) {
    LnShape before = *shape, own;
    LN_TRY(shape_of_index(&own, &index[k], err));
    if (ln_tensor_broadcast(shape, before, own, NULL) != LN_OK)
      return ln_fail(err, LN_ESHAPE,
                     "%s: the index of dimension %d has shape %s, those before it %s: several are paired, so their "
                     "shapes must broadcast", what, name_of(&index[k]), LN_SHAPE_TEXT(own), LN_SHAPE_TEXT(before));
  }
  return LN_OK;
}

/* The places' shape, dimensions and memory. */
static LnStatus make_places(LnPlaces **out, const LnTensor *t, const LnIndex *index, int n, const char *what,
                            LnError *err) {
  LnShape shape;
  int dims = 0;
  for (int k = 0; k < n; k++) {
    LN_TRY(ln_tensor_check_dim(t, index[k].dim, what, err));
    if (index[k].tensor != NULL && index[k].tensor->mask) LN_TRY(check_mask(t, &index[k], what, err));
    dims += ln_index_dims(&index[k]);
  }
  LN_TRY(check_room(t->shape, index[0].dim, dims, what, err));
  LN_TRY(paired_shape(&shape, index, n, what, err));
  if (t->shape.n - dims + shape.n > LN_MAX_DIMS)
    return ln_fail(err, LN_ESHAPE,
                   "%s: indices of shape %s for %d of the dimensions of %s give more than %d dimensions", what,
                   LN_SHAPE_TEXT(shape), dims, LN_SHAPE_TEXT(t->shape), LN_MAX_DIMS);
  LN_TRY(places_alloc(out, shape, what, err));
  (*out)->first = index[0].dim, (*out)->dims = dims;
  return LN_OK;
}

LnStatus ln_places_new(LnPlaces **out, const LnTensor *t, const LnIndex *index, int n, const char *what, LnError *err) {
  LnPlaces *places;
  if (n == 1 && index->tensor != NULL && index->tensor->mask) { /* needs no counting beforehand */
    LN_TRY(check_mask(t, index, what, err));
    LN_TRY(ln_places_nonzero(out, index->tensor, what, err));
    (*out)->first = index->dim, (*out)->dims = index->tensor->shape.n;
    return LN_OK;
  }
  LN_TRY(make_places(&places, t, index, n, what, err));
  LnStatus status = LN_OK;
  for (int k = 0; status == LN_OK && k < n; k++) {
    int64_t scale = 1, size = t->shape.d[index[k].dim];
    for (int i = 0; i < ln_index_dims(&index[k]); i++) scale *= t->shape.d[index[k].dim + i];
    if (k == 0) scale = 0;
    if (index[k].tensor == NULL)
      status = add_list(places, (uint32_t)scale, &index[k], size, what, err);
    else if (index[k].tensor->mask)
      status = add_mask(places, (uint32_t)scale, index[k].tensor, what, err);
    else
      status = add_tensor(places, (uint32_t)scale, index[k].tensor, size, name_of(&index[k]), what, err);
  }
  if (status != LN_OK) return ln_free(places), status;
  *out = places;
  return LN_OK;
}

/* From positions along dim, element by element of an index, to positions in all of t. */
static void complete(LnPlaces *places, const LnTensor *t, int dim) {
  LnTensor whole = {.shape = t->shape};
  const LnShape index = places->shape;
  ln_tensor_set_contiguous(&whole);
  const int64_t along = whole.stride[dim], width = index.d[index.n - 1];
  whole.stride[dim] = 0; /* in the others an element keeps its place */
  const int64_t step = whole.stride[index.n - 1];
  int64_t base = 0, at[LN_MAX_DIMS] = {0};
  for (uint32_t *row = places->at; row < places->at + places->n; row += width) {
    for (int64_t j = 0; j < width; j++)
      row[j] = (uint32_t)base + (uint32_t)j * (uint32_t)step + (uint32_t)along * row[j];
    for (int i = index.n - 2; i >= 0; i--) {
      base += whole.stride[i];
      if (++at[i] < index.d[i]) break;
      base -= whole.stride[i] * index.d[i];
      at[i] = 0;
    }
  }
}

LnStatus ln_places_along(LnPlaces **out, const LnTensor *t, int dim, const LnTensor *index, const char *what,
                         LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, dim, what, err));
  bool fits = index->shape.n == t->shape.n;
  for (int i = 0; fits && i < t->shape.n; i++) fits = i == dim || index->shape.d[i] <= t->shape.d[i];
  if (!fits)
    return ln_fail(err, LN_ESHAPE,
                   "%s: the index has shape %s, which does not fit %s: it must have as many dimensions, and "
                   "none but dimension %d may be larger",
                   what, LN_SHAPE_TEXT(index->shape), LN_SHAPE_TEXT(t->shape), dim + 1);
  LnPlaces *places;
  LN_TRY(check_room(t->shape, 0, t->shape.n, what, err));
  LN_TRY(places_alloc(&places, index->shape, what, err));
  places->dims = t->shape.n;
  LnStatus status = add_tensor(places, 0, index, t->shape.d[dim], dim + 1, what, err);
  if (status != LN_OK) return ln_free(places), status;
  complete(places, t, dim);
  *out = places;
  return LN_OK;
}
