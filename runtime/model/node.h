/* Nodes: symbolic values while a network is described. */
#ifndef LUNET_MODEL_NODE_H
#define LUNET_MODEL_NODE_H

#include "base/type.h"

/* The output of a layer applied to other nodes, or the input. Reference
 * counted; a node keeps its inputs alive. */
typedef struct LnNode LnNode;
LnStatus ln_node_input(LnNode **out, LnShape shape, LnError *err);
/* A layer that is called several times has one set of tensors in each network made of what it gives. */
LnStatus ln_node_apply(LnNode **out, LnItem *layer, LnNode *const *inputs, int n_inputs, LnError *err);
LnNode *ln_node_ref(LnNode *node);
void ln_node_unref(LnNode *node);
const LnShape *ln_node_shape(const LnNode *node); /* inferred when the node was made */
const LnItem *ln_node_layer(const LnNode *node);  /* NULL for an input */

/* Inside model/: the layers between inputs and outputs, not inferred yet; and the outputs of a graph's layers called on
 * nodes, with the graph's weights: out has room for all its outputs. */
struct LnGraph;
LnStatus ln_node_graph(struct LnGraph *out, LnNode *const *inputs, int n_inputs, LnNode *const *outputs, int n_outputs,
                       LnError *err);
LnStatus ln_node_call(LnNode **out, const struct LnGraph *graph, LnNode *const *inputs, int n_inputs, LnError *err);

#endif
