/* Dropout of single values and of whole channels: dropout and dropout2d. */
#ifndef LUNET_NN_DROPOUT_H
#define LUNET_NN_DROPOUT_H

#include "nn/layer.h"

typedef struct LnDropoutOptions {
  double p;
  bool channelwise;
} LnDropoutOptions;

/* Functions of LnLayerType. */
LnStatus ln_dropout_build(LnNeeds *needs, const LnBuild *build, LnError *err);
void ln_dropout_forward(const LnPass *pass);
void ln_dropout_backward(const LnPass *pass);

#endif
