/* Images as columns of patches, and back. */
#ifndef LUNET_TENSOR_PATCHES_H
#define LUNET_TENSOR_PATCHES_H

#include "tensor/tensor.h"

/* Height and width each. A patch takes every dilation-th pixel; padding is zeros on all sides. */
typedef struct LnPatches {
  int64_t kernel[2], stride[2], padding[2], dilation[2];
} LnPatches;

/* x: N,C,H,W -> N,C*KH*KW,P, or C,H,W -> C*KH*KW,P: a column each of the P places of the kernel, row by row, with its
 * elements by channel, row, column, as torch.nn.functional.unfold has it. */
LnStatus ln_tensor_unfold(LnTensor **out, const LnTensor *x, const LnPatches *patches, LnError *err);

/* The way back to images of height size[0] and width size[1]: overlapping pixels are added up, as
 * torch.nn.functional.fold does, or their mean is taken; pixels in no patch are 0. */
LnStatus ln_tensor_fold(LnTensor **out, const LnTensor *columns, const LnPatches *patches, const int64_t size[2],
                        bool average, LnError *err);

#endif
