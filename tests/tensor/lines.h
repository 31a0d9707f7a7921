/* Known results of operations on lines of tensors: tests/reference/lines.py. */
#ifndef LUNET_TESTS_TENSOR_LINES_H
#define LUNET_TESTS_TENSOR_LINES_H

#include <math.h>
#include <stdbool.h>

#include "base/shape.h"

typedef struct LinesCase {
  const char *op;
  double number;      /* its option */
  bool ties;          /* of the input's numbers in [-1, 2): whether they are quarters, some of them equal */
  uint32_t dims;      /* bits */
  LnShape shape, out; /* of input and result */
  const double *want;
} LinesCase;

extern const LinesCase lines_cases[];
extern const int lines_cases_count;

#endif
