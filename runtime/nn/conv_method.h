/* Ways to compute a convolution and its gradients. conv2d chooses one for each geometry. */
#ifndef LUNET_NN_CONV_METHOD_H
#define LUNET_NN_CONV_METHOD_H

#include "nn/layer.h"
#include "nn/taps.h"
#include "tensor/pad.h"

/* A convolution from `in` pixels of cin channels to `out` pixels of cout channels. A transposed one goes the other way:
 * its forward pass is the input gradient of the convolution that stands here, its input gradient that convolution; its
 * x has cout channels and its y cin. Transposed ones are not upsampled. */
typedef struct LnConvShape {
  LnAxis rows, columns;
  int64_t cin, cout;
  int64_t tap;               /* floats from one kernel position's weights to the next's: cin * cout, or more where these
                                are some of the input channels */
  bool transposed;
  bool pooled;               /* the method takes the largest of each 2x2 outputs along: y and dy are of these */
  bool depthwise;            /* ln_conv_direct: every channel by itself; cin = cout = tap */
  /* For ln_conv_staged; the others take one group, and zeros around the image. */
  int64_t groups;            /* of channels: each from cin / groups to cout / groups; tap is cin / groups * cout */
  LnPadMode padding;         /* what lies around the image; LN_PAD_CONSTANT: zeros */
  const struct LnConvMethod *one_group; /* what convolves a group */
} LnConvShape;

/* What both directions run with. */
typedef struct LnConvRun {
  const void *plan;          /* from make */
  const LnKernels *kernels;
  const float *packed;       /* packed weights */
  float *scratch;
  LnMap x;
  bool add;                  /* forward: to what y holds, before the activation; more than four channels, not pooled */
  int64_t first, count;      /* rows of y, or dy, to work on; first is a multiple of the row unit. All: 0, INT64_MAX */
  uint8_t *argmax;           /* pooled: which of its four each pixel of y is, y.ld bytes a pixel, of row `first`; may be
                                NULL in forward */
} LnConvRun;

typedef struct LnConvMethod {
  /* Whether the method can do this geometry, and, if it can, whether it is faster than direct convolution. NULL for
   * that itself. */
  bool (*can)(const LnConvShape *shape);
  bool (*pays)(const LnConvShape *shape, const LnKernels *kernels);
  /* Whether it can take 2x2 pooling along, with or without an input gradient; NULL: no. */
  bool (*pools)(const LnConvShape *shape, bool input_grad);
  /* Work out the plan: one ln_alloc'ed block, unless there is `release`. Sets border, grad_border, row_unit and
   * prepare_parts of the needs (zero before), adds to packed and scratch. */
  LnStatus (*make)(void **plan, LnNeeds *needs, const LnConvShape *shape, const LnBuild *build, LnError *err);
  void (*release)(void *plan); /* also of a plan that `make` could not finish, or NULL */
  /* weight: kernel rows, kernel columns, cin, cout, transposed or not, the positions `tap` apart; bias: one number a
   * channel of y, or NULL. */
  void (*prepare)(float *packed, const void *plan, const LnKernels *kernels, const float *weight, const float *bias,
                  int part);
  /* y = activation(x * w + b); y.data is the place of row `first`. */
  void (*forward)(const LnConvRun *run, LnMap y, LnActivation activation);
  /* dw (as weight) += its gradient; dx = the gradient with respect to x, unless dx.data is NULL. dy.data is the place
   * of row `first`; with dx, all rows are worked on at once. */
  void (*backward)(const LnConvRun *run, float *dw, LnMap dx, LnMap dy);
} LnConvMethod;

extern const LnConvMethod ln_conv_direct;   /* any geometry, as rectangles of taps */
extern const LnConvMethod ln_conv_winograd; /* 3x3, stride 1, dilation 1: F(4x4, 3x3) */
extern const LnConvMethod ln_conv_staged;   /* groups and other paddings than zeros, by one of the others */

/* What one of the groups looks like to the method that convolves it: a depthwise convolution stands for all of them
 * where each has one channel. */
LnConvShape ln_conv_one_group(const LnConvShape *shape);
/* What does the shape if `one_group` does ln_conv_one_group of it: that itself, with *shape as it is to be made, where
 * nothing need be copied. */
const LnConvMethod *ln_conv_stage(LnConvShape *shape, const LnConvMethod *one_group);
void ln_conv_release(const LnConvMethod *method, void *plan);

#endif
