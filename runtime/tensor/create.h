/* Tensors made of numbers that need no input. */
#ifndef LUNET_TENSOR_CREATE_H
#define LUNET_TENSOR_CREATE_H

#include "tensor/tensor.h"

/* rows x columns of zeros, with ones where column - row = offset. */
LnStatus ln_tensor_eye(LnTensor **out, int64_t rows, int64_t columns, int64_t offset, LnError *err);
/* The positions 1..n in random order; n at most 2^24. The same seed gives the same order. */
LnStatus ln_tensor_randperm(LnTensor **out, int64_t n, uint64_t seed, LnError *err);
/* Whole numbers from low to high, both included and between -2^24 and 2^24. */
LnStatus ln_tensor_randint(LnTensor **out, LnShape shape, int64_t low, int64_t high, uint64_t seed, LnError *err);

#endif
