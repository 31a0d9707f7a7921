/* What the pooling layers share: options, and where their windows lie. */
#ifndef LUNET_NN_POOLING_H
#define LUNET_NN_POOLING_H

#include "nn/layer.h"

typedef struct LnPoolOptions {
  int64_t size[2], stride[2]; /* rows, columns; stride 0: the size */
} LnPoolOptions;

int64_t ln_pool_stride(const LnPoolOptions *options, int axis);
LnInputRows ln_pool_input_rows(const LnPoolOptions *options);
/* floor((size - window) / stride) + 1 each way. */
LnStatus ln_pool_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err);

#endif
