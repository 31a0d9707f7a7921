/* A convolution as lists of taps: see taps.h. */
#include "nn/taps.h"

static int64_t floor_div(int64_t a, int64_t b) {
  int64_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

/* Kernel positions that read the same pixel of the small input follow each other, as offsets do not fall. */
static void group_taps(LnAxisPhase *out, const LnAxis *axis, int64_t phase, int64_t scale, int64_t shift) {
  int64_t previous = 0;
  for (int k = 0; k < axis->kernel; k++) {
    int64_t small = floor_div(phase + k * axis->dilation - axis->pad, axis->upsample);
    if (k > 0 && small == previous)
      out->taps[out->n_taps - 1].last = k;
    else
      out->taps[out->n_taps++] = (LnAxisTap){.offset = small * scale + shift, .first = k, .last = k};
    previous = small;
  }
}

void ln_axis_forward(LnAxisPhase *out, const LnAxis *axis, int64_t phase) {
  int64_t count = (axis->out - phase + axis->upsample - 1) / axis->upsample;
  *out = (LnAxisPhase){.start = phase, .step = axis->upsample, .count = count, .source_step = axis->stride};
  group_taps(out, axis, phase, 1, 0);
}

void ln_axis_backward(LnAxisPhase *out, const LnAxis *axis, int64_t phase) {
  if (axis->upsample > 1) { /* small pixel q is read by output q*D + p - D*offset */
    *out = (LnAxisPhase){.start = 0, .step = 1, .count = axis->in, .source_step = axis->upsample};
    for (int64_t p = 0; p < axis->upsample; p++) group_taps(out, axis, p, -axis->upsample, p);
    return;
  }
  int64_t count = (axis->in - phase + axis->stride - 1) / axis->stride;
  *out = (LnAxisPhase){.start = phase, .step = axis->stride, .count = count, .source_step = 1};
  for (int k = 0; k < axis->kernel; k++) {
    int64_t shifted = phase + axis->pad - k * axis->dilation;
    if (floor_div(shifted, axis->stride) * axis->stride != shifted) continue;
    out->taps[out->n_taps++] = (LnAxisTap){.offset = floor_div(shifted, axis->stride), .first = k, .last = k};
  }
}
