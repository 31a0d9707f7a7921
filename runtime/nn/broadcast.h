/* Layers of several inputs that work number by number. As in NumPy and PyTorch, an input of size 1 along a dimension
 * stands for as many equal ones as the others have there: a gate C,1,1 or 1,H,W beside an image C,H,W. */
#ifndef LUNET_NN_BROADCAST_H
#define LUNET_NN_BROADCAST_H

#include "nn/layer.h"

/* The largest size of each dimension; all inputs have as many dimensions. same_channels: one channel (or feature) does
 * not stand for several; for sums, where that is more often a mistake than meant. */
LnStatus ln_broadcast_shape(LnShape *out, const LnShape *in, int n_inputs, bool same_channels, LnError *err);
/* row_unit, input_rows, and working memory for `rows` rows of y. */
void ln_broadcast_needs(LnNeeds *needs, const LnBuild *build, int rows);
int64_t ln_broadcast_row_size(LnMap y); /* floats of a row of y */
/* Row r of x as a row of y: in place where they are alike, else in `room`. */
const float *ln_broadcast_row(LnMap x, LnMap y, int64_t r, float *room);
/* The adjoint: adds a gradient of row r of y to dx. */
void ln_broadcast_add_row(const LnKernels *kernels, LnMap dx, LnMap y, int64_t r, const float *gradient);

#endif
