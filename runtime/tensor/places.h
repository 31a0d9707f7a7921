/* Inside tensor/: which elements an index means, as positions in element order.
 *
 * Index tensors and lists hold positions as users write them: whole numbers from 1, negative ones from the end. An
 * index stands for one dimension, a mask for as many as it has. Several beside each other are paired after
 * broadcasting, as in NumPy: the positions run over all the dimensions that they stand for, taken as one. */
#ifndef LUNET_TENSOR_PLACES_H
#define LUNET_TENSOR_PLACES_H

#include <stddef.h>

#include "tensor/tensor.h"

/* One index. */
typedef struct LnIndex {
  const LnTensor *tensor; /* a mask or positions; NULL: the list */
  const int64_t *list;
  int64_t n;              /* entries of the list */
  int dim;                /* the dimension, or the first one, that it stands for; from 0 */
  int named; /* what messages call it, from 1, where it is a dimension of another tensor to the user; or 0 */
} LnIndex;

/* One block of memory, without pointers: a tape can keep a copy. */
typedef struct LnPlaces {
  int first, dims; /* the dimensions that the positions run over */
  LnShape shape;   /* of the positions: it takes the place of those dimensions in what is taken */
  int64_t n;       /* how many they are */
  uint32_t at[];   /* positions from 0 in element order; more than fit in here are refused */
} LnPlaces;

/* What indices of neighbouring dimensions, in ascending order, mean in a tensor of t's shape. what: the operation, for
 * messages, which name the entry and its value. Freed by ln_free. */
LnStatus ln_places_new(LnPlaces **out, const LnTensor *t, const LnIndex *index, int n, const char *what, LnError *err);
/* Over all dimensions of t: element by element the positions of `index`, which has as many dimensions, along dim; in
 * the others an element keeps its own. */
LnStatus ln_places_along(LnPlaces **out, const LnTensor *t, int dim, const LnTensor *index, const char *what,
                         LnError *err);
/* Where a tensor is not 0; for the caller to give the dimensions to. */
LnStatus ln_places_nonzero(LnPlaces **out, const LnTensor *mask, const char *what, LnError *err);
size_t ln_places_bytes(const LnPlaces *places);
/* The shape of what is taken from t. */
LnShape ln_places_shape(const LnPlaces *places, LnShape t);
/* How many dimensions an index stands for. */
static inline int ln_index_dims(const LnIndex *index) {
  return index->tensor != NULL && index->tensor->mask ? index->tensor->shape.n : 1;
}

#endif
