/* Inside model/: the bare graph of a network, and what follows from the shapes of its inputs. */
#ifndef LUNET_MODEL_GRAPH_H
#define LUNET_MODEL_GRAPH_H

#include "model/ends.h"
#include "model/weights.h"
#include "nn/custom.h"

/* In lists of inputs, layers are 0, 1, ...; the network's own inputs are -1, -2, ... */
static inline int ln_graph_input(int number) {
  return -1 - number;
}

typedef struct LnGraphLayer {
  LnItem *item;
  const LnLayerType *type;
  int number;                      /* among the layers of its name, from 1; 0: named by the user, or called again */
  char name[48];                   /* "conv2d_1", "enc1", "enc1_call2" */
  int n_inputs;
  int inputs[LN_MAX_INPUTS];       /* earlier layers, or the network's inputs */
  LnWeights *weights;              /* NULL: it has no tensors */
  int first;                       /* the first layer with these weights: itself, unless it is called again */
  int tied;                        /* the layer whose weight its first tensor is a view of; -1: none */
  /* From here on: inferred. */
  LnShape out;
  LnDecl decls[LN_MAX_TENSORS];
  int n_decls;
  int tensors[LN_MAX_TENSORS];     /* the place of each among the network's */
  double macs;
} LnGraphLayer;

/* A tensor of the network: decls[decl] of a layer. */
typedef struct LnGraphTensor {
  int layer, decl;
  int source;                      /* the tensor whose values it has, as it is tied to it; -1: it has its own */
} LnGraphTensor;

/* Layers in topological order. */
typedef struct LnGraph {
  int n;
  LnGraphLayer *layers;
  int n_inputs, n_outputs;
  int outputs[LN_MAX_ENDS];        /* layers, no two the same */
  LnShape inputs[LN_MAX_ENDS];     /* of 0 dimensions: not known yet */
  int n_tensors;                   /* with values of their own; */
  int n_tied;                      /* after them, those with values of others */
  LnGraphTensor *tensors;          /* n_tensors + n_tied */
} LnGraph;

/* Room for n layers, which the caller then sets by ln_graph_set, one after the other from the first, and ends by
 * ln_graph_finish. One input; the last layer is the output. */
LnStatus ln_graph_new(LnGraph *out, int n, LnError *err);
/* weights: those of a layer that belongs to another network, too; NULL: its own. Takes references. */
void ln_graph_set(LnGraph *graph, int index, LnItem *item, LnWeights *weights, const int *inputs, int n_inputs);
/* One item is one set of weights, however often it was set. Names of users' must differ from all others, and a layer is
 * tied to one that comes before it. names: what the layers are called in a file, entries may be NULL; NULL: none. */
LnStatus ln_graph_finish(LnGraph *graph, const char *const *names, LnError *err);
void ln_graph_free(LnGraph *graph);
LnStatus ln_graph_clone(LnGraph *out, const LnGraph *graph, LnError *err); /* with the same weights */
/* The same with weights of its own, which are still to be made. */
LnStatus ln_graph_renew(LnGraph *graph, LnError *err);
/* The layers that some layers depend on, themselves included, as a network whose outputs they are; names stay. */
LnStatus ln_graph_part(LnGraph *out, const LnGraph *graph, const int *outputs, int n_outputs, LnError *err);

/* inputs: n_inputs shapes. */
LnStatus ln_graph_infer(LnGraph *graph, const LnShape *inputs, LnError *err);
LnShape ln_graph_shape(const LnGraph *graph, int layer); /* of a layer's output, or of an input */
LnShape ln_graph_output_shape(const LnGraph *graph, int output);
/* The declaration of the network's tensor of that index, and the layer that makes it. */
const LnDecl *ln_graph_decl(const LnGraph *graph, int tensor, const LnGraphLayer **layer);
/* Whether all weights are made. */
bool ln_graph_complete(const LnGraph *graph);

/* Whether sizes are at least 1 and neither they nor their product are too large to work with. */
LnStatus ln_graph_check_shape(LnShape shape, LnError *err);
bool ln_layer_has_tensors(LnItem *item); /* parameters or statistics of its own */
/* The output shape of one layer, with the number of inputs checked; messages are not prefixed. */
LnStatus ln_layer_out_shape(LnShape *out, LnItem *item, const LnShape *in, int n_inputs, LnError *err);

LnStatus ln_graph_to_json(char **out, const LnGraph *graph, LnError *err);
/* custom: of layers made at run time, which JSON only names; NULL: they are an error. */
LnStatus ln_graph_from_json(LnGraph *out, const char *json, const LnCustomSource *custom, LnError *err);

#endif
