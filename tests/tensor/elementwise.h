/* Known values and gradients of elementwise operations: tests/reference/elementwise.py. */
#ifndef LUNET_TESTS_TENSOR_ELEMENTWISE_H
#define LUNET_TESTS_TENSOR_ELEMENTWISE_H

#include <math.h>

#include "tensor/tensor.h"

enum { UNARY_N = 80, BINARY_N = 349, GRADIENT_N = 11 };

extern const float unary_x[UNARY_N], binary_x[BINARY_N], binary_y[BINARY_N];

typedef struct UnaryKnown {
  LnUnary op;
  double want[UNARY_N];
} UnaryKnown;
extern const UnaryKnown unary_known[];
extern const int unary_known_count;

typedef struct BinaryKnown {
  LnBinary op;
  double want[BINARY_N];
} BinaryKnown;
extern const BinaryKnown binary_known[];
extern const int binary_known_count;

/* Of the sum of results times test_formula(i, 99, -1, 1), by PyTorch. */
typedef struct UnaryGradient {
  LnUnary op;
  double x[GRADIENT_N], dx[GRADIENT_N];
} UnaryGradient;
extern const UnaryGradient unary_gradients[];
extern const int unary_gradients_count;

typedef struct BinaryGradient {
  LnBinary op;
  double x[GRADIENT_N], y[GRADIENT_N], dx[GRADIENT_N], dy[GRADIENT_N];
} BinaryGradient;
extern const BinaryGradient binary_gradients[];
extern const int binary_gradients_count;

#endif
