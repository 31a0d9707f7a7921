/* The elementwise operations, by code: what arithmetic.def lists. */
#ifndef LUNET_KERNELS_ARITHMETIC_H
#define LUNET_KERNELS_ARITHMETIC_H

typedef enum LnUnary {
#define LN_UNARY_OP(name, expression) LN_##name,
#define LN_BINARY_OP(name, expression)
#include "kernels/arithmetic.def"
  LN_UNARY_COUNT,
#undef LN_UNARY_OP
#undef LN_BINARY_OP
} LnUnary;

typedef enum LnBinary {
#define LN_UNARY_OP(name, expression)
#define LN_BINARY_OP(name, expression) LN_##name,
#include "kernels/arithmetic.def"
  LN_BINARY_COUNT,
#undef LN_UNARY_OP
#undef LN_BINARY_OP
} LnBinary;

#endif
