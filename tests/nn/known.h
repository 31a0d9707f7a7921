/* Known numbers of layers: small networks, and what PyTorch got for them. */
#ifndef LUNET_TESTS_NN_KNOWN_H
#define LUNET_TESTS_NN_KNOWN_H

#include "support/known.h"

enum { MAX_LAYERS = 8 };

typedef struct KnownLayer {
  const char *type, *options;
  int n_inputs, inputs[3]; /* 0: the network's input; else a layer, counted from 1 */
} KnownLayer;

typedef struct KnownNetwork {
  LnShape input;
  int n_layers;
  KnownLayer layers[MAX_LAYERS];
  const char *loss;
  double value;
  Digest y, dx; /* of a prediction; of the loss with respect to the input */
  int n_tensors; /* those that are trained */
  Digest tensors[2 * MAX_LAYERS]; /* gradients, in the network's order */
} KnownNetwork;

#endif
