/* Inputs of size 1 beside larger ones: see broadcast.h. */
#include "nn/broadcast.h"

#include <string.h>

#include "nn/activation.h"

/* Adds a shape to what all before give together; false where they do not go together. */
static bool widen(LnShape *out, LnShape in) {
  if (in.n != out->n) return false;
  for (int d = 0; d < in.n; d++) {
    if (out->d[d] == 1) out->d[d] = in.d[d];
    if (in.d[d] != 1 && in.d[d] != out->d[d]) return false;
  }
  return true;
}

LnStatus ln_broadcast_shape(LnShape *out, const LnShape *in, int n_inputs, bool same_channels, LnError *err) {
  LnShape all = in[0];
  for (int i = 1; i < n_inputs; i++)
    if ((same_channels && in[i].d[0] != in[0].d[0]) || !widen(&all, in[i]))
      return ln_fail(err, LN_ESHAPE,
                     "inputs must have the same shape, or %s; input 1 is %s, input %d is %s",
                     same_channels ? "one row or column where they differ (as 8x1x1 beside 8x64x64)"
                                   : "size 1 where they differ (as 8x1x1 or 1x64x64 beside 8x64x64)",
                     LN_SHAPE_TEXT(in[0]), i + 1, LN_SHAPE_TEXT(in[i]));
  *out = all;
  return LN_OK;
}

static int64_t height_of(LnShape shape) {
  return shape.n == 3 ? shape.d[1] : 1;
}

void ln_broadcast_needs(LnNeeds *needs, const LnBuild *b, int rows) {
  int64_t width = b->out.n == 3 ? b->out.d[2] : 1;
  needs->row_unit = 1;
  needs->scratch = rows * width * ln_kernels_ld(b->kernels, b->out.d[0]);
  for (int i = 0; i < b->n_inputs; i++)
    if (height_of(b->in[i]) < height_of(b->out)) /* every row reads the first */
      needs->input_rows[i] = (LnInputRows){.step = 1, .scale = height_of(b->out) + 1};
}

int64_t ln_broadcast_row_size(LnMap y) {
  return y.w * y.ld;
}

static float *row_of(LnMap x, int64_t r) {
  return x.data + (x.h == 1 ? 0 : r * x.row);
}

const float *ln_broadcast_row(LnMap x, LnMap y, int64_t r, float *room) {
  const float *row = row_of(x, r);
  if (x.c == y.c && x.w == y.w) return row;
  for (int64_t p = 0; p < y.w; p++) {
    const float *pixel = row + (x.w == 1 ? 0 : p * x.ld);
    float *to = room + p * y.ld;
    if (x.c == y.c) memcpy(to, pixel, (size_t)y.ld * sizeof *to);
    for (int64_t c = 0; x.c != y.c && c < y.ld; c++) to[c] = *pixel;
  }
  return room;
}

void ln_broadcast_add_row(const LnKernels *kernels, LnMap dx, LnMap y, int64_t r, const float *gradient) {
  float *row = row_of(dx, r);
  if (dx.c == y.c && dx.w == y.w) {
    kernels->add(row, gradient, ln_broadcast_row_size(y));
  } else if (dx.c == y.c) {
    kernels->sum_pixels(row, gradient, y.w, y.ld, y.c);
  } else {
    for (int64_t p = 0; p < y.w; p++)
      row[dx.w == 1 ? 0 : p * dx.ld] += (float)kernels->reduce_row(LN_TERM_VALUE, gradient + p * y.ld, y.c, 0);
  }
}
