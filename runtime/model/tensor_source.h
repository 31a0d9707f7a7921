/* Where the values of a network's tensors come from, instead of being drawn. */
#ifndef LUNET_MODEL_TENSOR_SOURCE_H
#define LUNET_MODEL_TENSOR_SOURCE_H

#include "tensor/tensor.h"

typedef struct LnTensorSource {
  void *context;
  /* Whether there is a tensor of this name and shape, as users see it: asked about all before memory is taken. */
  LnStatus (*check)(void *context, const char *name, LnShape shape, LnError *err);
  LnStatus (*read)(LnTensor *to, void *context, const char *name, LnError *err);
} LnTensorSource;

#endif
