/* The elementwise operations, by code: what arithmetic.def lists. */
#ifndef LUNET_KERNELS_ARITHMETIC_H
#define LUNET_KERNELS_ARITHMETIC_H

#define LN_BINARY_OP(...)
typedef enum LnUnary {
#define LN_UNARY_OP(name, ...) LN_##name,
#include "kernels/arithmetic.def"
#undef LN_UNARY_OP
  LN_UNARY_COUNT,
} LnUnary;
#undef LN_BINARY_OP

#define LN_UNARY_OP(...)
typedef enum LnBinary {
#define LN_BINARY_OP(name, ...) LN_##name,
#include "kernels/arithmetic.def"
#undef LN_BINARY_OP
  LN_BINARY_COUNT,
} LnBinary;
#undef LN_UNARY_OP

typedef enum LnOpKind {
  LN_OP_SMOOTH,
  LN_OP_STEPS,    /* the derivative is zero where there is one */
  LN_OP_QUESTION, /* gives 1 or 0: a mask */
} LnOpKind;
LnOpKind ln_unary_kind(LnUnary op);
LnOpKind ln_binary_kind(LnBinary op);

#endif
