/* Inside tensor/: all lines of a tensor along one dimension, beside those of a result. */
#ifndef LUNET_TENSOR_LINES_H
#define LUNET_TENSOR_LINES_H

#include <stddef.h>

#include "base/parallel.h"
#include "tensor/axes.h"
#include "tensor/tensor.h"

typedef struct LnLines {
  const float *data;
  float *out;
  LnAxes axes;               /* the other dimensions */
  int64_t count;             /* of lines */
  int64_t n, step;           /* elements of a line, and how far apart they are */
  int64_t n_out, step_out;
} LnLines;

/* y: as t, but for its size along dim; NULL: none. */
LnLines ln_lines(const LnTensor *t, LnTensor *y, int dim);

static inline const float *ln_line(const LnLines *lines, int64_t index, float **out) {
  LnPlace place = ln_place(&lines->axes, index);
  if (out != NULL) *out = lines->out + place.out;
  return lines->data + place.offset;
}

/* Calls for every line, on all threads if there are many lines, or if they are short; else one after the other, so that
 * the work on each may be shared out. worker: below ln_lines_workers. */
typedef void LnLineTask(void *context, int64_t line, int worker);
int ln_lines_workers(const LnLines *lines);
LnStatus ln_lines_run(const LnLines *lines, LnLineTask *task, void *context, LnError *err);

#endif
