/* The engine behind convolution layers: a geometry turned into rectangles of taps (taps.h) that the kernels run. */
#ifndef LUNET_NN_CONV_ENGINE_H
#define LUNET_NN_CONV_ENGINE_H

#include "nn/layer.h"
#include "nn/taps.h"

typedef struct LnConvEngine LnConvEngine; /* one ln_alloc'ed block without pointers out of it: free with ln_free */

typedef struct LnConvShape {
  LnAxis rows, columns;
  int64_t cin, cout;
} LnConvShape;

/* backward: also what the gradients need; input_grad: the one with respect to x too. */
LnStatus ln_conv_engine_new(LnConvEngine **out, const LnConvShape *shape, const LnKernels *kernels, bool backward,
                            bool input_grad, LnError *err);
/* Zeros needed around x and around dy: top, bottom, left, right. */
void ln_conv_engine_borders(int border[4], int grad_border[4], const LnConvEngine *engine);
/* Floats of packed weights, and packing them. weight: kernel rows, kernel columns, cin, cout; bias: cout, or NULL. */
int64_t ln_conv_engine_shared(const LnConvEngine *engine);
void ln_conv_engine_prepare(float *shared, const LnConvEngine *engine, const LnKernels *kernels, const float *weight,
                            const float *bias);

/* y = activation(x * w + b) for `count` rows of each rectangle from row `first` (all: 0, INT64_MAX). y->data is the place of
 * row `first` when that is not 0. */
void ln_conv_engine_forward(const LnConvEngine *engine, const LnKernels *kernels, const float *shared, LnAct y, LnAct x,
                            int64_t first, int64_t count, LnActivation activation, float slope);
/* dx = the gradient with respect to x, from dy with its border. */
void ln_conv_engine_backward_input(const LnConvEngine *engine, const LnKernels *kernels, const float *shared, LnAct dx,
                                   LnAct dy);
/* dw (as weight) += its gradient; rows as in forward, dy->data being the place of row `first`. */
void ln_conv_engine_backward_weight(const LnConvEngine *engine, const LnKernels *kernels, float *dw, LnAct x, LnAct dy,
                                    int64_t first, int64_t count);

#endif
