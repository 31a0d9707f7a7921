/* Known results of operations on lines of tensors: tests/reference/line_cases.py, line_gradients.py. */
#ifndef LUNET_TESTS_TENSOR_LINE_CASES_H
#define LUNET_TESTS_TENSOR_LINE_CASES_H

#include <math.h>
#include <stdbool.h>

#include "base/shape.h"

typedef struct LineCase {
  const char *op;
  double number;      /* its option */
  bool ties;          /* of the input's numbers in [-1, 2): whether they are quarters, some of them equal */
  uint32_t dims;      /* bits */
  LnShape shape, out; /* of input and result */
  const double *want;
} LineCase;

extern const LineCase line_cases[], line_gradients[]; /* gradients: `out` and `want` are of the input's gradient */
extern const int line_cases_count, line_gradients_count;

#endif
