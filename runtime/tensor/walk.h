/* Inside tensor/: one loop over the elements of up to five tensors of one shape, whatever their strides.
 *
 * Sizes of 1 are dropped and neighbouring dimensions are merged where all operands allow it, so contiguous tensors give
 * long rows; those beyond LN_WALK_PIECE elements come in pieces. Rows come in element order:
 *
 *   LnWalk walk = ln_walk(shape, 2, (const LnTensor *[]){y, x});
 *   while (ln_walk_next(&walk))
 *     for (int64_t i = 0; i < walk.length; i++) walk.row[0][i * walk.step[0]] = walk.row[1][i * walk.step[1]];
 */
#ifndef LUNET_TENSOR_WALK_H
#define LUNET_TENSOR_WALK_H

#include "base/interrupt.h"
#include "tensor/tensor.h"

#define LN_WALK_OPERANDS 5
#define LN_WALK_PIECE (1 << 18) /* a few milliseconds of the slowest function */

typedef struct LnWalk {
  int64_t length;                                 /* elements of a row, or of a piece of it */
  int64_t step[LN_WALK_OPERANDS];                 /* from one element of a row to the next, in floats */
  float *row[LN_WALK_OPERANDS];                   /* where the row starts */
  int operands;                                   /* the rest is the walk's own */
  int64_t before, after;                          /* elements of the row around the piece */
  int64_t left;                                   /* rows from this one on */
  int n;                                          /* dimensions around the row */
  int64_t size[LN_MAX_DIMS], index[LN_MAX_DIMS];  /* of these, innermost first */
  int64_t stride[LN_WALK_OPERANDS][LN_MAX_DIMS];
  bool started, empty;
} LnWalk;

/* Operands are aligned to shape as NumPy does it: missing leading dimensions and sizes of 1 are repeated. */
LnWalk ln_walk(LnShape shape, int operands, const LnTensor *const *tensors);
/* Of a walk that has not begun, keep `rows` of its walk.left rows, from row `first` on. */
void ln_walk_narrow(LnWalk *walk, int64_t first, int64_t rows);
/* Step to the next row; false at the end. */
bool ln_walk_next(LnWalk *walk);
/* The same for what may stop: false also once an interrupt has come, so ln_interrupt_check must follow the loop. */
static inline bool ln_walk_on(LnWalk *walk) {
  return ln_walk_next(walk) && !ln_interrupted();
}

#endif
