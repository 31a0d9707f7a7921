/* What the pooling layers share: options, and where their windows lie. */
#ifndef LUNET_NN_POOLING_H
#define LUNET_NN_POOLING_H

#include "nn/layer.h"

typedef struct LnPoolOptions {
  int64_t size[2], stride[2]; /* rows, columns; stride 0: the size */
  int64_t padding[4];         /* top, bottom, left, right; or four times a word of ln_pool_paddings: -1, -2 */
  int64_t dilation[2];
  bool ceil_mode;
} LnPoolOptions;

extern const char *const ln_pool_paddings[]; /* words of the option `padding`: "same", "valid" */

/* Windows along one axis: number n has the pixels n * stride - before + k * dilation, k = 0 .. size-1, that exist. */
typedef struct LnWindows {
  int64_t in, out, size, stride, dilation;
  int64_t before, after; /* padding */
  int64_t inner_end;     /* windows from this number on reach past the end of the image */
} LnWindows;

/* Neighbouring windows in a row of windows, `width` of them, with the same elements in the image: of their rows and of
 * their columns first .. first+count-1. */
typedef struct LnWindowRun {
  int64_t width;
  int64_t first[2], count[2];
} LnWindowRun;

LnWindows ln_pool_windows(const LnPoolOptions *options, int axis, int64_t in);
/* Windows that begin with number p of row r: all that lie in the image side by side, or one that does not. */
LnWindowRun ln_pool_run(const LnWindows *rows, const LnWindows *columns, int64_t r, int64_t p);
/* Whether windows neither overlap nor leave gaps, nor reach past the image's top and left. */
bool ln_pool_tiles(const LnPoolOptions *options);
/* Row r of the max pooling of x: pixels as far apart as in x. argmax: the place of each largest value in its window,
 * row * columns + column, the first of equals; a byte for each float of y. */
void ln_pool_max_row(float *y, uint8_t *argmax, const LnWindows *rows, const LnWindows *columns,
                     const LnKernels *kernels, const LnMap *x, int64_t r);
LnInputRows ln_pool_input_rows(const LnPoolOptions *options, int64_t in);
/* Padding is at most half a window. item: the layer's name. */
LnStatus ln_pool_check(const LnPoolOptions *options, const char *item, LnError *err);
/* floor((size + padding - span) / stride) + 1 each way, or its ceiling, where span = (window - 1) * dilation + 1. */
LnStatus ln_pool_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err);

#endif
