/* Nodes: symbolic values while a network is described. */
#ifndef LUNET_MODEL_NODE_H
#define LUNET_MODEL_NODE_H

#include "base/type.h"

/* The output of a layer applied to other nodes, or the input. Reference
 * counted; a node keeps its inputs alive. */
typedef struct LnNode LnNode;
LnStatus ln_node_input(LnNode **out, LnShape shape, LnError *err);
/* A layer with tensors of its own is called once on what comes from an input: the tensors cannot be shared. */
LnStatus ln_node_apply(LnNode **out, LnItem *layer, LnNode *const *inputs, int n_inputs, LnError *err);
LnNode *ln_node_ref(LnNode *node);
void ln_node_unref(LnNode *node);
const LnShape *ln_node_shape(const LnNode *node); /* inferred when the node was made */
const LnItem *ln_node_layer(const LnNode *node);  /* NULL for an input */

/* Inside model/: the layers between input and output, not inferred yet. */
struct LnGraph;
LnStatus ln_node_graph(struct LnGraph *out, LnNode *input, LnNode *output, LnError *err);

#endif
