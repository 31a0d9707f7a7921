/* Inside tensor/: work element by element on several tensors that broadcast to one shape, on all threads. */
#ifndef LUNET_TENSOR_ROWS_H
#define LUNET_TENSOR_ROWS_H

#include "tensor/walk.h"

#define LN_ROWS_OPERANDS (LN_WALK_OPERANDS - 1)

/* out[0 .. n-1] from n numbers of each operand; from in[k][0] alone where one[k]. Called from several threads. */
typedef void LnRow(const void *context, float *out, const float *const *in, const bool *one, int64_t n);

typedef struct LnRows {
  LnRow *row;
  const void *context;
  bool arrays; /* one[] is never true: single numbers come repeated */
} LnRows;

/* out: new and contiguous, of the shape to which the at most LN_ROWS_OPERANDS operands broadcast. LN_EINTERRUPTED, or
 * all of it is written. How it is divided does not depend on the number of threads. */
LnStatus ln_rows_run(const LnRows *rows, LnTensor *out, int operands, const LnTensor *const *in, LnError *err);

#endif
