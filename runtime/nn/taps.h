/* A convolution as lists of taps.
 *
 * With D the upsampling of the input and S the stride, an output pixel Y reads the (upsampled) input at Y*S +
 * k*dilation - pad for every kernel position k. Split by Y modulo D, each phase is a plain convolution of the small
 * input, whose taps sum the kernel positions that fall on the same pixel: behind a twofold upsampling 3x3 taps become
 * 2x2. The gradient with respect to the input is the adjoint, split by the input's position modulo S. Both are
 * "rectangles" here. */
#ifndef LUNET_NN_TAPS_H
#define LUNET_NN_TAPS_H

#include "base/shape.h"
#include "base/status.h"

/* Geometry along one axis. */
typedef struct LnAxis {
  int64_t in, out;      /* sizes: input before upsampling, output */
  int64_t kernel, stride, dilation, pad; /* pad: before the first pixel */
  int64_t upsample;
} LnAxis;

/* One tap along one axis: where it reads, counted from a rectangle's pixel, and which kernel positions it stands for.
 */
typedef struct LnAxisTap {
  int64_t offset;
  int first, last; /* inclusive */
} LnAxisTap;

enum { LN_MAX_AXIS_TAPS = 32 }; /* bounds kernel size, and kernel size times upsampling */

/* One phase along one axis: destination pixels start, start+step, ... (count of them); the source pixel of the n-th is
 * n * source_step + tap offset. */
typedef struct LnAxisPhase {
  int64_t start, step, count, source_step;
  int n_taps;
  LnAxisTap taps[LN_MAX_AXIS_TAPS];
} LnAxisPhase;

/* Forward: phase number p of axis->upsample phases. */
void ln_axis_forward(LnAxisPhase *out, const LnAxis *axis, int64_t phase);
/* Input gradient: phase number p of axis->stride phases (one when the input is upsampled; stride is 1 then). The source
 * is dy. */
void ln_axis_backward(LnAxisPhase *out, const LnAxis *axis, int64_t phase);

#endif
