/* Padding for predictions: see padding.h.
 *
 * Where poolings or strides do not divide a side, an encoder and decoder give back another one: 997 -> 996, or 1000.
 * Such a network has a step m at which it gives back all multiples of m: 1000, 1004, 1008 for two poolings by 2. One
 * that changes sizes on purpose has none. */
#include "model/padding.h"

#include <string.h>

#include "filter/edge.h"
#include "tensor/tensor.h"

enum { HEIGHT = 1, WIDTH = 2 }; /* dimensions of C,H,W */

/* Steps that are tried: all up to the first, then its doubles up to the second. */
enum { EVERY_STEP = 256, LARGEST_STEP = 4096 };

/* Whether the output of such a sample is an image with the same side. graph: changed. */
static bool gives_back(LnGraph *graph, LnShape sample, int side) {
  LnError why;
  if (ln_graph_infer(graph, &sample, &why) != LN_OK) return false;
  LnShape out = ln_graph_output_shape(graph, 0);
  return out.n == 3 && out.d[side] == sample.d[side];
}

static LnShape rounded_up(LnShape sample, int64_t step) {
  for (int side = HEIGHT; side <= WIDTH; side++) sample.d[side] = (sample.d[side] + step - 1) / step * step;
  return sample;
}

/* A side of at least the sample's that is given back, as a step later ones are; 0 if there is none. The other side is
 * rounded likewise, for layers may refuse samples of which it does not divide that one either. */
static int64_t coarse_side(LnGraph *graph, LnShape sample, int side) {
  for (int64_t step = 1; step <= LARGEST_STEP; step += step < EVERY_STEP ? 1 : step) {
    LnShape first = rounded_up(sample, step), second = first;
    second.d[side] += step;
    if (gives_back(graph, first, side) && gives_back(graph, second, side)) return first.d[side];
  }
  return 0;
}

static LnShape find(LnGraph *graph, LnShape sample) {
  LnError why;
  LnShape coarse = sample, fine = sample;
  for (int side = HEIGHT; side <= WIDTH; side++) {
    int64_t size = coarse_side(graph, sample, side);
    if (size != 0) coarse.d[side] = size;
  }
  for (int side = HEIGHT; side <= WIDTH; side++) {
    LnShape at = coarse;
    for (at.d[side] = sample.d[side]; at.d[side] < coarse.d[side]; at.d[side]++)
      if (gives_back(graph, at, side)) break;
    fine.d[side] = at.d[side];
  }
  return ln_graph_infer(graph, &fine, &why) == LN_OK ? fine : sample;
}

LnStatus ln_padding_find(LnShape *out, const LnGraph *graph, LnShape sample, LnError *err) {
  LnError why;
  LnGraph copy;
  *out = sample;
  if (sample.n != 3) return LN_OK;
  LN_TRY(ln_graph_clone(&copy, graph, err));
  bool runs = ln_graph_infer(&copy, &sample, &why) == LN_OK;
  LnShape given = ln_graph_output_shape(&copy, 0);
  bool as_is = runs && (given.n != 3 || (given.d[HEIGHT] == sample.d[HEIGHT] && given.d[WIDTH] == sample.d[WIDTH]));
  if (!as_is && ln_graph_check_shape(sample, &why) == LN_OK) *out = find(&copy, sample);
  ln_graph_free(&copy);
  return LN_OK;
}

static void pad_plane(float *to, const float *from, LnShape sample, LnShape padded) {
  int64_t width = sample.d[WIDTH];
  for (int64_t r = 0; r < padded.d[HEIGHT]; r++, to += padded.d[WIDTH]) {
    const float *row = from + ln_edge_index(LN_EDGE_MIRROR, r, sample.d[HEIGHT]) * width;
    memcpy(to, row, (size_t)width * sizeof *row);
    for (int64_t c = width; c < padded.d[WIDTH]; c++) to[c] = row[ln_edge_index(LN_EDGE_MIRROR, c, width)];
  }
}

LnStatus ln_padding_apply(LnTensor **out, LnTensor *x, LnShape padded, LnError *err) {
  LnTensor *from = NULL, *to = NULL;
  LnShape sample = {3, {x->shape.d[1], x->shape.d[2], x->shape.d[3]}};
  int64_t planes = x->shape.d[0] * sample.d[0];
  LN_TRY(ln_tensor_as_contiguous(&from, x, err));
  LnStatus status = ln_tensor_new(&to, LN_SHAPE(x->shape.d[0], padded.d[0], padded.d[HEIGHT], padded.d[WIDTH]), err);
  for (int64_t i = 0; status == LN_OK && i < planes; i++)
    pad_plane(to->data + i * padded.d[HEIGHT] * padded.d[WIDTH], from->data + i * sample.d[HEIGHT] * sample.d[WIDTH],
              sample, padded);
  ln_tensor_unref(from);
  *out = to;
  return status;
}

LnStatus ln_padding_crop(LnTensor **y, LnShape sample, LnShape padded, LnError *err) {
  LnTensor *view = ln_tensor_ref(*y), *part = NULL, *whole = NULL;
  LnStatus status = LN_OK;
  for (int side = HEIGHT; status == LN_OK && side <= WIDTH; side++) {
    if (sample.d[side] == padded.d[side]) continue;
    status = ln_tensor_slice(&part, view, side + 1, 0, sample.d[side], 1, err);
    if (status == LN_OK) ln_tensor_unref(view), view = part;
  }
  if (status == LN_OK) status = ln_tensor_clone(&whole, view, err);
  ln_tensor_unref(view);
  if (status == LN_OK) ln_tensor_unref(*y), *y = whole;
  return status;
}
