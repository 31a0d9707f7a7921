/* Padding: more entries before and behind those of each dimension. */
#ifndef LUNET_TENSOR_PAD_H
#define LUNET_TENSOR_PAD_H

#include "tensor/tensor.h"

/* What lies around a b c d. In words NumPy's, where they differ. */
typedef enum LnPadMode {
  LN_PAD_CONSTANT,  /* v v | a b c d | v v */
  LN_PAD_REFLECT,   /* c b | a b c d | c b; on and on where more is asked for than there is */
  LN_PAD_SYMMETRIC, /* b a | a b c d | d c */
  LN_PAD_REPLICATE, /* a a | a b c d | d d    "edge" */
  LN_PAD_CIRCULAR,  /* c d | a b c d | a b    "wrap" */
} LnPadMode;

/* Which of `size` entries lies at position i, counted from the first; i may be anything. Not for LN_PAD_CONSTANT. */
int64_t ln_pad_source(int64_t i, int64_t size, LnPadMode mode);

/* How many before and behind, for each dimension of t. */
typedef struct LnPads {
  int64_t before[LN_MAX_DIMS], behind[LN_MAX_DIMS];
} LnPads;

LnStatus ln_tensor_pad(LnTensor **out, LnTensor *t, const LnPads *pads, LnPadMode mode, float value, LnError *err);

#endif
