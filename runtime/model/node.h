/* Inside model/: nodes, and the graph below one. */
#ifndef LUNET_MODEL_NODE_H
#define LUNET_MODEL_NODE_H

#include "model/graph.h"

struct LnNode {
  int refs;
  int index;       /* while a graph is made: place in topological order, from 1; 0 otherwise and for the input */
  LnItem *layer;   /* NULL for an input */
  LnShape shape;
  int depth;       /* layers on the longest way from an input */
  int n_inputs;
  LnNode *inputs[LN_MAX_INPUTS];
};

/* The layers between input and output, not inferred yet. */
LnStatus ln_node_graph(LnGraph *out, LnNode *input, LnNode *output, LnError *err);

#endif
