/* Normalisation of every sample in groups of channels: what group_norm, and instance_norm and layer_norm, which divide
 * the channels otherwise, have in common. */
#ifndef LUNET_NN_GROUP_NORM_H
#define LUNET_NN_GROUP_NORM_H

#include "nn/activation.h"

typedef struct LnGroupNormOptions {
  int64_t groups; /* 0: as many as channels */
  double eps;
  bool affine;
} LnGroupNormOptions;

/* Functions of LnLayerType. */
int ln_group_norm_declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in,
                          LnShape out);
LnStatus ln_group_norm_build(LnNeeds *needs, const LnBuild *build, LnError *err);
void ln_group_norm_forward(const LnPass *pass);
void ln_group_norm_backward(const LnPass *pass);
bool ln_group_norm_can_fuse(const void *options, const LnFusion *fusion);
LnActivation ln_group_norm_ends_in(const void *options, const LnFusion *fusion);

#endif
