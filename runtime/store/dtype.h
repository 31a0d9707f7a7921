/* Types of numbers in files of tensors, and reading such numbers as float32.
 *
 * Rounding to float32 is the ordinary conversion. What it would change beyond that is refused: whole numbers that
 * float32 cannot hold, and finite numbers that would become infinite. NaN and infinity pass. */
#ifndef LUNET_STORE_DTYPE_H
#define LUNET_STORE_DTYPE_H

#include <stdbool.h>

#include "store/byte_source.h"
#include "tensor/tensor.h"

typedef enum LnDtypeKind {
  LN_DTYPE_BOOL,     /* 1 byte; everything but 0 is 1 */
  LN_DTYPE_SIGNED,   /* 1, 2, 4 or 8 bytes */
  LN_DTYPE_UNSIGNED, /* 1, 2, 4 or 8 bytes */
  LN_DTYPE_FLOAT,    /* IEEE 754: 2, 4 or 8 bytes */
  LN_DTYPE_BFLOAT,   /* the upper 2 bytes of a float32 */
} LnDtypeKind;

typedef struct LnDtype {
  LnDtypeKind kind;
  int bytes;    /* of a number */
  bool swapped; /* most significant byte first */
} LnDtype;

/* The numbers of an array of that shape, in C order (the last position changes fastest) or, with `fortran`, the first
 * one fastest, as a contiguous tensor. A number that float32 cannot hold is LN_EUNSUPPORTED: "not supported: element
 * (1, 3) is 16777217, which float32 cannot hold". */
LnStatus ln_dtype_read(LnTensor **out, LnShape shape, bool fortran, LnDtype type, LnByteSource source, LnError *err);

/* What a tensor is written as: a mask that holds nothing but 0 and 1 as booleans, all else as float32. */
LnDtype ln_dtype_of(const LnTensor *t);
/* The numbers of t as that type, in C order; out is aligned to it. */
void ln_dtype_write(void *out, const LnTensor *t, LnDtype type);

#endif
