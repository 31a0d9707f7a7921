/* What is known of the elementwise operations beside their kernels. */
#include "kernels/arithmetic.h"

LnOpKind ln_unary_kind(LnUnary op) {
#define LN_UNARY_OP(name, kind, ...) [LN_##name] = LN_OP_##kind,
#define LN_BINARY_OP(...)
  static const LnOpKind kinds[] = {
#include "kernels/arithmetic.def"
  };
#undef LN_UNARY_OP
#undef LN_BINARY_OP
  return kinds[op];
}

LnOpKind ln_binary_kind(LnBinary op) {
#define LN_UNARY_OP(...)
#define LN_BINARY_OP(name, kind, ...) [LN_##name] = LN_OP_##kind,
  static const LnOpKind kinds[] = {
#include "kernels/arithmetic.def"
  };
#undef LN_UNARY_OP
#undef LN_BINARY_OP
  return kinds[op];
}
