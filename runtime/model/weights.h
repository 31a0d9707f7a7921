/* Inside model/: the tensors that a layer declares. They belong to the layer wherever it is called, and to every network
 * that it is part of: a network inside another one shares them with it, and whoever trains either changes both. */
#ifndef LUNET_MODEL_WEIGHTS_H
#define LUNET_MODEL_WEIGHTS_H

#include "nn/layer.h"

typedef struct LnWeights {
  int refs;
  uint64_t version;                  /* grows whenever values change: what was packed of older ones is void */
  int n;                             /* 0: not made yet */
  LnTensor *tensors[LN_MAX_TENSORS]; /* as declared, in memory layout */
} LnWeights;

LnStatus ln_weights_new(LnWeights **out, LnError *err);
LnWeights *ln_weights_ref(LnWeights *weights);
void ln_weights_unref(LnWeights *weights); /* NULL is legal */

#endif
