/* Inside tensor/: the shared block of floats, and making views of it. */
#ifndef LUNET_TENSOR_STORAGE_H
#define LUNET_TENSOR_STORAGE_H

#include "tensor/tensor.h"

struct LnStorage {
  int refs;
  int64_t bytes;
  float *data;
};

/* A second tensor over t's storage, with t's shape, strides and data, for the caller to narrow. */
LnStatus ln_tensor_view_of(LnTensor **out, LnTensor *t, LnError *err);

#endif
