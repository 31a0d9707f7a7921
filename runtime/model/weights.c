/* Weights of a layer: see weights.h. */
#include "model/weights.h"

#include <assert.h>

#include "base/memory.h"

LnStatus ln_weights_new(LnWeights **out, LnError *err) {
  LnWeights *weights = ln_calloc(1, sizeof *weights);
  if (weights == NULL) return ln_fail_memory(err, "weights", sizeof *weights);
  weights->refs = 1;
  *out = weights;
  return LN_OK;
}

LnWeights *ln_weights_ref(LnWeights *weights) {
  weights->refs++;
  return weights;
}

void ln_weights_unref(LnWeights *weights) {
  if (weights == NULL || --weights->refs > 0) return;
  assert(weights->refs == 0);
  for (int i = 0; i < weights->n; i++) ln_tensor_unref(weights->tensors[i]);
  ln_free(weights);
}
