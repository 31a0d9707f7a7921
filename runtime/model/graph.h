/* Inside model/: the bare graph of a network, and what follows from an input shape. */
#ifndef LUNET_MODEL_GRAPH_H
#define LUNET_MODEL_GRAPH_H

#include "nn/custom.h"

typedef struct LnGraphLayer {
  LnItem *item;
  const LnLayerType *type;
  int number;                      /* among the layers of its name, from 1 */
  char name[48];                   /* "conv2d_1" */
  int n_inputs;
  int inputs[LN_MAX_INPUTS];       /* layer indices, all smaller than this layer's; -1 is the network's input */
  /* From here on: inferred. */
  LnShape out;
  LnDecl decls[LN_MAX_TENSORS];
  int n_decls;
  int first_tensor;                /* index of decls[0] among the network's tensors */
  double macs;
} LnGraphLayer;

/* Layers in topological order; the last one is the output. */
typedef struct LnGraph {
  int n;
  LnGraphLayer *layers;
  LnShape input;                   /* n = 0 dimensions: not known yet */
  int n_tensors;
} LnGraph;

/* Room for n layers, which the caller then sets by ln_graph_set, one after the other from the first. */
LnStatus ln_graph_new(LnGraph *out, int n, LnError *err);
void ln_graph_set(LnGraph *graph, int index, LnItem *item, const int *inputs,
                  int n_inputs); /* takes a reference to item */
void ln_graph_free(LnGraph *graph);
LnStatus ln_graph_clone(LnGraph *out, const LnGraph *graph, LnError *err);
LnStatus ln_graph_infer(LnGraph *graph, LnShape input, LnError *err);
LnShape ln_graph_shape(const LnGraph *graph, int layer); /* of a layer's output; -1: the input's */
/* The declaration of the network's tensor of that index, and the layer that makes it. */
const LnDecl *ln_graph_decl(const LnGraph *graph, int tensor, const LnGraphLayer **layer);

/* Whether sizes are at least 1 and neither they nor their product are too large to work with. */
LnStatus ln_graph_check_shape(LnShape shape, LnError *err);
bool ln_layer_has_tensors(LnItem *item); /* parameters or statistics of its own */
/* Fails where two layers that have tensors are one item. */
LnStatus ln_graph_check_items(const LnGraph *graph, LnError *err);
/* The output shape of one layer, with the number of inputs checked; messages are not prefixed. */
LnStatus ln_layer_out_shape(LnShape *out, LnItem *item, const LnShape *in, int n_inputs, LnError *err);

LnStatus ln_graph_to_json(char **out, const LnGraph *graph, LnError *err);
/* custom: of layers made at run time, which JSON only names; NULL: they are an error. */
LnStatus ln_graph_from_json(LnGraph *out, const char *json, const LnCustomSource *custom, LnError *err);

#endif
