/* Inside model/: the tensors that a network's layers declare. */
#ifndef LUNET_MODEL_PARAMETERS_H
#define LUNET_MODEL_PARAMETERS_H

#include "model/graph.h"
#include "model/tensor_source.h"

typedef struct LnTensorName {
  char text[80]; /* "conv2d_1.weight" */
} LnTensorName;

typedef struct LnParameters {
  int n, n_tied;        /* as the graph's: those tied to others come last */
  LnTensor **tensors;   /* in memory layout; those of layers are shared with all networks that the layers are part of */
  float **data;         /* their first elements, for plans */
  LnTensorName *names;
} LnParameters;

/* Of an inferred graph. source: of the values; NULL: they are drawn. Weights that layers have already are taken as they
 * are; others become the layers'. *out is zeroed before, and to be freed on failure too. */
LnStatus ln_parameters_make(LnParameters *out, const LnGraph *graph, uint64_t seed, const LnTensorSource *source,
                            LnError *err);
/* Give tied tensors the values of those they are tied to; and add their gradients to those of the others. */
void ln_parameters_tie(const LnParameters *parameters, const LnGraph *graph);
void ln_parameters_tie_back(float *const *grads, const LnGraph *graph);
void ln_parameters_free(LnParameters *parameters);

/* Whether the source has all that the graph declares. */
LnStatus ln_parameters_check(const LnGraph *graph, const LnTensorSource *source, LnError *err);
double ln_parameters_bytes(const LnGraph *graph); /* that they take */

/* A tensor in memory layout, as users see it. */
LnStatus ln_parameters_view(LnTensor **out, LnTensor *tensor, const LnDecl *decl, LnError *err);

#endif
