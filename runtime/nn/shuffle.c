/* Channels as pixels: see shuffle.h. The r columns of a block are a transposed matrix of C rows, r^2 numbers apart. */
#include "nn/shuffle.h"

void ln_shuffle_to_fine(const LnKernels *kernels, LnMap fine, LnMap coarse, int64_t scale, int64_t first,
                        int64_t count) {
  for (int64_t r = first; r < first + count; r++)
    for (int64_t p = 0; p < coarse.w; p++)
      kernels->transpose(fine.data + r * fine.row + p * scale * fine.ld, fine.ld,
                         coarse.data + r / scale * coarse.row + p * coarse.ld + r % scale * scale, scale * scale,
                         fine.c, scale);
}

void ln_shuffle_to_coarse(const LnKernels *kernels, LnMap coarse, LnMap fine, int64_t scale, int64_t first,
                          int64_t count) {
  for (int64_t r = first; r < first + count; r++)
    for (int64_t p = 0; p < coarse.w; p++)
      kernels->transpose(coarse.data + r / scale * coarse.row + p * coarse.ld + r % scale * scale, scale * scale,
                         fine.data + r * fine.row + p * scale * fine.ld, fine.ld, scale, fine.c);
}
