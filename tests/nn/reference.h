/* Stored cases: a small network, and what PyTorch got for it. The cases are in reference_data.c. */
#ifndef LUNET_TESTS_NN_REFERENCE_H
#define LUNET_TESTS_NN_REFERENCE_H

#include "base/shape.h"

enum { MAX_LAYERS = 8, N_PROJECTIONS = 3, N_ELEMENTS = 8 };

/* What is kept of n numbers: the largest magnitude, projections on formula vectors, evenly spread elements. */
typedef struct Digest {
  const char *name;
  int64_t n;
  double largest, projection[N_PROJECTIONS], element[N_ELEMENTS];
} Digest;

typedef struct Layer {
  const char *type, *options;
  int n_inputs, inputs[3]; /* 0: the network's input; else a layer, counted from 1 */
} Layer;

typedef struct Reference {
  LnShape input;
  int n_layers;
  Layer layers[MAX_LAYERS];
  const char *loss;
  double value;
  Digest y, dx;
  int n_tensors;
  Digest tensors[2 * MAX_LAYERS]; /* gradients, in the network's order */
} Reference;

extern const Reference references[];
extern const int n_references;

#endif
