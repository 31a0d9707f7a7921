/* Nodes: the symbolic values from which a network is described. */
#include "model/node.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "model/graph.h"
#include "nn/tie.h"

struct LnNode {
  int refs;
  int index;       /* while a graph is made: place in topological order, from 1; 0 otherwise and for the input */
  LnItem *layer;   /* NULL for an input */
  LnWeights *weights; /* of a layer of a network that was called; NULL: its own */
  LnShape shape;
  int depth;       /* layers on the longest way from an input */
  int n_inputs;
  LnNode *inputs[LN_MAX_INPUTS];
};

/* The deepest there may be: what walks along nodes calls itself. */
enum { DEEPEST = 10000 };

static LnStatus node_new(LnNode **out, LnShape shape, LnError *err) {
  LnNode *node = ln_calloc(1, sizeof *node);
  if (node == NULL) return ln_fail_memory(err, "node", sizeof *node);
  node->refs = 1;
  node->shape = shape;
  *out = node;
  return LN_OK;
}

LnStatus ln_node_input(LnNode **out, LnShape shape, LnError *err) {
  if (shape.n != 1 && shape.n != 3)
    return ln_fail(err, LN_ESHAPE, "input: expected {channels, height, width} or {features}, got %s",
                   LN_SHAPE_TEXT(shape));
  LN_TRY(ln_error_prefix(err, ln_graph_check_shape(shape, err), "input: "));
  return node_new(out, shape, err);
}

/* The shape of the input of the layer that `layer` is tied to, which is somewhere before `node`; false: it is not. */
static bool find_tied_input(LnShape *out, const LnNode *node, const LnItem *layer, int *left) {
  if (node->layer == layer) return *out = node->inputs[0]->shape, true;
  for (int i = 0; i < node->n_inputs && --*left > 0; i++)
    if (find_tied_input(out, node->inputs[i], layer, left)) return true;
  return false;
}

static LnStatus settle_tied(LnItem *layer, LnNode *const *inputs, int n_inputs, LnError *err) {
  const LnItem *to = ln_item_tied(layer);
  LnShape in;
  int left = 1 << 20; /* steps, where ways part and meet again and again */
  if (to == NULL) return LN_OK;
  for (int i = 0; i < n_inputs; i++)
    if (find_tied_input(&in, inputs[i], to, &left)) return ln_layer_settle_tied(layer, in, err);
  return ln_fail(err, LN_EARG, "it is tied to a %s that nothing of its input comes from", ln_item_type(to)->name);
}

static LnStatus make_node(LnNode **out, LnItem *layer, LnWeights *weights, LnNode *const *inputs, int n_inputs,
                          LnError *err) {
  LnShape in[LN_MAX_INPUTS], shape = {0};
  int depth = 0;
  if (n_inputs > LN_MAX_INPUTS) return ln_fail(err, LN_ESHAPE, "at most %d inputs, got %d", LN_MAX_INPUTS, n_inputs);
  for (int i = 0; i < n_inputs; i++) in[i] = inputs[i]->shape;
  LN_TRY(settle_tied(layer, inputs, n_inputs, err));
  LN_TRY(ln_layer_out_shape(&shape, layer, in, n_inputs, err));
  for (int i = 0; i < n_inputs; i++)
    if (inputs[i]->depth >= depth) depth = inputs[i]->depth + 1;
  if (depth > DEEPEST) return ln_fail(err, LN_ESHAPE, "at most %d layers can follow each other", DEEPEST);
  LN_TRY(node_new(out, shape, err));
  (*out)->depth = depth;
  (*out)->layer = ln_item_ref(layer);
  (*out)->weights = weights == NULL ? NULL : ln_weights_ref(weights);
  (*out)->n_inputs = n_inputs;
  for (int i = 0; i < n_inputs; i++) (*out)->inputs[i] = ln_node_ref(inputs[i]);
  return LN_OK;
}

LnStatus ln_node_apply(LnNode **out, LnItem *layer, LnNode *const *inputs, int n_inputs, LnError *err) {
  LnStatus status = make_node(out, layer, NULL, inputs, n_inputs, err);
  return ln_error_prefix(err, status, "%s: ", ln_item_name(layer));
}

/* ---- Networks called on nodes ---- */

static LnStatus call_layers(LnNode **made, const LnGraph *graph, LnNode *const *inputs, LnError *err) {
  for (int i = 0; i < graph->n; i++) {
    const LnGraphLayer *layer = &graph->layers[i];
    LnNode *in[LN_MAX_INPUTS];
    for (int k = 0; k < layer->n_inputs; k++)
      in[k] = layer->inputs[k] < 0 ? inputs[-1 - layer->inputs[k]] : made[layer->inputs[k]];
    LN_TRY(ln_error_prefix(err, make_node(&made[i], layer->item, layer->weights, in, layer->n_inputs, err),
                           "layer %d (%s): ", i + 1, ln_item_name(layer->item)));
  }
  return LN_OK;
}

LnStatus ln_node_call(LnNode **out, const LnGraph *graph, LnNode *const *inputs, int n_inputs, LnError *err) {
  if (n_inputs != graph->n_inputs)
    return ln_fail(err, LN_ESHAPE, "the network has %d input%s, got %d", graph->n_inputs,
                   graph->n_inputs == 1 ? "" : "s", n_inputs);
  LnNode **made = ln_calloc((size_t)graph->n, sizeof *made);
  if (made == NULL) return ln_fail_memory(err, "network", (size_t)graph->n * sizeof *made);
  LnStatus status = call_layers(made, graph, inputs, err);
  for (int i = 0; status == LN_OK && i < graph->n_outputs; i++) out[i] = ln_node_ref(made[graph->outputs[i]]);
  for (int i = 0; i < graph->n; i++) ln_node_unref(made[i]);
  ln_free(made);
  return status;
}

LnNode *ln_node_ref(LnNode *node) {
  node->refs++;
  return node;
}

void ln_node_unref(LnNode *node) {
  if (node == NULL || --node->refs > 0) return;
  assert(node->refs == 0);
  for (int i = 0; i < node->n_inputs; i++) ln_node_unref(node->inputs[i]);
  ln_item_unref(node->layer);
  ln_weights_unref(node->weights);
  ln_free(node);
}

const LnShape *ln_node_shape(const LnNode *node) {
  return &node->shape;
}

const LnItem *ln_node_layer(const LnNode *node) {
  return node->layer;
}

/* ---- Graphs ---- */

/* While a graph is made, inputs are numbered -2, -3, ... and nodes on the way are IN_PROGRESS. */
enum { IN_PROGRESS = INT_MIN };

/* Numbers the nodes below `node` in topological order, from 1, each once. */
static LnStatus number_nodes(int *count, LnNode *node, LnError *err) {
  if (node->index != 0) return LN_OK;
  node->index = IN_PROGRESS; /* so that forget_numbers finds it should the walk fail below */
  if (node->layer == NULL)
    return ln_fail(err, LN_ESHAPE, "model: the output depends on another input than the one given as 'inputs'");
  for (int i = 0; i < node->n_inputs; i++) LN_TRY(number_nodes(count, node->inputs[i], err));
  node->index = ++*count;
  return LN_OK;
}

static void forget_numbers(LnNode *node) {
  if (node->index == 0) return;
  node->index = 0;
  for (int i = 0; i < node->n_inputs; i++) forget_numbers(node->inputs[i]);
}

static void fill_graph(LnGraph *graph, const LnNode *node) {
  int inputs[LN_MAX_INPUTS];
  if (node->index < 1 || graph->layers[node->index - 1].item != NULL) return;
  for (int i = 0; i < node->n_inputs; i++) {
    fill_graph(graph, node->inputs[i]);
    inputs[i] = node->inputs[i]->index > 0 ? node->inputs[i]->index - 1 : node->inputs[i]->index + 1;
  }
  ln_graph_set(graph, node->index - 1, node->layer, node->weights, inputs, node->n_inputs);
}

static LnStatus check_ends(LnNode *const *inputs, int n_inputs, LnNode *const *outputs, int n_outputs, LnError *err) {
  if (n_inputs < 1 || n_inputs > LN_MAX_ENDS || n_outputs < 1 || n_outputs > LN_MAX_ENDS)
    return ln_fail(err, LN_ESHAPE, "model: expected 1 to %d inputs and outputs, got %d and %d", LN_MAX_ENDS, n_inputs,
                   n_outputs);
  for (int i = 0; i < n_inputs; i++) {
    if (inputs[i]->layer != NULL) return ln_fail(err, LN_ESHAPE, "model: 'inputs' must be a node made by nn.input");
    for (int k = 0; k < i; k++)
      if (inputs[k] == inputs[i])
        return ln_fail(err, LN_ESHAPE, "model: inputs %d and %d are the same node", k + 1, i + 1);
  }
  for (int i = 0; i < n_outputs; i++) {
    if (outputs[i]->layer == NULL)
      return ln_fail(err, LN_ESHAPE, "model: 'outputs' is an input itself; apply a layer to it");
    for (int k = 0; k < i; k++)
      if (outputs[k] == outputs[i])
        return ln_fail(err, LN_ESHAPE, "model: outputs %d and %d are the same node; losses of one output can be added",
                       k + 1, i + 1);
  }
  return LN_OK;
}

static LnStatus make_graph(LnGraph *out, LnNode *const *inputs, int n_inputs, LnNode *const *outputs, int n_outputs,
                           LnError *err) {
  int count = 0;
  for (int i = 0; i < n_inputs; i++) inputs[i]->index = -2 - i;
  for (int i = 0; i < n_outputs; i++) LN_TRY(number_nodes(&count, outputs[i], err));
  LN_TRY(ln_graph_new(out, count, err));
  out->n_inputs = n_inputs, out->n_outputs = n_outputs;
  for (int i = 0; i < n_outputs; i++) {
    fill_graph(out, outputs[i]);
    out->outputs[i] = outputs[i]->index - 1;
  }
  return LN_OK;
}

static bool reads_input(const LnGraph *graph, int input) {
  for (int i = 0; i < graph->n; i++)
    for (int k = 0; k < graph->layers[i].n_inputs; k++)
      if (graph->layers[i].inputs[k] == ln_graph_input(input)) return true;
  return false;
}

static LnStatus check_graph(const LnGraph *graph, LnError *err) {
  for (int i = 0; i < graph->n_inputs; i++)
    if (!reads_input(graph, i)) return ln_fail(err, LN_ESHAPE, "model: no output depends on input %d", i + 1);
  return LN_OK;
}

LnStatus ln_node_graph(LnGraph *out, LnNode *const *inputs, int n_inputs, LnNode *const *outputs, int n_outputs,
                       LnError *err) {
  LN_TRY(check_ends(inputs, n_inputs, outputs, n_outputs, err));
  LnStatus status = make_graph(out, inputs, n_inputs, outputs, n_outputs, err);
  for (int i = 0; i < n_outputs; i++) forget_numbers(outputs[i]);
  for (int i = 0; i < n_inputs; i++) inputs[i]->index = 0;
  if (status != LN_OK) return status;
  status = check_graph(out, err);
  if (status == LN_OK) status = ln_error_prefix(err, ln_graph_finish(out, NULL, err), "model: ");
  if (status != LN_OK) ln_graph_free(out);
  return status;
}
