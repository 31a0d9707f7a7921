/* What conv2d and depthwise_conv2d share: options and functions. */
#ifndef LUNET_NN_CONV2D_H
#define LUNET_NN_CONV2D_H

#include "nn/layer.h"

typedef struct LnConv2dOptions {
  int64_t filters, groups;
  int64_t depth_multiplier;  /* above 0: filters for each channel, a group each; 0: filters and groups count */
  int64_t kernel[2], stride[2], dilation[2];
  int64_t padding[4];        /* top, bottom, left, right; or four times LN_CONV2D_SAME or _VALID */
  int padding_mode;          /* of ln_conv2d_padding_modes */
  bool bias;
  int activation;
  int init;
  int algorithm;             /* of conv2d's words; 0: auto */
} LnConv2dOptions;

enum { LN_CONV2D_SAME = -1, LN_CONV2D_VALID = -2 };
extern const char *const ln_conv2d_paddings[];
extern const char *const ln_conv2d_padding_modes[];

LnStatus ln_conv2d_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err);
int ln_conv2d_declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in,
                      LnShape out);
LnStatus ln_conv2d_build(LnNeeds *needs, const LnBuild *build, LnError *err);
void ln_conv2d_release(void *prepared);
void ln_conv2d_prepare(float *packed, const void *options, const LnKernels *kernels, const void *prepared,
                       float *const *tensors, int part);
void ln_conv2d_forward(const LnPass *pass);
void ln_conv2d_backward(const LnPass *pass);
bool ln_conv2d_can_fuse(const void *options, const LnFusion *fusion);
LnActivation ln_conv2d_ends_in(const void *options, const LnFusion *fusion);
LnRange ln_conv2d_range(const void *options);

#endif
