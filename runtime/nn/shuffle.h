/* Channels of a pixel as a block of pixels, and back: pixel_shuffle and pixel_unshuffle. Of C r^2, H, W and C, H r, W
 * r:
 *
 *   fine[c][h r + i][w r + j] = coarse[c r^2 + i r + j][h][w] */
#ifndef LUNET_NN_SHUFFLE_H
#define LUNET_NN_SHUFFLE_H

#include "nn/layer.h"

/* Rows first .. first+count-1 of `fine` out of `coarse`, or the other way. */
void ln_shuffle_to_fine(const LnKernels *kernels, LnMap fine, LnMap coarse, int64_t scale, int64_t first,
                        int64_t count);
void ln_shuffle_to_coarse(const LnKernels *kernels, LnMap coarse, LnMap fine, int64_t scale, int64_t first,
                          int64_t count);

#endif
