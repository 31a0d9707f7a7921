/* Taking entries of a tensor by index tensors, lists and masks, and writing to them: see places.h for what these mean.
 */
#ifndef LUNET_TENSOR_TAKE_H
#define LUNET_TENSOR_TAKE_H

#include "tensor/places.h"

/* The entries of t that the indices mean, as a copy: the dimensions that the indices stand for give way to those of the
 * positions, in place of the first if they are neighbours, else in front (NumPy's rule). Indices come in ascending
 * order of their dimensions. */
LnStatus ln_tensor_take(LnTensor **out, LnTensor *t, const LnIndex *index, int n, const char *what, LnError *err);

/* The same entries of t = values, which broadcasts to their shape. Of several values for one entry the last stays. */
LnStatus ln_tensor_put(LnTensor *t, const LnIndex *index, int n, const LnTensor *values, const char *what,
                       LnError *err);

/* Inside tensor/: between a tensor and a contiguous row of the elements at places, in their order. */
typedef enum LnMove {
  LN_MOVE_TAKE, /* to the row; stops at an interrupt */
  LN_MOVE_PUT,  /* to the tensor */
  LN_MOVE_ADD,  /* added to the tensor's */
  LN_MOVE_CUT,  /* to the row, from the last to the first, and the tensor's become 0: each goes to the last that has it
                 */
} LnMove;
/* step: from one element of the row to the next, 1 or (one value for all) 0. */
LnStatus ln_tensor_move(LnMove move, LnTensor *t, const LnPlaces *places, float *row, int64_t step, LnError *err);

#endif
